//! The platform calls: everything outside SCIM and sign-in. They answer 200 whatever happens and tell the outcome in
//! an envelope.

pub(crate) mod access;
pub(crate) mod envelope;
pub(crate) mod orgs;
pub(crate) mod params;
pub(crate) mod query_format;
pub(crate) mod users;

use serde::Serialize;
use serde_json::value::RawValue;

pub(crate) use envelope::Failure;
pub(crate) use params::Params;

/// What a platform handler gives: the value of `Result`, or a failure.
pub(crate) type Outcome = Result<Payload, Failure>;

/// The value of `Result`, already written as JSON while the directory was locked, so that nothing is copied out first.
#[derive(Debug)]
pub(crate) struct Payload(Option<Box<RawValue>>);

impl Payload {
    /// `Result` is null.
    pub(crate) fn null() -> Self {
        Self(None)
    }

    pub(crate) fn of(value: &impl Serialize) -> Outcome {
        serde_json::value::to_raw_value(value)
            .map(|raw| Self(Some(raw)))
            .map_err(|error| Failure::internal(&error.to_string()))
    }
}

/// The date form of the platform calls.
pub(crate) fn date(ms: i64) -> String {
    format!("/Date({ms})/")
}
