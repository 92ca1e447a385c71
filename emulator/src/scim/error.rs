//! The SCIM error envelope.

use http::StatusCode;
use serde::Serialize;

use crate::answer::{Answer, JSON};

/// A failure of a SCIM call.
#[derive(Debug)]
pub(crate) struct ScimError {
    status: StatusCode,
    scim_type: Option<&'static str>,
    detail: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<'a> {
    schemas: [&'static str; 1],
    status: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    scim_type: Option<&'static str>,
    detail: &'a str,
}

impl ScimError {
    pub(crate) fn not_found(id: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            None,
            format!("Resource {id} not found"),
        )
    }

    /// For an attribute that cannot be patched.
    pub(crate) fn no_target() -> Self {
        Self::bad_request(
            "noTarget",
            "The specified \"path\" did not yield an attribute or attribute value that could be operated on.",
        )
    }

    /// Which `scimType` the service gives for other bad requests is not known; these are the RFC's.
    pub(crate) fn bad_request(scim_type: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, Some(scim_type), detail.into())
    }

    pub(crate) fn invalid_value(detail: impl Into<String>) -> Self {
        Self::bad_request("invalidValue", detail)
    }

    /// The status is documented for groups only and taken over for users.
    pub(crate) fn taken(name: &str) -> Self {
        Self::new(
            StatusCode::CONFLICT,
            Some("uniqueness"),
            format!("{name} already exists"),
        )
    }

    /// The service answers a member of the wrong JSON type with 500 and the text of the framework's exception, which
    /// ends in a blank.
    pub(crate) fn wrong_type(attribute: &str, wanted: &str) -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            None,
            format!("Cannot convert the value of \"{attribute}\" into {wanted}. "),
        )
    }

    /// The body of a refused token was never seen; the sibling form is used.
    pub(crate) fn unauthorized() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            None,
            "The caller is not authorized.".to_owned(),
        )
    }

    /// For a caller without the administrative right. What the service says there is not known; the RFC has 403.
    pub(crate) fn forbidden() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            None,
            "The caller does not have the right to perform this operation.".to_owned(),
        )
    }

    pub(crate) fn new(status: StatusCode, scim_type: Option<&'static str>, detail: String) -> Self {
        Self {
            status,
            scim_type,
            detail,
        }
    }

    pub(crate) fn into_answer(self) -> Answer {
        Answer::json(
            self.status,
            &Envelope {
                schemas: ["urn:ietf:params:scim:api:messages:2.0:Error"],
                status: self.status.as_str(),
                scim_type: self.scim_type,
                detail: &self.detail,
            },
        )
    }
}

/// A SCIM resource or list with its status.
pub(crate) fn resource(status: StatusCode, body: &impl Serialize) -> Result<Answer, ScimError> {
    // One user fits, so that the buffer need not grow.
    let mut bytes = Vec::with_capacity(1024);
    serde_json::to_writer(&mut bytes, body)
        .map(|()| Answer::with_body(status, JSON, bytes))
        .map_err(|error| ScimError::new(StatusCode::INTERNAL_SERVER_ERROR, None, error.to_string()))
}
