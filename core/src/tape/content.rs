//! Bodies as a tape has them.

use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use serde_json::Value;

use super::format::Content;

/// JSON that lies deeper is kept as text: within a line it would be too deep for readers.
const DEEPEST: usize = 96;

impl Content {
    /// None for no body at all.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.is_empty() {
            return None;
        }
        Some(match std::str::from_utf8(bytes) {
            Err(_) => Self::Base64(BASE64_STANDARD.encode(bytes)),
            Ok(text) => match serde_json::from_str::<Value>(text) {
                Ok(value) if is_shallow(&value, DEEPEST) && is_written(&value, text) => {
                    Self::Json(value)
                }
                _ => Self::Text(text.to_owned()),
            },
        })
    }

    /// The bytes as they came; what is wrong when there can be none.
    pub(super) fn bytes(&self) -> Result<Bytes, String> {
        match self {
            Self::Json(value) => Ok(value.to_string().into()),
            Self::Text(text) => Ok(text.clone().into()),
            Self::Base64(text) => match BASE64_STANDARD.decode(text) {
                Ok(bytes) => Ok(bytes.into()),
                Err(error) => Err(format!("a body is not base64: {error}")),
            },
            Self::Form(_) => Err("the body of an answer is a form".to_owned()),
        }
    }

    /// The JSON that it is, however it is written.
    pub(super) fn json(&self) -> Option<Value> {
        match self {
            Self::Json(value) => Some(value.clone()),
            Self::Text(text) => serde_json::from_str(text).ok(),
            _ => None,
        }
    }
}

fn is_written(value: &Value, as_text: &str) -> bool {
    let text = value.to_string();
    text == as_text
}

fn is_shallow(value: &Value, left: usize) -> bool {
    match (value, left.checked_sub(1)) {
        (Value::Array(_) | Value::Object(_), None) => false,
        (Value::Array(items), Some(left)) => items.iter().all(|item| is_shallow(item, left)),
        (Value::Object(fields), Some(left)) => fields.values().all(|item| is_shallow(item, left)),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_body_comes_back_byte_by_byte() {
        let deep = "[".repeat(100) + &"]".repeat(100);
        let bodies: [&[u8]; 8] = [
            br#"{"b":1,"a":[null,0.1]}"#,
            br#"{ "b": 1 }"#,
            br#"{"a":1,"a":2}"#,
            b"12345678901234567890123",
            b"<html>",
            b"\xff\x00",
            "\u{feff}{}".as_bytes(),
            deep.as_bytes(),
        ];
        for body in bodies {
            let content = Content::of(body).unwrap();
            let line = serde_json::to_string(&content).unwrap();
            let read: Content = serde_json::from_str(&line).unwrap();
            assert_eq!(read.bytes().unwrap(), body, "{line}");
        }
        assert_eq!(Content::of(b""), None);
        assert!(matches!(Content::of(bodies[0]), Some(Content::Json(_))));
    }
}
