//! Reading SCIM request bodies.

use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use serde_json::{Map, Value};

use super::ScimError;

/// The request body, which has to be a JSON object. How the service answers what is not JSON is not known; the RFC
/// names `invalidSyntax`.
pub(crate) fn object(body: &[u8]) -> Result<Map<String, Value>, ScimError> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(ScimError::bad_request(
            "invalidSyntax",
            "The request body is not a JSON object.",
        )),
        Err(error) => Err(ScimError::bad_request(
            "invalidSyntax",
            format!("The request body is not JSON: {error}."),
        )),
    }
}

/// Refuses a body that says of itself that it is no JSON. What the service says to it is not known; this is what HTTP has.
pub(crate) fn check_type(headers: &HeaderMap) -> Result<(), ScimError> {
    let Some(given) = headers.get(CONTENT_TYPE) else {
        return Ok(());
    };
    let given = String::from_utf8_lossy(given.as_bytes()).to_ascii_lowercase();
    let kind = given.split(';').next().unwrap_or_default().trim();
    if matches!(kind, "" | "application/json" | "text/json") || kind.ends_with("+json") {
        return Ok(());
    }
    Err(ScimError::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        None,
        format!("A body has to be JSON, not {kind}."),
    ))
}

/// Text, or nothing for null.
pub(crate) fn text<'v>(attribute: &str, value: &'v Value) -> Result<Option<&'v str>, ScimError> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        _ => Err(ScimError::wrong_type(attribute, "a string")),
    }
}

/// A boolean, which clients also write as text.
pub(crate) fn boolean(attribute: &str, value: &Value) -> Result<bool, ScimError> {
    match value {
        Value::Bool(flag) => Ok(*flag),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Ok(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Ok(false),
        _ => Err(ScimError::wrong_type(attribute, "a boolean")),
    }
}
