//! What an answer means. Success is proven here, once, for every operation and every language.

use std::{sync::LazyLock, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use memchr::memmem::Finder;

use super::{
    Incoming, classify,
    envelope::{Envelope, ScimError, text},
};
use crate::{
    error::{Delivery, Error, ErrorKind, Result},
    model::{Output, Shape},
    observe::CallId,
    operation::Meta,
};

/// SCIM answers up to this size are searched for an envelope or an error that comes with status 200. Larger ones are
/// pages of resources: they prove themselves when they are read, and reading them twice would cost as much again.
const SMALL: usize = 4096;

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Proof of success: the answer of an operation, with its envelope taken off.
#[derive(Debug, Clone)]
pub struct Payload {
    /// The operation.
    pub meta: &'static Meta,
    /// HTTP status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
    /// JSON of the value: the body, or its `Result`. Empty when there is none.
    pub value: Bytes,
    /// Name of the call, for errors about what came of it.
    pub call_id: Option<CallId>,
    /// The answer to the write itself was lost. This is the answer to a read that found what the write was to make.
    pub recovered: bool,
}

impl Payload {
    /// The result of `meta`, whose own answer was lost, as a read found it.
    pub(crate) fn recovered(self, meta: &'static Meta, value: &serde_json::Value) -> Self {
        Self {
            meta,
            value: value.to_string().into(),
            recovered: true,
            ..self
        }
    }

    /// Reads the value as the operation's result.
    pub(crate) fn read<T: Output>(&self) -> Result<T> {
        let value = match self.value.as_ref() {
            b"" => b"null",
            value => value,
        };
        T::decode(value).map_err(|error| self.unreadable(error))
    }

    /// The error for a value that cannot be read.
    #[must_use]
    pub fn unreadable(&self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
        let cause = cause.into();
        Error::unexpected(
            self.meta,
            self.status.as_u16(),
            format!("the answer cannot be read: {cause}"),
        )
        .with(|d| {
            d.request_id = request_id(&self.headers);
            d.call_id = self.call_id;
        })
        .caused_by(cause)
    }
}

/// Proves that `incoming` is a success of the operation, or says what it is.
pub(crate) fn recognise(meta: &'static Meta, incoming: Incoming) -> Result<Payload> {
    let value = judge(meta, &incoming).map_err(|error| complete(error, meta, &incoming))?;
    let Incoming {
        status,
        headers,
        body,
    } = incoming;
    Ok(Payload {
        meta,
        status,
        headers,
        body,
        value,
        call_id: None,
        recovered: false,
    })
}

fn judge(meta: &Meta, incoming: &Incoming) -> Result<Bytes> {
    let status = incoming.status;
    if status.is_redirection() {
        return Err(redirect(incoming));
    }
    if !status.is_success() {
        return Err(refusal(incoming));
    }
    if is_html(incoming) {
        return Err(Error::new(
            ErrorKind::UnexpectedResponse,
            "the answer is an HTML page, not JSON",
        )
        .hint("this is a login page or a proxy: check the tenant URL"));
    }
    if meta.is_scim() {
        scim_value(meta, incoming)
    } else {
        platform_value(meta, incoming)
    }
}

fn platform_value(meta: &Meta, incoming: &Incoming) -> Result<Bytes> {
    let envelope: Envelope<'_> = serde_json::from_slice(&incoming.body).map_err(|error| {
        let message = match incoming.body.len() {
            0 => "the answer is empty".to_owned(),
            _ => format!("the answer is not the service's JSON: {error}"),
        };
        Error::new(ErrorKind::UnexpectedResponse, message)
    })?;
    let value = proven_value(envelope, &incoming.body)?;
    if meta.nested {
        nested_value(value)
    } else {
        Ok(value)
    }
}

/// The value of an answer whose result is a second envelope, written as text. A text that is no envelope is the value.
fn nested_value(value: Bytes) -> Result<Bytes> {
    let Ok(inner) = serde_json::from_slice::<String>(&value).map(Bytes::from) else {
        return Ok(value);
    };
    match serde_json::from_slice::<Envelope<'_>>(&inner) {
        Ok(envelope) if envelope.success.is_some() => proven_value(envelope, &inner),
        _ => Ok(value),
    }
}

