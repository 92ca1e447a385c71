//! What can be called.

use cyberark_identity::operation::Meta;
use napi_derive::napi;
use serde::Serialize;

#[derive(Serialize)]
struct Operation {
    name: &'static str,
    ids: &'static [&'static str],
    summary: String,
    entities: &'static [&'static str],
    method: &'static str,
    path: &'static str,
    access: &'static str,
    retry: &'static str,
    permission: &'static str,
    confidence: &'static str,
    doubt: &'static str,
    doc: String,
}

impl Operation {
    fn of(meta: &Meta) -> Self {
        let lines: Vec<&str> = meta.doc.lines().map(str::trim).collect();
        Self {
            name: meta.name,
            ids: meta.ids,
            summary: meta.summary(),
            entities: meta.entities(),
            method: meta.verb.as_str(),
            path: meta.path,
            access: meta.access.as_str(),
            retry: meta.retry.as_str(),
            permission: meta.permission,
            confidence: meta.confidence.as_str(),
            doubt: meta.doubt,
            doc: lines.join("\n").trim().to_owned(),
        }
    }
}

/// JSON of all operations.
#[napi(catch_unwind)]
pub fn operations() -> String {
    let all: Vec<Operation> = cyberark_identity::operations()
        .map(|entry| Operation::of(entry.meta))
        .collect();
    // Texts always have a JSON form.
    serde_json::to_string(&all).unwrap_or_default()
}

/// Version of this library, which has to be that of the package.
#[napi(catch_unwind)]
pub fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}
