//! What a caller says about a single call.

use std::{collections::BTreeMap, time::Duration};

use cyberark_identity::{CallOptions, Error, Result, observe::NoCallId};
use napi_derive::napi;
use serde::Deserialize;

use crate::{failure, json};

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Options {
    timeout_ms: Option<f64>,
    connect_timeout_ms: Option<f64>,
    read_timeout_ms: Option<f64>,
    #[serde(default)]
    extra_headers: BTreeMap<String, String>,
    /// The name of the call, for one that somebody looks at.
    call_id: Option<String>,
}

/// Reads the JSON options of a call of `operation`.
pub(crate) fn read(operation: &str, json: Option<&str>) -> Result<CallOptions> {
    let Some(json) = json else {
        return Ok(CallOptions::new());
    };
    let options: Options = json::read(json)
        .map_err(|refused| Error::invalid_argument(operation, refused.path, &refused.problem))?;
    let mut call = CallOptions::new();
    let span = |name: &str, ms: Option<f64>| {
        ms.map(milliseconds)
            .transpose()
            .map_err(|problem| Error::invalid_argument(operation, name, problem))
    };
    if let Some(timeout) = span("timeoutMs", options.timeout_ms)? {
        call = call.timeout(timeout);
    }
    if let Some(timeout) = span("connectTimeoutMs", options.connect_timeout_ms)? {
        call = call.connect_timeout(timeout);
    }
    if let Some(timeout) = span("readTimeoutMs", options.read_timeout_ms)? {
        call = call.read_timeout(timeout);
    }
    for (name, value) in &options.extra_headers {
        call = call
            .header(name, value)
            .map_err(|refused| respelled(operation, name, &refused))?;
    }
    if let Some(id) = options.call_id {
        let id = id.parse();
        let refused =
            |error: NoCallId| Error::invalid_argument(operation, "callId", &error.to_string());
        call = call.call_id(id.map_err(refused)?);
    }
    Ok(call)
}

/// A span of time that lets a call succeed.
pub(crate) fn milliseconds(ms: f64) -> Result<Duration, &'static str> {
    Duration::try_from_secs_f64(ms / 1000.0)
        .ok()
        .filter(|span| !span.is_zero())
        .ok_or("must be a positive number of milliseconds")
}

/// Core refuses, when the call begins, more time for a connection than the client has.
pub(crate) fn respelled_time(error: Error) -> Error {
    let details = error.details();
    match (&details.field, &details.operation) {
        (Some(field), Some(operation)) if field == "connect_timeout" => {
            let problem = details.message.replace("argument `connect_timeout`: ", "");
            let hint = details.hint.clone().unwrap_or_default();
            Error::invalid_argument(operation, "connectTimeoutMs", &problem).hint(&hint)
        }
        _ => error,
    }
}

/// What is wrong with a header that a hook adds, as the JSON of an error; null when nothing is.
#[napi(catch_unwind)]
pub fn check_header(operation: String, name: String, value: String) -> Option<String> {
    let added = CallOptions::new().header(&name, &value);
    let refused = added
        .err()
        .map(|refused| respelled(&operation, &name, &refused))?;
    Some(failure::to_json(&refused))
}

/// Core names the argument as its own callers write it.
fn respelled(operation: &str, name: &str, refused: &Error) -> Error {
    let message = refused.details().message.as_str();
    let theirs = format!("argument `headers.{name}`: ");
    let problem = message.strip_prefix(theirs.as_str()).unwrap_or(message);
    Error::invalid_argument(operation, format!("extraHeaders.{name}"), problem)
}
