//! Organizations: made, read, changed, deleted.

use std::collections::HashMap;

use serde::Serialize;
use uuid::Uuid;

use super::params::{Field, parse_id};
use super::query_format::{Column, ColumnType, Line, QueryResult};
use super::{Failure, Outcome, Params, Payload};
use crate::call::Call;
use crate::routing::{Route, read, write};
use crate::state::Directory;
use crate::state::org::Org;
use crate::state::rights::Needs;
use crate::state::user::User;

pub(crate) const ROUTES: &[Route] = &[
    write("/Org/Create", Needs::SystemAdministrator, create),
    read("/Org/Get", Needs::AdminPortal, get),
    read("/Org/ListAll", Needs::AdminPortal, list_all),
    write("/Org/Update", Needs::SystemAdministrator, update),
    write("/Org/Delete", Needs::SystemAdministrator, delete),
];

/// The organization whose id stands in `OrgId`.
pub(super) fn find<'d>(directory: &'d Directory, params: &Params<'_>) -> Result<&'d Org, Failure> {
    let id = params.required("OrgId")?;
    parse_id(&id)
        .and_then(|id| directory.orgs.get(&id))
        .ok_or_else(Failure::not_found)
}

#[derive(Serialize)]
struct Created<'a> {
    #[serde(rename = "ID")]
    id: String,
    #[serde(rename = "Path")]
    path: &'a str,
    #[serde(rename = "Description")]
    description: Option<&'a str>,
    #[serde(rename = "Name")]
    name: &'a str,
}

/// Limits on the name are not known; any text that is not blank is taken.
fn create(directory: &mut Directory, call: &Call<'_>) -> Outcome {
    let params = Params::of(call)?;
    let name = params.required("Name")?;
    let description = params.text("Description")?.map(|text| text.into_owned());
    if let Some(existing) = directory.orgs.by_name(&name) {
        return Err(Failure::duplicate("Organization", &existing.name));
    }
    let org = Org::new(Uuid::new_v4(), name, description);
    let payload = Payload::of(&Created {
        id: org.id.to_string(),
        path: &org.name,
        description: org.description.as_deref(),
        name: &org.name,
    });
    directory.orgs.insert(org);
    payload
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Details<'a> {
    #[serde(rename = "ID")]
    id: String,
    name: &'a str,
    description: Option<&'a str>,
    path: &'a str,
}

fn get(directory: &Directory, call: &Call<'_>) -> Outcome {
    let params = Params::of(call)?;
    let org = find(directory, &params)?;
    Payload::of(&Details {
        id: org.id.to_string(),
        name: &org.name,
        description: org.description.as_deref(),
        path: &org.name,
    })
}

/// Fields that are not sent stay. A new name is the new path of members too, which is not known of the service.
fn update(directory: &mut Directory, call: &Call<'_>) -> Outcome {
    let params = Params::of(call)?;
    let mut org = find(directory, &params)?.clone();
    match params.field("Name")? {
        Field::Keep => {}
        Field::Clear => return Err(Failure::missing("Name")),
        Field::Set(name) => {
            if let Some(other) = directory
                .orgs
                .by_name(&name)
                .filter(|other| other.id != org.id)
            {
                return Err(Failure::duplicate("Organization", &other.name));
            }
            org.name = name;
        }
    }
    params.field("Description")?.apply(&mut org.description);
    directory.orgs.replace(org);
    Ok(Payload::null())
}

/// Members and roles stay and belong to no organization then; what the service does with them is not known.
fn delete(directory: &mut Directory, call: &Call<'_>) -> Outcome {
    let params = Params::of(call)?;
    let id = find(directory, &params)?.id;
    let members: Vec<User> = directory
        .users
        .iter()
        .filter(|user| user.organization == Some(id))
        .cloned()
        .collect();
    for mut user in members {
        user.organization = None;
        // The login name stays, so it cannot be taken by somebody else.
        let _ = directory.users.replace(user);
    }
    directory.roles.forget_organization(&id);
    directory.orgs.remove(&id);
    Ok(Payload::null())
}

const ORG_COLUMNS: &[Column] = &[
    ("ID", ColumnType::Text),
    ("Name", ColumnType::Text),
    ("Path", ColumnType::Text),
    ("Description", ColumnType::Text),
    ("Administrators", ColumnType::Object),
    ("MemberCount", ColumnType::Object),
];

/// Spelling and form of the last two keys are not known; these follow the descriptions.
#[derive(Serialize)]
struct OrgRow<'a> {
    #[serde(rename = "ID")]
    id: String,
    #[serde(rename = "Name")]
    name: &'a str,
    #[serde(rename = "Path")]
    path: &'a str,
    #[serde(rename = "Description")]
    description: Option<&'a str>,
    #[serde(rename = "Administrators")]
    administrators: Option<Vec<String>>,
    #[serde(rename = "MemberCount")]
    member_count: usize,
}

/// A bare array, or the query format when `format=Query` asks for it. Some programs put `Format` into `Args`.
fn list_all(directory: &Directory, call: &Call<'_>) -> Outcome {
    let params = Params::of(call)?;
    let rows = rows(directory);
    if !wants_query_format(&params)? {
        return Payload::of(&rows);
    }
    let lines = rows
        .into_iter()
        .map(|row| Line::new("Org", row.id.clone(), row))
        .collect();
    Payload::of(&QueryResult::complete(ORG_COLUMNS, lines))
}

fn wants_query_format(params: &Params<'_>) -> Result<bool, Failure> {
    let nested = params
        .value("Args")
        .and_then(|args| args.as_object())
        .and_then(|args| crate::call::member(args, "Format"))
        .and_then(|format| format.as_str());
    let format = params.text("format")?;
    Ok(format
        .as_deref()
        .or(nested)
        .is_some_and(|format| format.eq_ignore_ascii_case("Query")))
}

fn rows(directory: &Directory) -> Vec<OrgRow<'_>> {
    let mut members: HashMap<Uuid, usize> = HashMap::new();
    for org in directory.users.iter().filter_map(|user| user.organization) {
        *members.entry(org).or_default() += 1;
    }
    directory
        .orgs
        .iter()
        .map(|org| OrgRow {
            id: org.id.to_string(),
            name: &org.name,
            path: &org.name,
            description: org.description.as_deref(),
            administrators: (!org.administrators.is_empty())
                .then(|| org.administrators.iter().map(Uuid::to_string).collect()),
            member_count: members.get(&org.id).copied().unwrap_or_default(),
        })
        .collect()
}
