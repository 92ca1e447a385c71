//! A request as a command line, to be tried by hand: for any POSIX shell, without its secrets.

use std::fmt::Write;

use http::{HeaderName, HeaderValue, header};
use serde_json::Value;
use url::form_urlencoded;

use crate::{
    body::{Body, Piece},
    redact::{self, MASK},
    transport::Outgoing,
};

/// A body above this size is not repeated.
const LARGEST: usize = 16 * 1024;

/// `curl` with the token as `$TOKEN`, and `***` in place of every other secret.
pub(crate) fn command(request: &Outgoing) -> String {
    let mut command = format!("curl --request {}", request.method);
    for (name, value) in &request.headers {
        match *name {
            header::AUTHORIZATION => {
                command.push_str(r#" --header "Authorization: Bearer $TOKEN""#)
            }
            header::CONTENT_TYPE if is_form(value) => {}
            _ => option(&mut command, "header", &shown(name, value)),
        }
    }
    if let Some(body) = &request.body {
        let form = request.headers.get(header::CONTENT_TYPE);
        match form.is_some_and(is_form) {
            true => add_form(&mut command, body),
            false => add_body(&mut command, body),
        }
    }
    option(&mut command, "url", &address(request));
    command
}

fn is_form(content_type: &HeaderValue) -> bool {
    content_type.as_bytes().starts_with(b"multipart/")
}

fn shown(name: &HeaderName, value: &HeaderValue) -> String {
    let value = match redact::is_secret_header(name, value) {
        true => MASK.into(),
        false => String::from_utf8_lossy(value.as_bytes()),
    };
    format!("{name}: {value}")
}

fn address(request: &Outgoing) -> String {
    let whole = request.url.to_string();
    let Some((bare, query)) = whole.split_once('?') else {
        return whole;
    };
    let pairs = form_urlencoded::parse(query.as_bytes());
    if !pairs
        .clone()
        .any(|(name, _)| redact::is_secret_field(&name))
    {
        return whole;
    }
    let shown = pairs.map(|(name, value)| match redact::is_secret_field(&name) {
        true => (name, MASK.into()),
        false => (name, value),
    });
    let mut query = form_urlencoded::Serializer::new(String::new());
    format!("{bare}?{}", query.extend_pairs(shown).finish())
}

/// JSON is all that is sent but for forms.
fn add_body(command: &mut String, body: &Body) {
    let bytes = match body.pieces() {
        [Piece::Bytes(bytes)] if bytes.len() <= LARGEST => bytes,
        _ => return option(command, "data-binary", "@BODY"),
    };
    match serde_json::from_slice::<Value>(bytes) {
        Ok(mut value) => {
            redact::mask(&mut value);
            option(command, "data-binary", &value.to_string());
        }
        Err(_) => option(command, "data-binary", "@BODY"),
    }
}

/// The names of a form's parts. What they hold stays with the caller: `@FILE` and `VALUE` are to be filled in.
fn add_form(command: &mut String, body: &Body) {
    for piece in body.pieces() {
        let Piece::Bytes(bytes) = piece else { continue };
        let text = String::from_utf8_lossy(bytes);
        let parts = text
            .split("Content-Disposition: form-data; name=\"")
            .skip(1);
        for part in parts {
            let (name, rest) = part.split_once('"').unwrap_or((part, ""));
            let value = if rest.starts_with("; filename") {
                "@FILE"
            } else {
                "VALUE"
            };
            option(command, "form", &format!("{name}={value}"));
        }
    }
}

fn option(command: &mut String, name: &str, value: &str) {
    // Writing to a text cannot fail.
    let _ = write!(command, " --{name} {}", quoted(value));
}

/// Within single quotes a shell takes everything as it is, but for the single quote.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
