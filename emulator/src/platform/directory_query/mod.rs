//! `UserMgmt/DirectoryServiceQuery`: users, groups and roles at once.

mod filter;
mod notation;

use std::cmp::Reverse;

use serde::Serialize;
use serde_json::{Value, json};

use super::paging::Paging;
use super::query_format::{Column, ColumnType, Line, QueryResult};
use super::user_views::rights_of;
use super::{Failure, Outcome, Params, Payload};
use crate::call::Call;
use crate::routing::{Route, read};
use crate::state::rights::Needs;
use crate::state::role::Role;
use crate::state::user::User;
use crate::state::users::fold;
use crate::state::{DIRECTORY_UUID, Directory};
use filter::Filter;

pub(crate) const ROUTES: &[Route] = &[read(
    "/UserMgmt/DirectoryServiceQuery",
    Needs::SignedIn,
    query,
)];

/// The last key alone begins with a small letter. A kind that was not asked for is null.
#[derive(Serialize)]
struct Found {
    #[serde(rename = "User")]
    users: Option<QueryResult<Value>>,
    #[serde(rename = "Group")]
    groups: Option<QueryResult<Value>>,
    roles: Option<QueryResult<Value>>,
}

fn query(directory: &Directory, call: &Call<'_>) -> Outcome {
    let params = Params::of(call)?;
    let search = Search {
        directory,
        call,
        params: &params,
        paging: Paging::of(&params)?,
        in_cloud_directory: asks_cloud_directory(&params)?,
    };
    Payload::of(&Found {
        users: search.users()?,
        groups: search.groups()?,
        roles: search.roles()?,
    })
}

/// Without a list every directory is asked, of which there is one. Roles belong to the tenant, whatever the list says.
fn asks_cloud_directory(params: &Params<'_>) -> Result<bool, Failure> {
    let Some(ids) = params.array("directoryServices")? else {
        return Ok(true);
    };
    let is_the_one = |id: &Value| {
        id.as_str()
            .is_some_and(|id| id.eq_ignore_ascii_case(DIRECTORY_UUID))
    };
    Ok(ids.is_empty() || ids.iter().any(is_the_one))
}

struct Search<'a> {
    directory: &'a Directory,
    call: &'a Call<'a>,
    params: &'a Params<'a>,
    paging: Paging,
    in_cloud_directory: bool,
}

/// What can be searched: the names of the fields, and how to read one.
struct Kind<T> {
    fields: &'static [&'static str],
    read: for<'t> fn(&'t T, &'static str) -> &'t str,
}

const USERS: Kind<User> = Kind {
    fields: &["DisplayName", "SystemName", "ObjectType"],
    read: |user, field| match field {
        "DisplayName" => &user.display_name,
        "SystemName" => &user.name,
        _ => "User",
    },
};

const ROLES: Kind<Role> = Kind {
    fields: &["Name", "_ID"],
    read: |role, field| match field {
        "Name" => &role.name,
        _ => &role.id,
    },
};

