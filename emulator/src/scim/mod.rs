//! The SCIM 2.0 calls, with the departures from the RFC that the service shows.

pub(crate) mod attributes;
pub(crate) mod body;
pub(crate) mod discovery;
pub(crate) mod error;
pub(crate) mod filter;
pub(crate) mod groups;
pub(crate) mod list;
pub(crate) mod patch;
pub(crate) mod render;
pub(crate) mod users;

use crate::answer::Answer;
pub(crate) use error::ScimError;

/// What a SCIM handler gives.
pub(crate) type ScimResult = Result<Answer, ScimError>;

pub(crate) const USER_SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub(crate) const ENTERPRISE_SCHEMA: &str =
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
pub(crate) const GROUP_SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
pub(crate) const CUSTOM_SCHEMA: &str = "urn:scim:schemas:extension:custom:2.0";

/// The name of an attribute without the URN of its core schema, which may lead it (RFC 7644, section 3.10).
pub(crate) fn without_core_urn(name: &str) -> &str {
    let strip = |urn: &str| {
        let rest = name.get(urn.len()..)?.strip_prefix(':')?;
        name[..urn.len()].eq_ignore_ascii_case(urn).then_some(rest)
    };
    [USER_SCHEMA, GROUP_SCHEMA]
        .into_iter()
        .find_map(strip)
        .unwrap_or(name)
}
