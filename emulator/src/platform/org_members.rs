//! Who belongs to an organization, who administers it, and which roles it has.

use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::orgs::find;
use super::params::parse_id;
use super::query_format::{Column, ColumnType, Line, QueryResult};
use super::user_views::rights_of;
use super::{Failure, Outcome, Params, Payload};
use crate::call::{Call, member};
use crate::routing::{Route, read, write};
use crate::state::Directory;
use crate::state::rights::Needs;

pub(crate) const ROUTES: &[Route] = &[
    read("/Org/GetRoles", Needs::AdminPortal, get_roles),
    read(
        "/Org/GetAdministrators",
        Needs::AdminPortal,
        get_administrators,
    ),
    write(
        "/Org/UpdateAdministrators",
        Needs::SystemAdministrator,
        update_administrators,
    ),
    write(
        "/Org/ChangeMembership",
        Needs::SystemAdministrator,
        change_membership,
    ),
];

const ROLE_COLUMNS: &[Column] = &[
    ("ID", ColumnType::Text),
    ("Name", ColumnType::Text),
    ("Description", ColumnType::Text),
    ("Rights", ColumnType::Object),
];

/// The shape of this answer was not seen; it follows the sibling for administrators.
fn get_roles(directory: &Directory, call: &Call<'_>) -> Outcome {
    let params = Params::of(call)?;
    let org = find(directory, &params)?;
    let lines: Vec<Line<Value>> = directory
        .roles
        .iter()
        .filter(|role| role.organization == Some(org.id))
        .map(|role| {
            let row = json!({
                "ID": role.id, "Name": role.name, "Description": role.description, "Rights": rights_of(role),
            });
            Line::new("Role", role.id.clone(), row)
        })
        .collect();
    Payload::of(&QueryResult::complete(ROLE_COLUMNS, lines))
}

const ADMINISTRATOR_COLUMNS: &[Column] = &[
    ("Name", ColumnType::Text),
    ("Guid", ColumnType::Text),
    ("ID", ColumnType::Text),
];

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct AdministratorRow<'a> {
    name: &'a str,
    guid: String,
    #[serde(rename = "ID")]
    id: String,
}

fn get_administrators(directory: &Directory, call: &Call<'_>) -> Outcome {
    let params = Params::of(call)?;
    let lines: Vec<Line<AdministratorRow<'_>>> = find(directory, &params)?
        .administrators
        .iter()
        .filter_map(|id| directory.users.get(id))
        .map(|user| {
            let id = user.id.to_string();
            let row = AdministratorRow {
                name: &user.name,
                guid: id.clone(),
                id: id.clone(),
            };
            Line::new("User", id, row)
        })
        .collect();
    Payload::of(&QueryResult::complete(ADMINISTRATOR_COLUMNS, lines))
}

/// `Revoke` takes ids and objects alike, because both are documented. Revoking somebody who is no administrator
/// changes nothing.
fn update_administrators(directory: &mut Directory, call: &Call<'_>) -> Outcome {
    let params = Params::of(call)?;
    let mut org = find(directory, &params)?.clone();
    for item in params.array("Revoke")?.into_iter().flatten() {
        org.administrators
            .remove(&user_id(directory, "Revoke", item)?);
    }
    for item in params.array("Grant")?.into_iter().flatten() {
        let id = user_id(directory, "Grant", item)?;
        // One of the rules of the product; its message is not known.
        let elsewhere = directory
            .orgs
            .iter()
            .any(|other| other.id != org.id && other.administrators.contains(&id));
        if elsewhere {
            return Err(Failure::refused(
                "A user can administer only one organization.",
            ));
        }
        org.administrators.insert(id);
    }
    directory.orgs.replace(org);
    Ok(Payload::null())
}

fn user_id(directory: &Directory, list: &str, item: &Value) -> Result<Uuid, Failure> {
    let text = match item {
        Value::String(id) => Some(id.as_str()),
        Value::Object(members) => member(members, "Id").and_then(Value::as_str),
        _ => None,
    };
    let id = parse_id(text.ok_or_else(|| Failure::wrong_cast(list, item))?);
    id.filter(|id| directory.users.get(id).is_some())
        .ok_or_else(Failure::not_found)
}

/// Something that can belong to an organization.
enum Member {
    User(Uuid),
    Role(String),
}

/// A member of another organization moves. Which kinds of members there are besides users is not known; roles carry an
/// organization too and are taken.
fn change_membership(directory: &mut Directory, call: &Call<'_>) -> Outcome {
    let params = Params::of(call)?;
    let org = find(directory, &params)?.id;
    let members = |list: &str| -> Result<Vec<Member>, Failure> {
        let items = params.array(list)?.into_iter().flatten();
        items
            .map(|item| parse_member(directory, list, item))
            .collect()
    };
    let (leaving, joining) = (members("Remove")?, members("Add")?);
    for member in leaving {
        place(directory, &member, Some(org), None);
    }
    for member in joining {
        place(directory, &member, None, Some(org));
    }
    Ok(Payload::null())
}

fn parse_member(directory: &Directory, list: &str, item: &Value) -> Result<Member, Failure> {
    let Value::Object(members) = item else {
        return Err(Failure::wrong_cast(list, item));
    };
    let id = member(members, "ID")
        .and_then(Value::as_str)
        .ok_or_else(|| Failure::missing("ID"))?;
    let kind = member(members, "Type")
        .and_then(Value::as_str)
        .unwrap_or("User");
    if kind.eq_ignore_ascii_case("User") {
        let known = parse_id(id).filter(|id| directory.users.get(id).is_some());
        return known.map(Member::User).ok_or_else(Failure::not_found);
    }
    if kind.eq_ignore_ascii_case("Role") {
        let known = directory.roles.get(id).map(|role| role.id.clone());
        return known.map(Member::Role).ok_or_else(Failure::not_found);
    }
    Err(Failure::unknown_word(kind))
}

/// Puts a member into an organization or, when it is in the one that it shall leave, into none.
fn place(directory: &mut Directory, member: &Member, only_from: Option<Uuid>, to: Option<Uuid>) {
    let moves = |from: Option<Uuid>| only_from.is_none() || from == only_from;
    match member {
        Member::User(id) => {
            if let Some(mut user) = directory
                .users
                .get(id)
                .filter(|user| moves(user.organization))
                .cloned()
            {
                user.organization = to;
                // The login name stays, so it cannot be taken by somebody else.
                let _ = directory.users.replace(user);
            }
        }
        Member::Role(id) => {
            if let Some(mut role) = directory
                .roles
                .get(id)
                .filter(|role| moves(role.organization))
                .cloned()
            {
                role.organization = to;
                directory.roles.replace(role);
            }
        }
    }
}
