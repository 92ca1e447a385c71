//! Roles as the platform calls see them: made, changed, read, deleted, and given rights.

use serde_json::{Map, Value, json};

use super::params::{Field, parse};
use super::query_format::{Column, ColumnType, Line, QueryResult};
use super::role_members::{Principals, find, keep};
use super::{Failure, Outcome, Params, Payload};
use crate::call::{Call, member};
use crate::routing::{Route, read, write};
use crate::state::rights::{Needs, right};
use crate::state::role::{Role, RoleType};
use crate::state::{DIRECTORY_UUID, Directory};

pub(crate) const ROUTES: &[Route] = &[
    write("/Roles/StoreRole", Needs::ManageRoles, store_role),
    write("/SaasManage/StoreRole", Needs::ManageRoles, store_role),
    write("/Roles/UpdateRole", Needs::ManageRoles, update_role),
    read("/SaasManage/GetRole", Needs::ReadRoles, get_role),
    read("/Roles/GetRole", Needs::ReadRoles, get_role),
    write("/SaasManage/DeleteRole", Needs::ManageRoles, delete_role),
    write("/SaasManage/DeleteRoles", Needs::ManageRoles, delete_roles),
    write(
        "/SaasManage/AssignSuperRights",
        Needs::SystemAdministrator,
        assign_rights,
    ),
    write(
        "/Roles/AssignSuperRights",
        Needs::SystemAdministrator,
        assign_rights,
    ),
    write(
        "/SaasManage/UnAssignSuperRights",
        Needs::SystemAdministrator,
        unassign_rights,
    ),
    write(
        "/Roles/UnAssignSuperRights",
        Needs::SystemAdministrator,
        unassign_rights,
    ),
    read(
        "/Core/GetAssignedAdministrativeRights",
        Needs::ReadRoles,
        assigned_rights,
    ),
];

fn store_role(directory: &mut Directory, call: &Call<'_>) -> Outcome {
    let params = Params::of(call)?;
    let name = params.required("Name")?.trim().to_owned();
    free_name(directory, &name, None)?;
    let mut role = Role::new(Role::fresh_id(), name);
    params.field("Description")?.apply(&mut role.description);
    if let Some(word) = params.text("RoleType")?.filter(|word| !word.is_empty()) {
        role.kind = RoleType::from_word(&word)
            .filter(|kind| *kind != RoleType::Everybody)
            .ok_or_else(|| Failure::unknown_word(&word))?;
    }
    if let Field::Set(org) = params.field("OrgPath")? {
        role.organization = Some(
            directory
                .orgs
                .by_name(&org)
                .ok_or_else(Failure::not_found)?
                .id,
        );
    }
    Principals::of(directory, |list| params.value(list))?.add_to(&mut role);
    let key = json!({ "_RowKey": role.id });
    directory.roles.insert(role);
    Payload::of(&key)
}

fn free_name(directory: &Directory, name: &str, own_id: Option<&str>) -> Result<(), Failure> {
    match directory.roles.by_name(name) {
        Some(other) if Some(other.id.as_str()) != own_id => {
            Err(Failure::duplicate("Role", &other.name))
        }
        _ => Ok(()),
    }
}

/// `Name` is the id, `NewName` the name. Users, Groups and Roles carry what to add and to delete.
fn update_role(directory: &mut Directory, call: &Call<'_>) -> Outcome {
    let params = Params::of(call)?;
    let id = params.required("Name")?;
    let mut role = directory
        .roles
        .get(&id)
        .ok_or_else(|| Failure::no_such_role(&id))?
        .clone();
    if let Field::Set(name) = params.field("NewName")? {
        free_name(directory, &name, Some(&role.id))?;
        role.name = name;
    }
    params.field("Description")?.apply(&mut role.description);
    let change = |list: &str, part: &str| {
        let lists = params.value(list).and_then(Value::as_object);
        lists
            .and_then(|lists| member(lists, part))
            .filter(|part| !part.is_null())
    };
    let leaving = Principals::of(directory, |list| change(list, "Delete"))?;
    let joining = Principals::of(directory, |list| change(list, "Add"))?;
    leaving.remove_from(&mut role);
    joining.add_to(&mut role);
    keep(directory, call, role)
}