impl Search<'_> {
    fn users(&self) -> Result<Option<QueryResult<Value>>, Failure> {
        let Some(filter) = self.filter("user", USERS.fields, Needs::ReadUsers)? else {
            return Ok(None);
        };
        let users = self.directory.users.iter();
        let users = users.filter(|_| self.in_cloud_directory);
        let (users, full_count) = self.page(users, &filter, &USERS);
        let lines = users
            .into_iter()
            .map(|user| Line::new("User", user.id.to_string(), user_row(user)));
        let lines = lines.collect();
        Ok(Some(QueryResult::page(USER_COLUMNS, lines, full_count)))
    }

    /// The cloud directory has no groups; what would be one is a role. The filter is checked all the same.
    fn groups(&self) -> Result<Option<QueryResult<Value>>, Failure> {
        let filter = self.filter("group", USERS.fields, Needs::ReadUsers)?;
        Ok(filter.map(|_| QueryResult::complete(GROUP_COLUMNS, Vec::new())))
    }

    fn roles(&self) -> Result<Option<QueryResult<Value>>, Failure> {
        let Some(filter) = self.filter("roles", ROLES.fields, Needs::ReadRoles)? else {
            return Ok(None);
        };
        let (roles, full_count) = self.page(self.directory.roles.iter(), &filter, &ROLES);
        let lines = roles
            .into_iter()
            .map(|role| Line::new("Role", role.id.clone(), role_row(role)));
        let lines = lines.collect();
        Ok(Some(QueryResult::page(ROLE_COLUMNS, lines, full_count)))
    }

    /// The filter for one kind, if the call asks for the kind and the caller may.
    fn filter(
        &self,
        parameter: &str,
        fields: &[&'static str],
        needs: Needs,
    ) -> Result<Option<Filter>, Failure> {
        let Some(value) = self.params.value(parameter) else {
            return Ok(None);
        };
        if !self.directory.allows(&self.call.caller_id(), needs) {
            return Err(Failure::not_authorized());
        }
        Filter::of(parameter, value, fields).map(Some)
    }

    /// The accepted things of the page, and how many there are in all pages. One `SortBy` is meant for several kinds,
    /// so a field that this kind does not have leaves its order alone.
    fn page<'t, T>(
        &self,
        things: impl Iterator<Item = &'t T>,
        filter: &Filter,
        kind: &Kind<T>,
    ) -> (Vec<&'t T>, usize) {
        let accepted = |thing: &&T| filter.accepts(&|field| (kind.read)(thing, field));
        let mut found: Vec<&T> = things.filter(accepted).collect();
        let keys: Vec<&'static str> = self
            .paging
            .sort_by()
            .filter_map(|wanted| {
                let mut fields = kind.fields.iter().copied();
                fields.find(|field| field.eq_ignore_ascii_case(wanted))
            })
            .collect();
        if !keys.is_empty() {
            // Folded once per thing, not at every comparison.
            let keyed = |thing: &&T| -> Vec<Box<str>> {
                keys.iter()
                    .map(|key| fold((kind.read)(thing, key)))
                    .collect()
            };
            if self.paging.descending() {
                found.sort_by_cached_key(|thing| Reverse(keyed(thing)));
            } else {
                found.sort_by_cached_key(keyed);
            }
        }
        let (page, full_count) = self.paging.window(found.len());
        found.truncate(page.end);
        (found.split_off(page.start), full_count)
    }
}

const USER_COLUMNS: &[Column] = &[
    ("InternalName", ColumnType::Text),
    ("SystemName", ColumnType::Text),
    ("DisplayName", ColumnType::Text),
    ("EMail", ColumnType::Text),
    ("Description", ColumnType::Text),
    ("DistinguishedName", ColumnType::Text),
    ("ObjectType", ColumnType::Text),
    ("ServiceType", ColumnType::Text),
    ("ServiceInstance", ColumnType::Text),
    ("ServiceInstanceLocalized", ColumnType::Text),
    ("DirectoryServiceUuid", ColumnType::Text),
    ("ExternalUuid", ColumnType::Text),
    ("Forest", ColumnType::Text),
    ("Enabled", ColumnType::Boolean),
    ("Locked", ColumnType::Boolean),
    ("Status", ColumnType::Text),
    ("StatusEnum", ColumnType::Text),
];

/// A cloud user has no place in a tree of names, so the login name stands for it. The words for the status are not
/// known.
fn user_row(user: &User) -> Value {
    let status = if user.is_enabled() {
        "Active"
    } else {
        "Disabled"
    };
    json!({
        "InternalName": user.id.to_string(),
        "SystemName": &*user.name,
        "DisplayName": &*user.display_name,
        "EMail": user.mail.as_deref(),
        "Description": user.rare().and_then(|rare| rare.description.as_deref()),
        "DistinguishedName": &*user.name,
        "ObjectType": "User",
        "ServiceType": "CDS",
        "ServiceInstance": "CDS",
        "ServiceInstanceLocalized": "CyberArk Cloud Directory",
        "DirectoryServiceUuid": DIRECTORY_UUID,
        "ExternalUuid": user.id.to_string(),
        "Forest": null,
        "Enabled": user.is_enabled(),
        "Locked": user.state.locked || user.is_cloud_locked(),
        "Status": status,
        "StatusEnum": status,
    })
}

const GROUP_COLUMNS: &[Column] = &[
    ("InternalName", ColumnType::Text),
    ("SystemName", ColumnType::Text),
    ("DisplayName", ColumnType::Text),
    ("ServiceType", ColumnType::Text),
    ("ServiceInstanceLocalized", ColumnType::Text),
    ("DirectoryServiceUuid", ColumnType::Text),
    ("ExternalUuid", ColumnType::Text),
];

const ROLE_COLUMNS: &[Column] = &[
    ("_ID", ColumnType::Text),
    ("Name", ColumnType::Text),
    ("Description", ColumnType::Text),
    ("RoleType", ColumnType::Text),
    ("IsHidden", ColumnType::Boolean),
    ("AdministrativeRights", ColumnType::Object),
];

fn role_row(role: &Role) -> Value {
    json!({
        "_ID": role.id,
        "Name": role.name,
        "Description": role.description,
        "RoleType": role.kind.word(),
        "IsHidden": false,
        "AdministrativeRights": rights_of(role),
    })
}
