//! Blanks everything in a recorded request that could be a secret.

use std::borrow::Cow;
use std::collections::BTreeMap;

use http::HeaderMap;
use http::header::CONTENT_TYPE;
use serde_json::{Map, Value, json};

const BLANK: &str = "***";

/// Whether a field of this name may carry a secret. Too many blanks are better than one too few.
fn is_secret(name: &str) -> bool {
    const WORDS: [&str; 7] = [
        "password",
        "secret",
        "token",
        "assertion",
        "answer",
        "cookie",
        "verifier",
    ];
    let name = name.to_ascii_lowercase();
    WORDS.iter().any(|word| name.contains(word)) || name == "code"
}

pub(super) fn headers(headers: &HeaderMap) -> BTreeMap<String, String> {
    headers
        .iter()
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes());
            let shown = match name.as_str() {
                "authorization" | "proxy-authorization" => scheme_only(&value),
                name if is_secret(name) => BLANK.to_owned(),
                _ => value.into_owned(),
            };
            (name.as_str().to_owned(), shown)
        })
        .collect()
}

fn scheme_only(value: &str) -> String {
    match value.split_once(' ') {
        Some((scheme, _)) => format!("{scheme} {BLANK}"),
        None => BLANK.to_owned(),
    }
}

/// Keeps the spelling of what is harmless, since tests may assert how something was encoded.
pub(super) fn query(query: &str) -> String {
    query
        .split('&')
        .map(|pair| match pair.split_once('=') {
            Some((name, _)) if is_secret(name) => Cow::Owned(format!("{name}={BLANK}")),
            _ => Cow::Borrowed(pair),
        })
        .collect::<Vec<_>>()
        .join("&")
}

/// The body as it is shown; `length` is that of the whole body, of which nothing is kept when it was long.
pub(super) fn body(headers: &HeaderMap, body: &[u8], length: usize) -> Value {
    if length == 0 {
        return Value::Null;
    }
    let length_only = json!({ "bytes": length });
    let content_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    if content_type.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded")) {
        return form(body);
    }
    match serde_json::from_slice::<Value>(body) {
        Ok(mut value) => {
            blank(&mut value);
            value
        }
        Err(_) => length_only,
    }
}

fn form(body: &[u8]) -> Value {
    let fields: Map<String, Value> = url::form_urlencoded::parse(body)
        .map(|(name, value)| {
            let shown = if is_secret(&name) {
                BLANK.into()
            } else {
                value.into_owned()
            };
            (name.into_owned(), Value::String(shown))
        })
        .collect();
    Value::Object(fields)
}

fn blank(value: &mut Value) {
    match value {
        Value::Object(members) => {
            // A SCIM patch names the attribute in one member and carries its value in another.
            let patches_a_secret = members
                .get("path")
                .and_then(Value::as_str)
                .is_some_and(is_secret);
            for (name, member) in members.iter_mut() {
                if is_secret(name) || (patches_a_secret && name == "value") {
                    *member = BLANK.into();
                } else {
                    blank(member);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(blank),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_blanked_wherever_they_hide() {
        assert_eq!(
            query("a=1&access_token=abc&b=%20"),
            "a=1&access_token=***&b=%20"
        );
        let none = HeaderMap::new();
        let shown = body(
            &none,
            br#"{"x":[{"Password":"p1","n":1}],"client_secret":"p2"}"#,
            1,
        );
        assert_eq!(
            shown,
            json!({"x": [{"Password": "***", "n": 1}], "client_secret": "***"})
        );
        let patch = br#"{"Operations":[{"op":"replace","path":"password","value":"p3"}]}"#;
        assert!(!body(&none, patch, 100).to_string().contains("p3"));
        let mut form = HeaderMap::new();
        form.insert(
            CONTENT_TYPE,
            http::HeaderValue::from_static("application/x-www-form-urlencoded"),
        );
        assert_eq!(
            body(&form, b"scope=a+b&client_secret=x", 100),
            json!({"scope": "a b", "client_secret": "***"})
        );
    }

    #[test]
    fn what_cannot_be_read_shows_its_length_only() {
        assert_eq!(body(&HeaderMap::new(), b"not json", 8), json!({"bytes": 8}));
        assert_eq!(
            body(&HeaderMap::new(), b"", 70_000),
            json!({"bytes": 70_000})
        );
    }
}
