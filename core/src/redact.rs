//! What is never shown of a request: fields by their names, and secrets by their values wherever they come back.

use std::borrow::Cow;

use base64::{Engine, prelude::BASE64_STANDARD};
use http::{HeaderMap, HeaderName, HeaderValue, header};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::Value;

use crate::{
    body::{Body, Piece},
    error::Error,
};

/// Stands in the place of a secret.
pub(crate) const MASK: &str = "***";

/// Fields of bodies, forms and queries, in lower case and without `_` and `-`: RFC 6749, 7009, 7521 and 7636, and what the
/// platform calls them.
const FIELDS: [&str; 14] = [
    "accesstoken",
    "answer",
    "assertion",
    "clientassertion",
    "clientsecret",
    "code",
    "codeverifier",
    "idtoken",
    "newpassword",
    "oldpassword",
    "password",
    "refreshtoken",
    "secret",
    "token",
];

/// Headers, and parts of the names of others, which people choose.
const HEADERS: [HeaderName; 4] = [
    header::AUTHORIZATION,
    header::COOKIE,
    header::PROXY_AUTHORIZATION,
    header::SET_COOKIE,
];
const PARTS_OF_HEADERS: [&str; 4] = ["key", "password", "secret", "token"];

/// A secret that is shorter would be found in words that have nothing to do with it.
const SHORTEST: usize = 4;

/// Bodies above this size are pages and uploads, which carry no credentials.
const LARGEST: usize = 256 * 1024;

/// Whether a field of that name holds a secret.
pub(crate) fn is_secret_field(name: &str) -> bool {
    let plain = name.chars().filter(|c| !matches!(c, '_' | '-'));
    let plain = plain.collect::<String>().to_ascii_lowercase();
    FIELDS.contains(&plain.as_str())
}

/// Whether a header holds a secret.
pub(crate) fn is_secret_header(name: &HeaderName, value: &HeaderValue) -> bool {
    let says_so = || {
        let name = name.as_str();
        PARTS_OF_HEADERS.iter().any(|part| name.contains(part))
    };
    value.is_sensitive() || HEADERS.contains(name) || says_so()
}

/// The JSON `value` with every secret field masked.
pub(crate) fn mask(value: &mut Value) {
    each_secret(value, &is_secret_field, &mut |_, secret| {
        if secret.is_string() {
            *secret = MASK.into();
        }
    });
}

/// Everything in `value` that holds a secret by the name of its field, or by the path of a PATCH (RFC 7644, section 3.5.2),
/// with that name: texts and numbers, also those that lie deeper in such a field.
pub(crate) fn each_secret(
    value: &mut Value,
    is_secret: &impl Fn(&str) -> bool,
    found: &mut impl FnMut(&str, &mut Value),
) {
    match value {
        Value::Object(fields) => {
            let path = fields.get("path").and_then(Value::as_str);
            let patched = path.filter(|path| is_secret(path)).map(str::to_owned);
            for (name, value) in fields {
                match &patched {
                    Some(path) if name == "value" => each_leaf(value, path, found),
                    _ if is_secret(name) => each_leaf(value, name, found),
                    _ => each_secret(value, is_secret, found),
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                each_secret(item, is_secret, found);
            }
        }
        _ => {}
    }
}

fn each_leaf(value: &mut Value, name: &str, found: &mut impl FnMut(&str, &mut Value)) {
    match value {
        Value::Object(fields) => {
            for (_, value) in fields {
                each_leaf(value, name, found);
            }
        }
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| each_leaf(item, name, found)),
        Value::String(_) | Value::Number(_) => found(name, value),
        _ => {}
    }
}

/// The secrets of a request, to be hidden in what is said about it.
#[derive(Default)]
pub(crate) struct Secrets(Vec<String>);