fn get_role(directory: &Directory, call: &Call<'_>) -> Outcome {
    let params = Params::of(call)?;
    let role = find(directory, &params)?;
    let mut shown = json!({
        "Name": role.name,
        "Description": role.description,
        "RoleType": role.kind.word(),
        "ReadOnly": role.is_built_in(),
        "Uuid": role.id,
        "_RowKey": role.id,
        "DirectoryServiceUuid": DIRECTORY_UUID,
    });
    if !params
        .boolean("suppressPrincipalsList")?
        .unwrap_or_default()
    {
        let users = role.users.iter().map(|id| format!("u={id}"));
        let roles = role.roles.iter().map(|id| format!("r={id}"));
        shown["Principals"] = users.chain(roles).collect();
    }
    Payload::of(&shown)
}

fn delete_role(directory: &mut Directory, call: &Call<'_>) -> Outcome {
    let params = Params::of(call)?;
    let id = find(directory, &params)?.id.clone();
    deletable(directory, &id)?;
    directory.roles.remove(&id);
    Ok(Payload::null())
}

/// All or none.
fn delete_roles(directory: &mut Directory, call: &Call<'_>) -> Outcome {
    let params = Params::of(call)?;
    let list = params
        .array("Roles")?
        .ok_or_else(|| Failure::missing("Roles"))?;
    let ids = list
        .iter()
        .map(|id| id.as_str().ok_or_else(|| Failure::wrong_cast("Roles", id)))
        .collect::<Result<Vec<_>, _>>()?;
    ids.iter().try_for_each(|id| deletable(directory, id))?;
    for id in ids {
        directory.roles.remove(id);
    }
    Ok(Payload::null())
}

fn deletable(directory: &Directory, id: &str) -> Result<(), Failure> {
    let role = directory.roles.get(id).ok_or_else(Failure::not_found)?;
    if role.is_built_in() {
        return Err(Failure::refused(format!(
            "The built-in role {} cannot be deleted.",
            role.name
        )));
    }
    Ok(())
}

fn assign_rights(directory: &mut Directory, call: &Call<'_>) -> Outcome {
    change_rights(directory, call, |role, path| {
        role.rights.insert(path);
    })
}

fn unassign_rights(directory: &mut Directory, call: &Call<'_>) -> Outcome {
    change_rights(directory, call, |role, path| {
        role.rights.remove(&path);
    })
}

/// The body is an array of pairs of role and path, or one such pair. All or none.
fn change_rights(
    directory: &mut Directory,
    call: &Call<'_>,
    change: fn(&mut Role, String),
) -> Outcome {
    let items = match parse(call.body)? {
        Value::Array(items) => items,
        Value::Null => return Err(Failure::missing("Role")),
        single => vec![single],
    };
    let pairs = items
        .iter()
        .map(|item| pair(directory, item))
        .collect::<Result<Vec<_>, _>>()?;
    for (id, path) in pairs {
        if let Some(mut role) = directory.roles.get(&id).cloned() {
            change(&mut role, path);
            directory.roles.replace(role);
        }
    }
    Ok(Payload::null())
}

fn pair(directory: &Directory, item: &Value) -> Result<(String, String), Failure> {
    let empty = Map::new();
    let members = item.as_object().unwrap_or(&empty);
    let text = |name: &str| {
        member(members, name)
            .and_then(Value::as_str)
            .ok_or_else(|| Failure::missing(name))
    };
    let role = directory
        .roles
        .get(text("Role")?)
        .ok_or_else(Failure::not_found)?;
    let (path, _) =
        right(text("Path")?).ok_or_else(|| Failure::refused("Specified path is invalid"))?;
    Ok((role.id.clone(), path.to_owned()))
}

const RIGHT_COLUMNS: &[Column] = &[
    ("Description", ColumnType::Text),
    ("Path", ColumnType::Text),
    ("ServiceName", ColumnType::Text),
    ("Scope", ColumnType::Unknown),
];

/// What `Scope` holds is not known; it is null here.
fn assigned_rights(directory: &Directory, call: &Call<'_>) -> Outcome {
    let params = Params::of(call)?;
    let id = params.required("role")?;
    let role = directory.roles.get(&id).ok_or_else(Failure::not_found)?;
    let lines: Vec<Line<Value>> = super::user_views::rights_of(role)
        .into_iter()
        .map(|mut row| {
            row["Scope"] = Value::Null;
            let path = row["Path"].as_str().unwrap_or_default().to_owned();
            Line::new("Right", path, row)
        })
        .collect();
    Payload::of(&QueryResult::complete(RIGHT_COLUMNS, lines))
}