/// The `Result` of an envelope, which is a part of `body`, when the envelope says that the call succeeded.
fn proven_value(envelope: Envelope<'_>, body: &Bytes) -> Result<Bytes> {
    match envelope
        .success
        .as_ref()
        .and_then(serde_json::Value::as_bool)
    {
        Some(true) => Ok(envelope
            .result
            .map_or_else(Bytes::new, |result| body.slice_ref(result.get().as_bytes()))),
        Some(false) => Err(rejection(envelope)),
        None => Err(Error::new(
            ErrorKind::UnexpectedResponse,
            "the answer does not say whether the call succeeded",
        )),
    }
}

fn scim_value(meta: &Meta, incoming: &Incoming) -> Result<Bytes> {
    let body = &incoming.body;
    // RFC 7644, section 3.5.2, lets a service answer a PATCH with 204. This one sends the resource.
    let nothing_due = meta.shape == Shape::Nothing || incoming.status == StatusCode::NO_CONTENT;
    if nothing_due && body.is_empty() {
        return Ok(Bytes::new());
    }
    if body.len() <= SMALL {
        deny_hidden_failure(body)?;
    }
    match body.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{') => Ok(body.clone()),
        Some(_) => Err(Error::new(
            ErrorKind::UnexpectedResponse,
            "the answer is not a JSON object",
        )),
        None => Err(Error::new(
            ErrorKind::UnexpectedResponse,
            "the answer is empty",
        )),
    }
}

/// A gateway in front of the service may answer SCIM calls with its own envelope, or drop the status.
fn deny_hidden_failure(body: &[u8]) -> Result<()> {
    if !may_be_failure(body) {
        return Ok(());
    }
    if let Ok(envelope) = serde_json::from_slice::<Envelope<'_>>(body)
        && envelope.success == Some(false.into())
    {
        return Err(rejection(envelope));
    }
    match serde_json::from_slice::<ScimError>(body) {
        Ok(error) if error.is_error() => Err(scim_error(error, None)),
        _ => Ok(()),
    }
}

/// Whether the words of a failure are in it, or letters that may be those. Looking for them costs a small part of reading
/// the answer twice more.
fn may_be_failure(body: &[u8]) -> bool {
    static WORDS: LazyLock<[Finder<'static>; 3]> =
        LazyLock::new(|| ["success", ":Error\"", "\\u"].map(Finder::new));
    WORDS.iter().any(|word| word.find(body).is_some())
}

fn rejection(envelope: Envelope<'_>) -> Error {
    let message = text(envelope.message);
    let message_id = text(envelope.message_id);
    let code = text(envelope.error_code);
    let kind = classify::rejection(code.as_deref(), message_id.as_deref(), message.as_deref());
    let said = message.or_else(|| message_id.clone());
    let said = said.unwrap_or_else(|| "the service gave no reason".to_owned());
    Error::new(kind, said).with(|d| {
        d.code = code;
        d.message_id = message_id;
        d.error_id = text(envelope.error_id);
    })
}

/// An answer whose status says no: a SCIM error, an envelope, or a page.
fn refusal(incoming: &Incoming) -> Error {
    let status = incoming.status.as_u16();
    if let Ok(error) = serde_json::from_slice::<ScimError>(&incoming.body)
        && (error.is_error() || error.detail.is_some())
    {
        return scim_error(error, Some(status));
    }
    if let Ok(envelope) = serde_json::from_slice::<Envelope<'_>>(&incoming.body)
        && envelope.success.is_some()
    {
        return rejection(envelope).with(|d| {
            if d.kind == ErrorKind::Rejected {
                d.kind = classify::status(status);
            }
        });
    }
    let error = Error::new(classify::status(status), said_by_status(incoming.status));
    match error.kind() {
        ErrorKind::NotFound => error.hint("no such path: check the tenant URL"),
        _ => error,
    }
}

fn said_by_status(status: StatusCode) -> String {
    let reason = status.canonical_reason().unwrap_or("no reason given");
    format!("HTTP {}: {reason}", status.as_u16())
}

fn scim_error(error: ScimError, status: Option<u16>) -> Error {
    let own_status = text(error.status).and_then(|status| status.parse().ok());
    let status = status.or(own_status).unwrap_or(500);
    let code = text(error.scim_type);
    let kind = match code.as_deref() {
        Some("uniqueness") => ErrorKind::Conflict,
        _ => classify::status(status),
    };
    let said = text(error.detail).unwrap_or_else(|| format!("HTTP {status}"));
    Error::new(kind, said).with(|d| d.code = code)
}

fn redirect(incoming: &Incoming) -> Error {
    let location = incoming
        .headers
        .get(header::LOCATION)
        .and_then(|value| value.to_str().ok());
    let target = location.and_then(|location| url::Url::parse(location).ok());
    let host = target
        .as_ref()
        .and_then(url::Url::host_str)
        .unwrap_or("another page");
    Error::new(
        ErrorKind::UnexpectedResponse,
        format!("the answer is a redirect to {host}"),
    )
    .hint("redirects are not followed, so that the token stays here: check the tenant URL")
}

fn is_html(incoming: &Incoming) -> bool {
    let declared = incoming
        .headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| {
            kind.trim_start()
                .to_ascii_lowercase()
                .starts_with("text/html")
        });
    let body = incoming.body.as_ref();
    let body = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body);
    declared || body.trim_ascii_start().starts_with(b"<")
}

