//! The platform calls: everything outside SCIM and sign-in. They answer 200 whatever happens and tell the outcome in
//! an envelope.

pub(crate) mod access;
pub(crate) mod envelope;
pub(crate) mod ext_data;
pub(crate) mod import;
pub(crate) mod import_csv;
pub(crate) mod invites;
pub(crate) mod multipart;
pub(crate) mod org_members;
pub(crate) mod org_rights;
pub(crate) mod orgs;
pub(crate) mod paging;
pub(crate) mod params;
pub(crate) mod password;
pub(crate) mod pictures;
pub(crate) mod query_format;
pub(crate) mod redrock;
pub(crate) mod role_members;
pub(crate) mod roles;
pub(crate) mod tenant;
pub(crate) mod user_changes;
pub(crate) mod user_create;
pub(crate) mod user_views;
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

/// The date of something that never happened.
pub(crate) const NEVER: &str = "/Date(-62135596800000)/";

/// The date form of the platform calls.
pub(crate) fn date(ms: i64) -> String {
    format!("/Date({ms})/")
}
