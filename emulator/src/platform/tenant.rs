//! Facts about the tenant itself that programs ask for first.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::query_format::{Column, ColumnType, Line, QueryResult};
use super::{Outcome, Payload, date};
use crate::call::Call;
use crate::routing::{Route, read, read_by_get};
use crate::state::rights::Needs;
use crate::state::seed::SUFFIX;
use crate::state::{DIRECTORY_UUID, Directory, TENANT_ID};

pub(crate) const ROUTES: &[Route] = &[
    read(
        "/CDirectoryService/GetTechSupportUser",
        Needs::ReadUsers,
        tech_support_user,
    ),
    read(
        "/Core/GetDirectoryServices",
        Needs::SignedIn,
        directory_services,
    ),
    read_by_get(
        "/Core/GetDirectoryServices",
        Needs::SignedIn,
        directory_services,
    ),
    read("/Core/GetCdsAliasesForTenant", Needs::SignedIn, aliases),
    read("/Core/GetAliasesForTenant", Needs::SignedIn, aliases),
    read("/Security/WhoAmI", Needs::SignedIn, who_am_i),
    read_by_get("/Security/WhoAmI", Needs::SignedIn, who_am_i),
];

/// Null when no access was granted; that is the likely answer of the service.
fn tech_support_user(directory: &Directory, _call: &Call<'_>) -> Outcome {
    let shown = directory.support_access.map(|access| {
        json!({
            "Name": format!("techsupport_{}", TENANT_ID.to_ascii_lowercase()),
            "PasswordExp": date(access.until_ms),
            "Uuid": access.user.to_string(),
        })
    });
    Payload::of(&shown)
}

const SERVICE_COLUMNS: &[Column] = &[
    ("Service", ColumnType::Text),
    ("directoryServiceUuid", ColumnType::Text),
    ("DisplayName", ColumnType::Text),
    ("DisplayNameShort", ColumnType::Text),
    ("Name", ColumnType::Text),
    ("Config", ColumnType::Text),
    ("Description", ColumnType::Text),
    ("Tenant", ColumnType::Text),
    ("Status", ColumnType::Text),
    ("StatusDisplay", ColumnType::Text),
    ("Everybody", ColumnType::Boolean),
];

/// The cloud directory is the only one.
fn directory_services(_directory: &Directory, _call: &Call<'_>) -> Outcome {
    let row = json!({
        "Service": "CDS",
        "directoryServiceUuid": DIRECTORY_UUID,
        "DisplayName": "CyberArk Cloud Directory",
        "DisplayNameShort": "Cloud Directory",
        "Name": "CDS",
        "Config": "CyberArk Cloud Directory",
        "Description": "CyberArk Cloud Directory",
        "Tenant": TENANT_ID,
        "Status": "Online",
        "StatusDisplay": "Online",
        "Everybody": true,
    });
    let lines = vec![Line::new("DirectoryServices", "??", row)];
    Payload::of(&QueryResult::complete(SERVICE_COLUMNS, lines))
}

const ALIAS_COLUMNS: &[Column] = &[
    ("ID", ColumnType::Text),
    ("ReplaceDomain", ColumnType::Text),
    ("CdsAlias", ColumnType::Object),
];

/// The suffix of the tenant, and every other one that a login name carries.
fn aliases(directory: &Directory, _call: &Call<'_>) -> Outcome {
    let in_use: BTreeSet<&str> = directory.users.iter().map(|user| user.suffix()).collect();
    let others = in_use
        .into_iter()
        .filter(|suffix| !suffix.is_empty() && *suffix != SUFFIX);
    let lines: Vec<Line<Value>> = std::iter::once(SUFFIX)
        .chain(others)
        .map(|suffix| {
            let row = json!({ "ID": suffix, "ReplaceDomain": null, "CdsAlias": true });
            Line::new("TenantAlias", suffix, row)
        })
        .collect();
    Payload::of(&QueryResult::complete(ALIAS_COLUMNS, lines))
}

/// The members of this answer were not verified.
fn who_am_i(_directory: &Directory, call: &Call<'_>) -> Outcome {
    let caller = call.caller.as_ref();
    Payload::of(&json!({
        "TenantId": TENANT_ID,
        "User": caller.map(|caller| &*caller.name),
        "UserUuid": caller.map(|caller| caller.id.to_string()),
    }))
}
