//! Who is in a role.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use uuid::Uuid;

use super::paging::Paging;
use super::params::find_user;
use super::query_format::{Column, ColumnType, Line};
use super::{Failure, Outcome, Params, Payload};
use crate::call::Call;
use crate::routing::{Route, read, write};
use crate::state::Directory;
use crate::state::rights::Needs;
use crate::state::role::{Role, RoleType};

pub(crate) const ROUTES: &[Route] = &[
    read("/Roles/GetRoleMembers", Needs::ReadRoles, get_members),
    read("/SaasManage/GetRoleMembers", Needs::ReadRoles, get_members),
    write(
        "/SaasManage/AddUsersAndGroupsToRole",
        Needs::ManageRoles,
        add_members,
    ),
    write(
        "/SaasManage/RemoveUsersAndGroupsFromRole",
        Needs::ManageRoles,
        remove_members,
    ),
];

/// The role whose id stands in `Name`.
pub(super) fn find<'d>(directory: &'d Directory, params: &Params<'_>) -> Result<&'d Role, Failure> {
    let id = params.required("Name")?;
    directory.roles.get(&id).ok_or_else(Failure::not_found)
}

/// Users and roles named in the three lists of a call.
#[derive(Default)]
pub(super) struct Principals {
    users: BTreeSet<Uuid>,
    roles: BTreeSet<String>,
}

impl Principals {
    /// Reads the lists `Users`, `Roles` and `Groups`, in which an id or a name stands for each. There are no groups of
    /// other directories, so a group is looked for among the roles.
    pub(super) fn of<'v>(
        directory: &Directory,
        list: impl Fn(&str) -> Option<&'v Value>,
    ) -> Result<Self, Failure> {
        let mut found = Self::default();
        for text in texts("Users", list("Users"))? {
            found.users.insert(find_user(directory, text)?.id);
        }
        for name in ["Roles", "Groups"] {
            for text in texts(name, list(name))? {
                let role = directory
                    .roles
                    .get(text)
                    .or_else(|| directory.roles.by_name(text));
                found
                    .roles
                    .insert(role.ok_or_else(Failure::not_found)?.id.clone());
            }
        }
        Ok(found)
    }

    pub(super) fn add_to(self, role: &mut Role) {
        role.users.extend(self.users);
        role.roles
            .extend(self.roles.into_iter().filter(|id| *id != role.id));
    }

    pub(super) fn remove_from(&self, role: &mut Role) {
        role.users.retain(|id| !self.users.contains(id));
        role.roles.retain(|id| !self.roles.contains(id));
    }
}

fn texts<'v>(name: &str, list: Option<&'v Value>) -> Result<Vec<&'v str>, Failure> {
    match list {
        None => Ok(Vec::new()),
        Some(Value::Array(items)) => items
            .iter()
            .map(|item| item.as_str().ok_or_else(|| Failure::wrong_cast(name, item)))
            .collect(),
        Some(other) => Err(Failure::wrong_cast(name, other)),
    }
}

const MEMBER_COLUMNS: &[Column] = &[
    ("Guid", ColumnType::Text),
    ("Name", ColumnType::Text),
    ("Type", ColumnType::Text),
    ("IsEffective", ColumnType::Boolean),
    ("OrgPath", ColumnType::Unknown),
    ("OrgId", ColumnType::Unknown),
];

fn get_members(directory: &Directory, call: &Call<'_>) -> Outcome {
    let params = Params::of(call)?;
    let role = find(directory, &params)?;
    let lines: Vec<Line<Value>> = if role.kind == RoleType::Everybody {
        let everybody = directory.users.iter().filter(|user| user.in_everybody);
        everybody
            .filter_map(|user| user_line(directory, &user.id))
            .collect()
    } else {
        let users = role.users.iter().filter_map(|id| user_line(directory, id));
        let roles = role.roles.iter().filter_map(|id| role_line(directory, id));
        users.chain(roles).collect()
    };
    Payload::of(&Paging::of(&params)?.cut(MEMBER_COLUMNS, lines))
}

fn user_line(directory: &Directory, id: &Uuid) -> Option<Line<Value>> {
    let user = directory.users.get(id)?;
    Some(line(
        directory,
        "User",
        user.id.to_string(),
        &user.name,
        user.organization,
    ))
}

fn role_line(directory: &Directory, id: &str) -> Option<Line<Value>> {
    let role = directory.roles.get(id)?;
    Some(line(
        directory,
        "Role",
        role.id.clone(),
        &role.name,
        role.organization,
    ))
}

fn line(
    directory: &Directory,
    kind: &'static str,
    id: String,
    name: &str,
    org: Option<Uuid>,
) -> Line<Value> {
    let org = org.and_then(|id| directory.orgs.get(&id));
    let row = json!({
        "Guid": id,
        "Name": name,
        "Type": kind,
        "IsEffective": true,
        "OrgPath": org.map(|org| org.name.as_str()),
        "OrgId": org.map(|org| org.id.to_string()),
    });
    Line::new(kind, id, row)
}

fn add_members(directory: &mut Directory, call: &Call<'_>) -> Outcome {
    change(directory, call, |role, principals| principals.add_to(role))
}

fn remove_members(directory: &mut Directory, call: &Call<'_>) -> Outcome {
    change(directory, call, |role, principals| {
        principals.remove_from(role)
    })
}

fn change(
    directory: &mut Directory,
    call: &Call<'_>,
    change: fn(&mut Role, Principals),
) -> Outcome {
    let params = Params::of(call)?;
    let mut role = find(directory, &params)?.clone();
    if role.kind == RoleType::Everybody {
        return Err(Failure::refused(
            "The members of Everybody cannot be changed.",
        ));
    }
    let principals = Principals::of(directory, |list| params.value(list))?;
    change(&mut role, principals);
    keep(directory, call, role)
}

/// Stores a role whose members may have changed. The tenant's way in must not be closed.
pub(super) fn keep(directory: &mut Directory, call: &Call<'_>, role: Role) -> Outcome {
    if role.locks_out(&call.tenant.default_administrator) {
        return Err(Failure::refused(
            "The default system administrator cannot be taken out of its role.",
        ));
    }
    directory.roles.replace(role);
    Ok(Payload::null())
}