/// Adds what every error of an answer knows.
fn complete(error: Error, meta: &Meta, incoming: &Incoming) -> Error {
    error.with(|d| {
        d.operation = Some(meta.name.to_owned());
        d.delivery = Delivery::Answered;
        d.status = Some(incoming.status.as_u16());
        d.request_id = request_id(&incoming.headers);
        d.retry_after = retry_after(&incoming.headers);
    })
}

pub(crate) fn request_id(headers: &HeaderMap) -> Option<String> {
    let id = headers.get("x-cfy-tx-id")?.to_str().ok()?;
    Some(id.to_owned())
}

/// RFC 9110, section 10.2.3: seconds, or a date.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = jiff::fmt::rfc2822::parse(value).ok()?.timestamp();
    let wait = at.duration_since(jiff::Timestamp::now());
    Some(wait.try_into().unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(retry_after: &str) -> HeaderMap {
        [(header::RETRY_AFTER, retry_after.parse().unwrap())]
            .into_iter()
            .collect()
    }

    #[test]
    fn success_around_a_failure_is_a_failure() {
        let quoted = |inner: &str| Bytes::from(serde_json::to_string(inner).unwrap());
        let value = nested_value(quoted(r#"{"success": true, "Result": "queued"}"#));
        assert_eq!(value.unwrap(), &b"\"queued\""[..]);
        let refused = nested_value(quoted(r#"{"success": false, "Message": "no such file"}"#));
        assert_eq!(refused.unwrap_err().details().message, "no such file");
        for plain in [quoted("queued"), quoted("{}"), Bytes::from("null")] {
            assert_eq!(nested_value(plain.clone()).unwrap(), plain);
        }
    }

    #[test]
    fn a_failure_with_a_good_status_is_found_in_any_spelling() {
        for body in [
            r#"{"success": false, "Message": "no"}"#,
            r#"{"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "detail": "no"}"#,
            r#"{"\u0073uccess": false, "Message": "no"}"#,
            r#"{"schemas": ["urn:ietf:params:scim:api:messages:2.0:\u0045rror"], "detail": "no"}"#,
        ] {
            let error = deny_hidden_failure(body.as_bytes()).unwrap_err();
            assert_eq!(error.details().message, "no", "{body}");
        }
        let user =
            r#"{"userName": "ana", "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"]}"#;
        assert!(!may_be_failure(user.as_bytes()));
        assert!(deny_hidden_failure(br#"{"displayName": "success"}"#).is_ok());
    }

    #[test]
    fn pages_are_known_by_their_type_in_any_case_and_by_how_they_begin() {
        let is_page = |kind: &'static str, body: &'static str| {
            is_html(&Incoming {
                status: StatusCode::OK,
                headers: [(header::CONTENT_TYPE, kind.parse().unwrap())]
                    .into_iter()
                    .collect(),
                body: Bytes::from_static(body.as_bytes()),
            })
        };
        assert!(is_page("Text/HTML; charset=utf-8", "{}"));
        assert!(is_page("application/json", "\u{feff} <html>"));
        assert!(!is_page("application/json", "\u{feff}{}"));
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        assert_eq!(retry_after(&headers("7")), Some(Duration::from_secs(7)));
        let past = retry_after(&headers("Wed, 21 Oct 2015 07:28:00 GMT"));
        assert_eq!(past, Some(Duration::ZERO));
        let future = retry_after(&headers("Fri, 01 Jan 2100 00:00:00 GMT"));
        assert!(future.is_some_and(|wait| wait > Duration::from_secs(86_400)));
        assert_eq!(retry_after(&headers("soon")), None);
    }
}