impl Secrets {
    /// Those in its headers and its body.
    pub(crate) fn of(headers: &HeaderMap, body: Option<&Body>) -> Self {
        let mut secrets = Self::default();
        for (name, value) in headers {
            if is_secret_header(name, value) {
                secrets.add_header(name, value);
            }
        }
        for bytes in body.into_iter().flat_map(small_pieces) {
            secrets.add_body(bytes);
        }
        secrets.sorted()
    }

    /// Those of which `texts` are all the spellings.
    pub(crate) fn spelled(texts: impl Iterator<Item = String>) -> Self {
        Self(texts.collect()).sorted()
    }

    /// All spellings, the longest first.
    pub(crate) fn spellings(&self) -> &[String] {
        &self.0
    }

    /// A secret may be a part of another: the longer goes first.
    fn sorted(mut self) -> Self {
        self.0
            .sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        self.0.dedup();
        self
    }

    /// `error` without the secrets, whoever wrote its words.
    pub(crate) fn hidden_in(&self, error: Error) -> Error {
        error.with(|d| {
            self.hide(&mut d.message);
            let texts = [
                &mut d.hint,
                &mut d.code,
                &mut d.message_id,
                &mut d.error_id,
                &mut d.request_id,
            ];
            for text in texts.into_iter().flatten() {
                self.hide(text);
            }
        })
    }

    pub(crate) fn hide(&self, text: &mut String) {
        for secret in &self.0 {
            if text.contains(secret.as_str()) {
                *text = text.replace(secret.as_str(), MASK);
            }
        }
    }

    /// A secret as it is, and as addresses and forms have it.
    pub(crate) fn add(&mut self, secret: &str) {
        if secret.chars().count() < SHORTEST {
            return;
        }
        let escaped: Cow<'_, str> = utf8_percent_encode(secret, NON_ALPHANUMERIC).into();
        if escaped != secret {
            self.0.push(escaped.into_owned());
        }
        self.0.push(secret.to_owned());
    }

    /// The values of cookies; else the value without its scheme, and for Basic (RFC 7617) the password in it.
    fn add_header(&mut self, name: &HeaderName, value: &HeaderValue) {
        let Ok(value) = value.to_str() else { return };
        if name == header::COOKIE {
            let pairs = value.split("; ").filter_map(|pair| pair.split_once('='));
            return pairs.for_each(|(_, value)| self.add(value));
        }
        let (scheme, credentials) = value.split_once(' ').unwrap_or(("", value));
        self.add(credentials);
        if scheme.eq_ignore_ascii_case("basic") {
            self.add_password(credentials);
        }
    }

    fn add_password(&mut self, credentials: &str) {
        let pair = BASE64_STANDARD.decode(credentials).ok();
        let pair = pair.and_then(|pair| String::from_utf8(pair).ok());
        if let Some((_, password)) = pair.as_deref().and_then(|pair| pair.split_once(':')) {
            self.add(password);
            // RFC 6749, section 2.3.1, has it escaped before it is encoded.
            self.add(&percent_decode_str(password).decode_utf8_lossy());
        }
    }

    fn add_body(&mut self, body: &[u8]) {
        match serde_json::from_slice(body) {
            Ok(mut value) => each_secret(&mut value, &is_secret_field, &mut |_, secret| {
                if let Value::String(text) = secret {
                    self.add(text);
                }
            }),
            Err(_) => {
                for (name, value) in url::form_urlencoded::parse(body) {
                    if is_secret_field(&name) {
                        self.add(&value);
                    }
                }
            }
        }
    }
}

