//! Users as SCIM shows them: members in the recorded order, and what is unset left out.

use std::fmt;

use jiff::Timestamp;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::attributes::Phone;
use super::{CUSTOM_SCHEMA, ENTERPRISE_SCHEMA, USER_SCHEMA};
use crate::call::Call;
use crate::state::Directory;
use crate::state::user::User;

/// What is the same for every resource of one answer.
#[derive(Debug)]
pub(crate) struct Setting {
    base_url: String,
    stamp: String,
}

impl Setting {
    pub(crate) fn of(call: &Call<'_>) -> Self {
        Self {
            base_url: call.base_url(),
            stamp: stamp(call.tenant.clock.now()),
        }
    }

    /// The address of a resource: this spelling and `v2`, however the call was written.
    pub(crate) fn location<'a>(
        &'a self,
        collection: &'static str,
        id: impl Into<ResourceId<'a>>,
    ) -> Location<'a> {
        Location {
            base_url: &self.base_url,
            collection,
            id: Some(id.into()),
        }
    }

    /// The address of the only resource of its sort.
    pub(crate) fn location_of_only(&self, resource: &'static str) -> Location<'_> {
        Location {
            base_url: &self.base_url,
            collection: resource,
            id: None,
        }
    }

    /// Creation time is not stored: both times are those of the answer.
    pub(crate) fn meta<'a>(
        &'a self,
        resource_type: &'static str,
        location: Location<'a>,
    ) -> Meta<'a> {
        Meta {
            resource_type,
            created: &self.stamp,
            last_modified: &self.stamp,
            location,
        }
    }
}

/// The id of an account, or that of anything else.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ResourceId<'a> {
    Account(Uuid),
    Named(&'a str),
}

impl From<Uuid> for ResourceId<'_> {
    fn from(id: Uuid) -> Self {
        Self::Account(id)
    }
}

impl<'a> From<&'a str> for ResourceId<'a> {
    fn from(id: &'a str) -> Self {
        Self::Named(id)
    }
}

/// An address that is put together where it is written: a page holds thousands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Location<'a> {
    base_url: &'a str,
    collection: &'static str,
    id: Option<ResourceId<'a>>,
}

impl fmt::Display for Location<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/Scim/v2/{}", self.base_url, self.collection)?;
        match self.id {
            None => Ok(()),
            Some(ResourceId::Account(id)) => write!(f, "/{id}"),
            Some(ResourceId::Named(id)) => write!(f, "/{id}"),
        }
    }
}

impl Serialize for Location<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Up to seven digits after the second, without trailing zeros.
fn stamp(at: Timestamp) -> String {
    let whole = at.strftime("%Y-%m-%dT%H:%M:%S");
    let ticks = at.subsec_nanosecond() / 100;
    let digits = format!("{ticks:07}");
    match digits.trim_end_matches('0') {
        "" => format!("{whole}Z"),
        fraction => format!("{whole}.{fraction}Z"),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Meta<'a> {
    resource_type: &'static str,
    created: &'a str,
    last_modified: &'a str,
    location: Location<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Name<'a> {
    formatted: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    family_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    given_name: Option<&'a str>,
}

#[derive(Serialize)]
struct Email<'a> {
    #[serde(rename = "type")]
    label: &'static str,
    primary: bool,
    value: &'a str,
}

#[derive(Serialize)]
struct PhoneNumber<'a> {
    #[serde(rename = "type")]
    label: &'static str,
    value: &'a str,
}

#[derive(Serialize)]
struct Membership<'a> {
    display: &'a str,
    value: &'a str,
    #[serde(rename = "$ref")]
    reference: Location<'a>,
}

#[derive(Serialize)]
struct Enterprise<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    organization: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    manager: Option<Manager<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Manager<'a> {
    value: Uuid,
    #[serde(rename = "$ref")]
    reference: Location<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<&'a str>,
}

/// A user resource, borrowing from the directory.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserResource<'a> {
    name: Name<'a>,
    display_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    preferred_language: Option<&'a str>,
    active: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    emails: Vec<Email<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    phone_numbers: Vec<PhoneNumber<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    groups: Vec<Membership<'a>>,
    user_name: &'a str,
    schemas: Vec<&'static str>,
    id: Uuid,
    meta: Meta<'a>,
    #[serde(
        rename = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
        skip_serializing_if = "Option::is_none"
    )]
    enterprise: Option<Enterprise<'a>>,
    #[serde(
        rename = "urn:scim:schemas:extension:custom:2.0",
        skip_serializing_if = "Option::is_none"
    )]
    custom: Option<&'a Map<String, Value>>,
}

pub(crate) fn user<'a>(
    directory: &'a Directory,
    setting: &'a Setting,
    user: &'a User,
) -> UserResource<'a> {
    let enterprise = enterprise(directory, setting, user);
    let custom = user
        .rare()
        .map(|rare| &rare.custom)
        .filter(|custom| !custom.is_empty());
    let mut schemas = vec![USER_SCHEMA];
    schemas.extend(enterprise.as_ref().map(|_| ENTERPRISE_SCHEMA));
    schemas.extend(custom.map(|_| CUSTOM_SCHEMA));
    UserResource {
        name: Name {
            formatted: &user.display_name,
            family_name: user.family_name.as_deref(),
            given_name: user.given_name.as_deref(),
        },
        display_name: &user.display_name,
        preferred_language: user.language.as_deref(),
        active: user.is_enabled(),
        emails: user.mail.as_deref().map(work_mail).into_iter().collect(),
        phone_numbers: phones(user),
        groups: memberships(directory, setting, user),
        user_name: &user.name,
        schemas,
        meta: setting.meta("User", setting.location("Users", user.id)),
        id: user.id,
        enterprise,
        custom,
    }
}

fn work_mail(value: &str) -> Email<'_> {
    Email {
        label: "work",
        primary: true,
        value,
    }
}

fn phones(user: &User) -> Vec<PhoneNumber<'_>> {
    Phone::ALL
        .into_iter()
        .filter_map(|phone| {
            phone.of(user).map(|value| PhoneNumber {
                label: phone.label(),
                value,
            })
        })
        .collect()
}

fn memberships<'a>(
    directory: &'a Directory,
    setting: &'a Setting,
    user: &User,
) -> Vec<Membership<'a>> {
    directory
        .roles
        .of_user(&user.id)
        .map(|role| Membership {
            display: &role.name,
            value: &role.id,
            reference: setting.location("Groups", &*role.id),
        })
        .collect()
}

fn enterprise<'a>(
    directory: &'a Directory,
    setting: &'a Setting,
    user: &'a User,
) -> Option<Enterprise<'a>> {
    let organization = user
        .organization
        .and_then(|id| directory.orgs.get(&id))
        .map(|org| org.name.as_str())
        .or_else(|| {
            user.rare()
                .and_then(|rare| rare.organization_label.as_deref())
        });
    let manager = user.manager.map(|id| Manager {
        value: id,
        reference: setting.location("Users", id),
        display_name: directory
            .users
            .get(&id)
            .map(|manager| &*manager.display_name),
    });
    (organization.is_some() || manager.is_some()).then_some(Enterprise {
        organization,
        manager,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_drop_trailing_zeros() {
        let at = |nanosecond| stamp(Timestamp::new(1_730_000_000, nanosecond).unwrap());
        assert_eq!(at(0), "2024-10-27T03:33:20Z");
        assert_eq!(at(120_000_000), "2024-10-27T03:33:20.12Z");
        assert_eq!(at(123_456_789), "2024-10-27T03:33:20.1234567Z");
    }
}
