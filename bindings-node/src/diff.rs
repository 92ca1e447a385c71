//! The PATCH that makes one resource into another.

use cyberark_identity::ops::scim;
use napi::{Error, Result, Status};
use napi_derive::napi;

use crate::json;

/// JSON of the operations that make `before` into `after`, two resources as JSON with the wire's names.
#[napi(catch_unwind)]
pub fn diff(before: String, after: String) -> Result<String> {
    let operations = json::parse(&before)
        .and_then(|before| Ok(scim::diff(&before, &json::parse(&after)?)))
        .and_then(|operations| serde_json::to_string(&operations));
    operations.map_err(|error| Error::new(Status::InvalidArg, error.to_string()))
}
