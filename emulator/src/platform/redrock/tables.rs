//! The tables of the tenant. Columns that are not known from programs in use carry the names of sibling calls.

use super::table::{Column, Kind, Table, Value};
use crate::platform::params::parse_id;
use crate::state::org::Org;
use crate::state::rights::Needs;
use crate::state::role::Role;
use crate::state::user::{Rare, User};
use crate::state::{DIRECTORY_UUID, Directory};

type Read<R> = for<'d> fn(&'d Directory, &'d R) -> Value<'d>;

const fn text<R>(name: &'static str, read: Read<R>) -> Column<R> {
    Column {
        name,
        kind: Kind::Text,
        read,
    }
}

pub(super) static USER: Table<User> = Table {
    name: "User",
    needs: Needs::ReadUsers,
    columns: USER_COLUMNS,
    key: |user| user.id.to_string(),
    rows: |directory| Box::new(directory.users.iter()),
    find: |directory, column, value| {
        let found = match column {
            "ID" => parse_id(value).and_then(|id| directory.users.get(&id)),
            "Username" => directory.users.by_name(value),
            // Who has no address shows an empty one, which no index has.
            "Email" if !value.is_empty() => {
                return Some(directory.users.with_mail(value).collect());
            }
            _ => return None,
        };
        Some(found.into_iter().collect())
    },
};

/// The first five are never null, because a client of the vendor takes nothing but text there.
const USER_COLUMNS: &[Column<User>] = &[
    text("ID", |_, user| Value::text(user.id.to_string())),
    text("Username", |_, user| Value::text(&*user.name)),
    text("DisplayName", |_, user| Value::text(&*user.display_name)),
    text("Email", |_, user| Value::always_text(user.mail.as_deref())),
    text("MobileNumber", |_, user| {
        Value::always_text(user.mobile_number.as_deref())
    }),
    text("FirstName", |_, user| {
        Value::perhaps(user.given_name.as_deref())
    }),
    text("LastName", |_, user| {
        Value::perhaps(user.family_name.as_deref())
    }),
    text("OfficeNumber", |_, user| {
        Value::perhaps(user.office_number.as_deref())
    }),
    text("HomeNumber", |_, user| {
        Value::perhaps(user.rare().and_then(|rare| rare.home_number.as_deref()))
    }),
    text("Description", |_, user| {
        Value::perhaps(user.rare().and_then(|rare| rare.description.as_deref()))
    }),
    text("DirectoryServiceUuid", |_, _| Value::text(DIRECTORY_UUID)),
    text("State", |_, user| Value::text(user.state.to_string())),
    text("OrgId", |_, user| {
        Value::perhaps(user.organization.map(|id| id.to_string()))
    }),
    text("OrgPath", |directory, user| {
        org_path(directory, user.organization)
    }),
    Column {
        name: "LastLogin",
        kind: Kind::Date,
        read: |_, user| moment(user.rare().and_then(|rare: &Rare| rare.last_login_ms)),
    },
    Column {
        name: "CreateDate",
        kind: Kind::Date,
        read: |_, user| Value::Date(user.created_ms),
    },
    Column {
        name: "LastModifiedDate",
        kind: Kind::Date,
        read: |_, user| Value::Date(user.modified_ms),
    },
];

fn moment<'d>(ms: Option<i64>) -> Value<'d> {
    ms.map_or(Value::Null, Value::Date)
}

fn org_path(directory: &Directory, org: Option<uuid::Uuid>) -> Value<'_> {
    let org = org.and_then(|id| directory.orgs.get(&id));
    Value::perhaps(org.map(|org| org.name.as_str()))
}

pub(super) static ROLE: Table<Role> = Table {
    name: "Role",
    needs: Needs::ReadRoles,
    columns: ROLE_COLUMNS,
    key: |role| role.id.clone(),
    rows: |directory| Box::new(directory.roles.iter()),
    find: |_, _, _| None,
};

const ROLE_COLUMNS: &[Column<Role>] = &[
    text("ID", |_, role| Value::text(&*role.id)),
    text("Name", |_, role| Value::text(&*role.name)),
    text("Description", |_, role| {
        Value::perhaps(role.description.as_deref())
    }),
    text("RoleType", |_, role| Value::text(role.kind.word())),
    Column {
        name: "ReadOnly",
        kind: Kind::Boolean,
        read: |_, role| Value::Boolean(role.is_built_in()),
    },
    text("OrgId", |_, role| {
        Value::perhaps(role.organization.map(|id| id.to_string()))
    }),
    text("OrgPath", |directory, role| {
        org_path(directory, role.organization)
    }),
];

pub(super) static ORGANIZATION: Table<Org> = Table {
    name: "Organization",
    needs: Needs::AdminPortal,
    columns: ORGANIZATION_COLUMNS,
    key: |org| org.id.to_string(),
    rows: |directory| Box::new(directory.orgs.iter()),
    find: |directory, column, value| {
        let id = (column == "ID").then(|| parse_id(value))?;
        let found = id.and_then(|id| directory.orgs.get(&id));
        Some(found.into_iter().collect())
    },
};

const ORGANIZATION_COLUMNS: &[Column<Org>] = &[
    text("ID", |_, org| Value::text(org.id.to_string())),
    text("Name", |_, org| Value::text(&*org.name)),
    text("Description", |_, org| {
        Value::perhaps(org.description.as_deref())
    }),
    text("Path", |_, org| Value::text(&*org.name)),
];
