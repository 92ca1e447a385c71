//! Organizations: `Org/Create`, `Org/ListAll`.

use std::collections::HashMap;

use serde::Serialize;
use uuid::Uuid;

use super::query_format::{Column, ColumnType, Line, QueryResult};
use super::{Failure, Outcome, Params, Payload};
use crate::call::Call;
use crate::routing::{Route, read, write};
use crate::state::Directory;
use crate::state::org::Org;

pub(crate) const ROUTES: &[Route] = &[write("/Org/Create", create), read("/Org/ListAll", list_all)];

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
    let org = Org {
        id: Uuid::new_v4(),
        name: name.into_owned(),
        description,
        administrators: Default::default(),
    };
    let payload = Payload::of(&Created {
        id: org.id.to_string(),
        path: &org.name,
        description: org.description.as_deref(),
        name: &org.name,
    });
    directory.orgs.insert(org);
    payload
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