fn small_pieces(body: &Body) -> impl Iterator<Item = &[u8]> {
    body.pieces().iter().filter_map(|piece| match piece {
        Piece::Bytes(bytes) if bytes.len() <= LARGEST => Some(bytes.as_ref()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use schemars::SchemaGenerator;
    use serde_json::json;

    use super::*;
    use crate::{error::ErrorKind, registry};

    fn said(headers: HeaderMap, body: &str, message: &str) -> String {
        let body = Body::from(Bytes::from(body.to_owned()));
        let error = Error::new(ErrorKind::Rejected, message);
        let error = Secrets::of(&headers, Some(&body)).hidden_in(error);
        error.details().message.clone()
    }

    fn authorization(value: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::AUTHORIZATION, value.parse().unwrap())])
    }

    #[test]
    fn a_secret_is_hidden_wherever_the_service_repeats_it() {
        let none = HeaderMap::new;
        let body = r#"{"Name": "ana", "Mail": [{"newPassword": "hun ter2"}]}"#;
        assert_eq!(
            said(none(), body, "ana: hun ter2 is weak"),
            "ana: *** is weak"
        );
        assert_eq!(said(none(), body, "see ?p=hun%20ter2"), "see ?p=***");
        let form = "grant_type=x&client_secret=hun%20ter2&scope=all";
        assert_eq!(said(none(), form, "not all: hun ter2"), "not all: ***");
        let bearer = authorization("Bearer abc.def");
        assert_eq!(said(bearer, "", "abc.def has expired"), "*** has expired");
        let cookie = HeaderMap::from_iter([(header::COOKIE, "a=1; b=hunter2".parse().unwrap())]);
        assert_eq!(said(cookie, "", "1 hunter2"), "1 ***");
        let patch = r#"{"Operations": [{"path": "password", "value": "hunter2"}]}"#;
        assert_eq!(said(none(), patch, "hunter2 is weak"), "*** is weak");
        let basic = || authorization("Basic YW5hOmh1bnRlcjI="); // ana:hunter2
        assert_eq!(said(basic(), "", "ana has hunter2"), "ana has ***");
        assert_eq!(said(basic(), "", "YW5hOmh1bnRlcjI="), "***");
    }

    #[test]
    fn one_secret_within_another_leaves_nothing_behind() {
        let body = r#"{"Password": "hunter2", "newPassword": "hunter2-longer"}"#;
        let told = said(HeaderMap::new(), body, "hunter2-longer follows hunter2");
        assert_eq!(told, "*** follows ***");
    }

    #[test]
    fn fields_are_known_in_any_spelling_and_depth() {
        let mut value = json!({"Password": "x", "a": [{"client_secret": "x", "name": "y"}], "code": 5, "Answer": {"q1": ["x"]}});
        mask(&mut value);
        let masked = json!({
            "Password": "***", "a": [{"client_secret": "***", "name": "y"}], "code": 5, "Answer": {"q1": ["***"]},
        });
        assert_eq!(value, masked);
    }

    /// Names of the fields of `schema` that hold a secret.
    fn secret_fields(schema: &Value, found: &mut Vec<String>) {
        if let Some(Value::Object(fields)) = schema.get("properties") {
            let secret = |field: &Value| field.to_string().contains(r#""format":"password""#);
            let names = fields.iter().filter(|(_, field)| secret(field));
            found.extend(names.map(|(name, _)| name.clone()));
        }
        match schema {
            Value::Object(parts) => parts.values().for_each(|part| secret_fields(part, found)),
            Value::Array(parts) => parts.iter().for_each(|part| secret_fields(part, found)),
            _ => {}
        }
    }

    #[test]
    fn every_secret_argument_is_known_by_its_name() {
        let mut found = Vec::new();
        let mut generator = SchemaGenerator::default();
        for entry in registry::operations() {
            let request = entry.schemas(&mut generator).request;
            secret_fields(request.as_value(), &mut found);
        }
        let shared = generator.definitions().values();
        shared.for_each(|schema| secret_fields(schema, &mut found));
        assert!(!found.is_empty());
        for name in found {
            assert!(is_secret_field(&name), "{name} is not among FIELDS");
        }
    }

    #[test]
    fn headers_that_people_choose_are_secret_by_their_names() {
        let secret = |name: &'static str| {
            is_secret_header(
                &HeaderName::from_static(name),
                &HeaderValue::from_static("x"),
            )
        };
        assert!(secret("cookie") && secret("x-api-key"));
        assert!(!secret("accept") && !secret("oobidpauth"));
    }
}
