//! Errors as data: JSON from which TypeScript makes an instance of the right class.

use std::iter;

use cyberark_identity::{Error, ErrorKind, error::Family};
use serde::Serialize;

use crate::callback;

/// What crosses for an error.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Failure<'a> {
    class: &'static str,
    message: String,
    delivery: &'static str,
    attempts: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    call_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    /// Seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    curl: Option<&'a str>,
    /// Messages of what caused it, the nearest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    causes: Vec<String>,
    /// Number of what a function of the caller threw, which TypeScript has kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    thrown: Option<u32>,
}

/// Settings that core's messages name, as TypeScript spells them.
const SETTINGS: [(&str, &str); 11] = [
    ("`allow_plain_http`", "`allowPlainHttp`"),
    ("`app_id`", "`appId`"),
    ("`ca_file`", "`caFile`"),
    ("`client_certificate`", "`clientCertificate`"),
    ("`client_id`", "`clientId`"),
    ("`client_key`", "`clientKey`"),
    ("`client_secret`", "`clientSecret`"),
    ("`correlation_header`", "`correlationHeader`"),
    ("`max_response_size`", "`maxResponseSize`"),
    ("`no_proxy`", "`noProxy`"),
    ("`read_timeout`", "`readTimeoutMs`"),
];

/// The same, but only where it cannot be the name of an unknown setting that somebody gave.
const TIMEOUT: (&str, &str) = ("`timeout`", "`timeoutMs`");

/// The JSON of `error`.
pub(crate) fn to_json(error: &Error) -> String {
    let details = error.details();
    let failure = Failure {
        class: details.kind.class(),
        message: spelled(details.kind, error.to_string()),
        delivery: details.delivery.as_str(),
        attempts: details.attempts,
        hint: details.hint.clone().map(|hint| spelled(details.kind, hint)),
        operation: details.operation.as_deref(),
        call_id: details.call_id.map(|id| id.to_string()),
        status: details.status,
        code: details.code.as_deref(),
        message_id: details.message_id.as_deref(),
        error_id: details.error_id.as_deref(),
        request_id: details.request_id.as_deref(),
        field: details.field.as_deref(),
        retry_after: details.retry_after.map(|wait| wait.as_secs_f64()),
        curl: error.as_curl(),
        causes: causes(error),
        thrown: callback::thrown(error),
    };
    // Texts and numbers always have a JSON form.
    serde_json::to_string(&failure).unwrap_or_default()
}

fn causes(error: &Error) -> Vec<String> {
    let first = std::error::Error::source(error);
    iter::successors(first, |cause| cause.source())
        .map(ToString::to_string)
        .collect()
}

/// Core's words, with the names of settings as TypeScript has them.
pub(crate) fn spelled(kind: ErrorKind, text: String) -> String {
    // The words of the service, and the names of arguments, stay as they are.
    let ours = kind.row().family == Family::Identity && kind != ErrorKind::InvalidArgument;
    if !ours {
        return text;
    }
    let timeout = (kind == ErrorKind::Timeout).then_some(&TIMEOUT);
    SETTINGS
        .iter()
        .chain(timeout)
        .fold(text, |text, (core, ours)| text.replace(core, ours))
}
