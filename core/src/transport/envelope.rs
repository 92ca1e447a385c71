//! The envelope of platform calls, and the error bodies of SCIM and OAuth2.

use serde::Deserialize;
use serde_json::{Value, value::RawValue};

/// `{"success": …, "Result": …, …}` without reading the result.
#[derive(Debug, Deserialize)]
pub(crate) struct Envelope<'a> {
    /// The literal `true` proves success; nothing else does.
    #[serde(default)]
    pub(crate) success: Option<Value>,
    #[serde(borrow, default, rename = "Result")]
    pub(crate) result: Option<&'a RawValue>,
    #[serde(default, rename = "Message")]
    pub(crate) message: Option<Value>,
    #[serde(default, rename = "MessageID")]
    pub(crate) message_id: Option<Value>,
    #[serde(default, rename = "ErrorID")]
    pub(crate) error_id: Option<Value>,
    #[serde(default, rename = "ErrorCode")]
    pub(crate) error_code: Option<Value>,
}

/// RFC 7644, section 3.12.
#[derive(Debug, Deserialize)]
pub(crate) struct ScimError {
    #[serde(default)]
    pub(crate) schemas: Option<Value>,
    #[serde(default, rename = "scimType")]
    pub(crate) scim_type: Option<Value>,
    #[serde(default)]
    pub(crate) detail: Option<Value>,
    #[serde(default)]
    pub(crate) status: Option<Value>,
}

impl ScimError {
    /// Whether the body says of itself that it is an error.
    pub(crate) fn is_error(&self) -> bool {
        let schemas = self.schemas.as_ref().and_then(Value::as_array);
        schemas.into_iter().flatten().any(|urn| {
            urn.as_str()
                .is_some_and(|urn| urn.ends_with(":messages:2.0:Error"))
        })
    }
}

/// RFC 6749, section 5.2.
#[derive(Debug, Deserialize)]
pub(crate) struct OAuthError {
    pub(crate) error: String,
    #[serde(default)]
    pub(crate) error_description: Option<String>,
}

/// A text or number as text; anything else, and an empty text, as none.
pub(crate) fn text(value: Option<Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
