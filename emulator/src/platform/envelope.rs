//! The envelope of platform answers, for both outcomes.

use http::StatusCode;
use serde::Serialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::{Outcome, Payload};
use crate::answer::Answer;

#[derive(Serialize)]
struct Envelope<'a> {
    success: bool,
    #[serde(rename = "Result")]
    result: Option<&'a RawValue>,
    #[serde(rename = "Message")]
    message: Option<&'a str>,
    #[serde(rename = "MessageID")]
    message_id: Option<&'a str>,
    #[serde(rename = "Exception")]
    exception: Option<String>,
    #[serde(rename = "ErrorID")]
    error_id: Option<String>,
    #[serde(rename = "ErrorCode")]
    error_code: Option<&'a str>,
    #[serde(rename = "IsSoftError")]
    is_soft_error: bool,
    #[serde(rename = "InnerExceptions")]
    inner_exceptions: Option<()>,
}

/// Why a platform call failed. Message ids are not known for most failures; those here follow the two forms that were
/// seen, `_I18N_{Area}.{Name}` and `_I18N_{exception type}`.
#[derive(Debug)]
pub(crate) struct Failure {
    message: String,
    message_id: Option<&'static str>,
    /// The exception type at the head of the `Exception` text; null when there is none.
    exception: Option<&'static str>,
    code: Option<&'static str>,
}

impl Failure {
    pub(crate) fn missing(parameter: &str) -> Self {
        Self::thrown(
            format!("Parameter \"{parameter}\" must be specified."),
            "_I18N_CloudApi.MissingParameterException",
            "CloudApi.MissingParameterException",
        )
    }

    pub(crate) fn invalid(parameter: &str, reason: &str) -> Self {
        Self::thrown(
            format!("Parameter \"{parameter}\" is not valid: {reason}"),
            "_I18N_System.ArgumentException",
            "System.ArgumentException",
        )
    }

    /// A value that is no array where one is needed. The head of the message is as it was seen.
    pub(crate) fn wrong_cast(key: &str, value: &serde_json::Value) -> Self {
        let shown = match value {
            serde_json::Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        Self::thrown(
            format!("Get value type casting failure. Key:{key}. Value:{shown}."),
            "_I18N_System.InvalidCastException",
            "System.InvalidCastException",
        )
    }

    /// A word that is no member of an enumeration of the service.
    pub(crate) fn unknown_word(word: &str) -> Self {
        Self::thrown(
            format!("Requested value '{word}' was not found."),
            "_I18N_System.ArgumentException",
            "System.ArgumentException",
        )
    }

    /// A role that is not there. Carries neither message id nor exception, as in the published sample.
    pub(crate) fn no_such_role(id: &str) -> Self {
        Self {
            message: format!("The role \"{id}\" does not exist."),
            message_id: None,
            exception: None,
            code: None,
        }
    }

    pub(crate) fn name_in_use(name: &str) -> Self {
        Self::thrown(
            format!("User name {name} is already in use."),
            "_I18N_CloudData.DuplicateNameException",
            "CloudData.DuplicateNameException",
        )
    }

    /// The caller lacks the right. Carries no exception, as in the sibling's published sample.
    pub(crate) fn not_authorized() -> Self {
        Self {
            message:
                "You are not authorized to perform this operation. Please contact your IT helpdesk."
                    .to_owned(),
            message_id: Some("_I18N_CloudApi.UnauthorizedOperation"),
            exception: None,
            code: None,
        }
    }

    pub(crate) fn not_found() -> Self {
        Self::thrown(
            "The requested data or its dependent data was not found in the service.".to_owned(),
            "_I18N_CloudData.DataNotFoundException",
            "CloudData.DataNotFoundException",
        )
    }

    pub(crate) fn duplicate(kind: &str, name: &str) -> Self {
        Self {
            code: Some("1409"),
            ..Self::thrown(
                format!("{kind} with name {name} already exists."),
                "_I18N_CloudData.DuplicateNameException",
                "CloudData.DuplicateNameException",
            )
        }
    }

    /// A rule of the service forbids it, whoever asks.
    pub(crate) fn refused(message: impl Into<String>) -> Self {
        Self::thrown(
            message.into(),
            "_I18N_CloudApi.OperationRefused",
            "System.InvalidOperationException",
        )
    }

    /// A sign-in that does not go on. Carries no exception, as other refusals of a caller.
    pub(crate) fn sign_in(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            message_id: Some("_I18N_Security.AuthenticationFailed"),
            exception: None,
            code: None,
        }
    }

    /// A script of `Redrock/Query` that is wrong or asks for too much.
    pub(crate) fn bad_query(message: String) -> Self {
        Self::thrown(
            message,
            "_I18N_CloudData.QueryException",
            "CloudData.QueryException",
        )
    }

    pub(crate) fn malformed_json(reason: &str) -> Self {
        Self::thrown(
            reason.to_owned(),
            "_I18N_Newtonsoft.Json.JsonReaderException",
            "Newtonsoft.Json.JsonReaderException",
        )
    }

    pub(crate) fn internal(reason: &str) -> Self {
        Self::thrown(
            reason.to_owned(),
            "_I18N_System.Exception",
            "System.Exception",
        )
    }

    fn thrown(message: String, message_id: &'static str, exception: &'static str) -> Self {
        Self {
            message,
            message_id: Some(message_id),
            exception: Some(exception),
            code: None,
        }
    }
}

/// Puts an outcome into its envelope. The error id ends in the transaction id, so that a report can be traced.
pub(crate) fn wrap(outcome: &Outcome, transaction: &str) -> Answer {
    match outcome {
        Ok(payload) => Answer::json(StatusCode::OK, &success(payload.0.as_deref())),
        Err(failure) => Answer::json(StatusCode::OK, &failed(failure, transaction)),
    }
}

/// An envelope as text, for the call that puts one into the result of another.
pub(crate) fn nested(outcome: &Outcome, transaction: &str) -> Outcome {
    let text = match outcome {
        Ok(payload) => serde_json::to_string(&success(payload.0.as_deref())),
        Err(failure) => serde_json::to_string(&failed(failure, transaction)),
    };
    Payload::of(&text.map_err(|error| Failure::internal(&error.to_string()))?)
}

fn failed<'f>(failure: &'f Failure, transaction: &str) -> Envelope<'f> {
    Envelope {
        success: false,
        result: None,
        message: Some(&failure.message),
        message_id: failure.message_id,
        exception: failure
            .exception
            .map(|kind| format!("{kind}: {}\r\n   at Emulator.Api.Invoke()", failure.message)),
        error_id: Some(format!("{}:{transaction}", Uuid::new_v4())),
        error_code: failure.code,
        is_soft_error: false,
        inner_exceptions: None,
    }
}

fn success(result: Option<&RawValue>) -> Envelope<'_> {
    Envelope {
        success: true,
        result,
        message: None,
        message_id: None,
        exception: None,
        error_id: None,
        error_code: None,
        is_soft_error: false,
        inner_exceptions: None,
    }
}
