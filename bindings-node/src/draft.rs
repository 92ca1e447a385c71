//! Calls that are more than the name of an operation and a JSON text: checked first, started afterwards.

use bytes::Bytes;
use cyberark_identity::{
    Error, Prepared, Result, Spelling,
    observe::{CallId, CallStart},
    with_contents,
};
use napi::bindgen_prelude::{Either, Uint8Array};
use napi_derive::napi;
use serde_json::{Map, Value};

use crate::{engine, failure, json};

/// A call that has been checked but not sent. It can be sent only once, so that it does not hold the files of a finished call
/// until JavaScript collects it.
#[napi]
#[derive(Debug)]
pub struct Draft {
    prepared: Option<Prepared>,
}

#[napi]
impl Draft {
    /// What hooks receive about it, as JSON.
    #[napi(catch_unwind)]
    pub fn describe(&self) -> Option<String> {
        let prepared = self.prepared.as_ref()?;
        let start = CallStart::new(CallId::new(), "", prepared);
        let told = serde_json::json!({
            "callId": start.call_id.to_string(),
            "operation": start.operation,
            "method": start.method,
            "path": start.path,
            "template": start.template,
            "retry": start.retry,
        });
        Some(told.to_string())
    }
}

impl Draft {
    pub(crate) fn take(&mut self) -> Result<Prepared> {
        let sent = || Error::invalid_argument("request", "", "has been sent already");
        self.prepared.take().ok_or_else(sent)
    }

    fn of(prepared: Result<Prepared>) -> Either<Self, String> {
        match prepared {
            Ok(prepared) => Either::A(Self {
                prepared: Some(prepared),
            }),
            Err(error) => Either::B(failure::to_json(&error)),
        }
    }
}

/// A call with files: `arguments` is a JSON object in which the content of each file is its place in `contents`. Gives back
/// the JSON of the error when it is refused.
#[napi(catch_unwind)]
pub fn draft_upload(
    operation: String,
    arguments: String,
    contents: Vec<Uint8Array>,
) -> Either<Draft, String> {
    // Held until the call has ended, without a copy.
    let contents = contents.into_iter().map(Bytes::from_owner).collect();
    Draft::of(upload(&operation, &arguments, contents))
}

/// A request that no operation describes: `query` is JSON, a list of pairs, and `body` is JSON. Gives back the JSON of
/// the error when it is refused.
#[napi(catch_unwind)]
pub fn draft_request(
    method: String,
    path: String,
    query: String,
    body: Option<String>,
) -> Either<Draft, String> {
    Draft::of(request(&method, &path, &query, body.as_deref()))
}

fn upload(operation: &str, arguments: &str, contents: Vec<Bytes>) -> Result<Prepared> {
    let entry = engine::entry(operation)?;
    let arguments: Map<String, Value> = parsed(entry.meta.name, "", arguments)?;
    with_contents(contents, || entry.prepare(arguments, Spelling::Camel))
}

fn request(method: &str, path: &str, query: &str, body: Option<&str>) -> Result<Prepared> {
    let query: Vec<(String, String)> = parsed("request", "query", query)?;
    let body: Option<Value> = body
        .map(|body| parsed("request", "body", body))
        .transpose()?;
    Prepared::raw(method, path, &query, body.as_ref())
}

fn parsed<T: serde::de::DeserializeOwned>(operation: &str, field: &str, text: &str) -> Result<T> {
    let refused =
        |error: serde_json::Error| Error::invalid_argument(operation, field, &error.to_string());
    let value = json::parse(text).map_err(refused)?;
    serde_json::from_value(value).map_err(refused)
}
