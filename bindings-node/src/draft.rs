//! Calls that are more than the name of an operation and a JSON text: checked first, started afterwards.

use std::collections::HashMap;

use cyberark_identity::{Error, Prepared, Result, Spelling};
use napi::bindgen_prelude::{Either, Uint8Array};
use napi_derive::napi;
use serde_json::Value;

use crate::{engine, failure, json, upload::Arguments};

/// A call that has been checked and not been sent.
#[napi]
#[derive(Debug)]
pub struct Draft {
    pub(crate) prepared: Prepared,
}

impl Draft {
    fn of(prepared: Result<Prepared>) -> Either<Self, String> {
        match prepared {
            Ok(prepared) => Either::A(Self { prepared }),
            Err(error) => Either::B(failure::to_json(&error)),
        }
    }
}

/// A call with files: `arguments` is a JSON object in which each file is an object without its content; `contents` has
/// that, by wire name. Gives back the JSON of the error when it is refused.
#[napi(catch_unwind)]
pub fn draft_upload(
    operation: String,
    arguments: String,
    contents: HashMap<String, Uint8Array>,
) -> Either<Draft, String> {
    // JavaScript may write to its bytes while they are sent, so they are copied, once.
    let contents = contents
        .into_iter()
        .map(|(name, content)| (name, content.to_vec()))
        .collect();
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

fn upload(
    operation: &str,
    arguments: &str,
    contents: HashMap<String, Vec<u8>>,
) -> Result<Prepared> {
    let entry = engine::entry(operation)?;
    let arguments = Arguments {
        plain: parsed(entry.meta.name, "", arguments)?,
        contents,
    };
    entry.prepare(arguments, Spelling::Camel)
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
