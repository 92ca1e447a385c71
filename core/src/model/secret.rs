//! Secrets among the arguments: they are sent, and never shown.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserializer, Serialize, Serializer, de::DeserializeSeed};

use super::read::{FieldValue, Lenient, Mode, Read, Reader, Refusal};

/// A text that is shown nowhere, such as a password.
#[derive(Clone, Default)]
pub struct Secret(SecretString);

impl<T: Into<String>> From<T> for Secret {
    fn from(text: T) -> Self {
        Self(text.into().into())
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.0.expose_secret() == other.0.expose_secret()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.expose_secret())
    }
}

impl Lenient for Secret {
    const EXPECTING: &'static str = "text";
    const REFUSAL: Refusal = Refusal::Silent;

    fn text(v: &str, _: Mode) -> Option<Read<Self>> {
        Some(Read::Value(v.into()))
    }
}

impl FieldValue for Secret {
    fn read<'de, D: Deserializer<'de>>(d: D, mode: Mode) -> Result<Read<Self>, D::Error> {
        Reader::<Self>::new(mode).deserialize(d)
    }

    fn missing() -> Option<Self> {
        None
    }

    fn is_absent(&self) -> bool {
        false
    }
}

impl JsonSchema for Secret {
    fn schema_name() -> Cow<'static, str> {
        "Secret".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "password" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_sent_and_not_shown() {
        let secret = Secret::from("hunter2");
        assert_eq!(format!("{secret:?}"), "Secret(***)");
        assert_eq!(serde_json::to_string(&secret).unwrap(), "\"hunter2\"");
        let refused = Secret::read(serde_json::json!(123_456), Mode::Strict).unwrap_err();
        assert!(!refused.to_string().contains("123456"), "{refused}");
    }
}
