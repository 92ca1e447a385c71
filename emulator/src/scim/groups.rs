//! `scim/Groups`: the roles of the directory.

use std::collections::BTreeSet;

use http::{Method, StatusCode};
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::filter::{Filter, Operator};
use super::list::{Page, list, single};
use super::patch::{Op, Operation, operations};
use super::render::{Location, Meta, Setting};
use super::{GROUP_SCHEMA, ScimError, ScimResult, body};
use crate::answer::Answer;
use crate::call::{Call, member};
use crate::platform::params::parse_id;
use crate::routing::{Route, scim_read, scim_write};
use crate::state::Directory;
use crate::state::rights::Needs;
use crate::state::role::{Role, RoleType};
use crate::state::users::fold;

pub(crate) const ROUTES: &[Route] = &[
    scim_write(Method::POST, "/scim/Groups", Needs::ManageRoles, create),
    scim_read("/scim/Groups", Needs::ReadRoles, query),
    scim_read("/scim/Groups/{id}", Needs::ReadRoles, get),
    scim_write(
        Method::PATCH,
        "/scim/Groups/{id}",
        Needs::ManageRoles,
        patch,
    ),
    scim_write(
        Method::PUT,
        "/scim/Groups/{id}",
        Needs::ManageRoles,
        replace,
    ),
    scim_write(
        Method::DELETE,
        "/scim/Groups/{id}",
        Needs::ManageRoles,
        delete,
    ),
];

#[derive(Serialize)]
struct Member<'a> {
    value: String,
    #[serde(rename = "$ref")]
    reference: Location<'a>,
    #[serde(rename = "type")]
    kind: &'static str,
    display: &'a str,
}

/// A group resource; whether an empty member list shows as such is not known, and here it is left out.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GroupResource<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    members: Vec<Member<'a>>,
    display_name: &'a str,
    schemas: [&'static str; 1],
    id: &'a str,
    meta: Meta<'a>,
}

fn render<'a>(directory: &'a Directory, setting: &'a Setting, role: &'a Role) -> GroupResource<'a> {
    let users = role.users.iter().filter_map(|id| {
        let user = directory.users.get(id)?;
        Some(Member {
            value: id.to_string(),
            reference: setting.location("Users", *id),
            kind: "User",
            display: &user.name,
        })
    });
    let roles = role.roles.iter().filter_map(|id| {
        let nested = directory.roles.get(id)?;
        Some(Member {
            value: id.clone(),
            reference: setting.location("Groups", &**id),
            kind: "Group",
            display: &nested.name,
        })
    });
    GroupResource {
        members: users.chain(roles).collect(),
        display_name: &role.name,
        schemas: [GROUP_SCHEMA],
        id: &role.id,
        meta: setting.meta("Group", setting.location("Groups", &*role.id)),
    }
}

fn create(directory: &mut Directory, call: &Call<'_>) -> ScimResult {
    let body = body::object(call.body)?;
    let mut role = Role::new(Role::fresh_id(), "");
    role.name = display_name(directory, &body, &role.id)?;
    if let Some(members) = member(&body, "members") {
        Members::read(directory, members)?.fill(&mut role);
    }
    let id = role.id.clone();
    directory.roles.insert(role);
    let location = Setting::of(call).location("Groups", &*id).to_string();
    Ok(shown(directory, call, StatusCode::CREATED, &id)?.located_at(&location))
}

fn get(directory: &Directory, call: &Call<'_>) -> ScimResult {
    shown(directory, call, StatusCode::OK, &find(directory, call)?.id)
}

/// Renames the group and replaces its members in one go.
fn replace(directory: &mut Directory, call: &Call<'_>) -> ScimResult {
    let mut role = find(directory, call)?.clone();
    let body = body::object(call.body)?;
    role.name = display_name(directory, &body, &role.id)?;
    let members = member(&body, "members").unwrap_or(&Value::Null);
    if role.kind != RoleType::Everybody {
        Members::read(directory, members)?.fill(&mut role);
    }
    store(directory, call, role)
}

fn patch(directory: &mut Directory, call: &Call<'_>) -> ScimResult {
    let mut role = find(directory, call)?.clone();
    let body = body::object(call.body)?;
    for operation in operations(&body)? {
        apply(directory, &mut role, &operation)?;
    }
    store(directory, call, role)
}

/// Built-in roles stay; that the service says so with 403 is a guess.
fn delete(directory: &mut Directory, call: &Call<'_>) -> ScimResult {
    let role = find(directory, call)?;
    if role.is_built_in() {
        return Err(ScimError::forbidden());
    }
    let id = role.id.clone();
    directory.roles.remove(&id);
    Ok(Answer::empty(StatusCode::NO_CONTENT))
}

/// Paging is done as for users. Once it was reported to have no effect on groups; that report stands alone.
fn query(directory: &Directory, call: &Call<'_>) -> ScimResult {
    let page = Page::of(call)?;
    let setting = Setting::of(call);
    let filter = call
        .query
        .get("filter")
        .filter(|filter| !filter.trim().is_empty());
    let filter = filter.map(Filter::parse).transpose()?;
    let mut found = Vec::with_capacity(directory.roles.len());
    for role in directory.roles.iter() {
        if filter
            .as_ref()
            .map_or(Ok(true), |filter| accepts(directory, filter, role))?
        {
            found.push(role);
        }
    }
    if let Some(descending) =
        super::list::sort_order(call, &["displayName"])?.map(|order| order.descending)
    {
        found.sort_by_cached_key(|role| fold(&role.name));
        if descending {
            found.reverse();
        }
    }
    let total = found.len();
    let resources = found
        .into_iter()
        .skip(page.skip())
        .take(page.count)
        .map(|role| render(directory, &setting, role))
        .collect();
    list(call, page, total, resources)
}

fn accepts(directory: &Directory, filter: &Filter, role: &Role) -> Result<bool, ScimError> {
    let user_name = |id: &Uuid| {
        directory
            .users
            .get(id)
            .is_some_and(|user| filter.accepts(&user.name))
    };
    let role_name = |id: &String| {
        directory
            .roles
            .get(id)
            .is_some_and(|role| filter.accepts(&role.name))
    };
    Ok(match filter.attribute.as_str() {
        "displayname" => filter.accepts(&role.name),
        "id" => filter.accepts(&role.id),
        "members.display" => role.users.iter().any(user_name) || role.roles.iter().any(role_name),
        "members.value" => {
            role.users.iter().any(|id| filter.accepts(&id.to_string()))
                || role.roles.iter().any(|id| filter.accepts(id))
        }
        _ => return Err(filter.unsupported_attribute()),
    })
}

fn find<'d>(directory: &'d Directory, call: &Call<'_>) -> Result<&'d Role, ScimError> {
    directory
        .roles
        .get(call.path_value(0))
        .ok_or_else(no_such_group)
}

/// A fixed text without the id, unlike the one for users.
fn no_such_group() -> ScimError {
    ScimError::new(StatusCode::NOT_FOUND, None, "Group not found".to_owned())
}

fn display_name(
    directory: &Directory,
    body: &Map<String, Value>,
    own_id: &str,
) -> Result<String, ScimError> {
    let value = member(body, "displayName").unwrap_or(&Value::Null);
    let name = body::text("displayName", value)?
        .map(str::trim)
        .filter(|name| !name.is_empty());
    free_name(
        directory,
        name.ok_or_else(|| ScimError::invalid_value("displayName is required."))?,
        own_id,
    )
}

fn free_name(directory: &Directory, name: &str, own_id: &str) -> Result<String, ScimError> {
    match directory.roles.by_name(name) {
        Some(other) if other.id != own_id => Err(ScimError::taken(name)),
        _ => Ok(name.to_owned()),
    }
}

/// The members that a request names.
struct Members {
    users: BTreeSet<Uuid>,
    roles: BTreeSet<String>,
}

impl Members {
    /// An array of objects, of which only `value` counts. One that is neither a user nor a role fails the request.
    fn read(directory: &Directory, value: &Value) -> Result<Self, ScimError> {
        let items: &[Value] = match value {
            Value::Null => &[],
            Value::Array(items) => items,
            _ => return Err(ScimError::wrong_type("members", "an array")),
        };
        let mut members = Self {
            users: BTreeSet::new(),
            roles: BTreeSet::new(),
        };
        for item in items {
            let Value::Object(item) = item else {
                return Err(ScimError::wrong_type("members", "an array of objects"));
            };
            let id = member(item, "value")
                .and_then(Value::as_str)
                .unwrap_or_default();
            members.add(directory, id)?;
        }
        Ok(members)
    }

    fn of_one(directory: &Directory, id: &str) -> Result<Self, ScimError> {
        let mut members = Self {
            users: BTreeSet::new(),
            roles: BTreeSet::new(),
        };
        members.add(directory, id)?;
        Ok(members)
    }

    fn add(&mut self, directory: &Directory, id: &str) -> Result<(), ScimError> {
        if let Some(user) = parse_id(id).filter(|user| directory.users.get(user).is_some()) {
            self.users.insert(user);
        } else if directory.roles.get(id).is_some() {
            self.roles.insert(id.to_owned());
        } else {
            let detail = format!("Member not found. Member value: {id}");
            return Err(ScimError::new(StatusCode::NOT_FOUND, None, detail));
        }
        Ok(())
    }

    fn fill(self, role: &mut Role) {
        role.users = self.users;
        role.roles = self.roles;
        role.roles.remove(&role.id);
    }

    fn join(self, role: &mut Role) {
        role.users.extend(self.users);
        role.roles
            .extend(self.roles.into_iter().filter(|id| *id != role.id));
    }

    fn leave(&self, role: &mut Role) {
        role.users.retain(|id| !self.users.contains(id));
        role.roles.retain(|id| !self.roles.contains(id));
    }
}

fn apply(
    directory: &Directory,
    role: &mut Role,
    operation: &Operation<'_>,
) -> Result<(), ScimError> {
    match operation.path {
        Some(path) => set(directory, role, operation.op, path, operation.value),
        None if operation.op == Op::Remove => Err(ScimError::no_target()),
        None => {
            let Some(Value::Object(values)) = operation.value else {
                return Err(ScimError::invalid_value(
                    "Without a path the value has to be an object.",
                ));
            };
            values
                .iter()
                .try_for_each(|(path, value)| set(directory, role, operation.op, path, Some(value)))
        }
    }
}

fn set(
    directory: &Directory,
    role: &mut Role,
    op: Op,
    path: &str,
    value: Option<&Value>,
) -> Result<(), ScimError> {
    let bare = path
        .strip_prefix(GROUP_SCHEMA)
        .map_or(path, |rest| rest.trim_start_matches(':'));
    if op != Op::Remove && value.is_none() {
        return Err(ScimError::invalid_value(
            "value is required for add and replace.",
        ));
    }
    if bare.eq_ignore_ascii_case("displayName") {
        let name = body::text("displayName", value.unwrap_or(&Value::Null))?.map(str::trim);
        let name = name.filter(|name| !name.is_empty() && op != Op::Remove);
        let name = name.ok_or_else(|| ScimError::invalid_value("displayName is required."))?;
        role.name = free_name(directory, name, &role.id)?;
        return Ok(());
    }
    if role.kind == RoleType::Everybody {
        return Err(ScimError::bad_request(
            "mutability",
            "The members of this group cannot be changed.",
        ));
    }
    if bare.eq_ignore_ascii_case("members") {
        return match (op, value) {
            (Op::Add, Some(value)) => {
                Members::read(directory, value).map(|members| members.join(role))
            }
            (Op::Replace, Some(value)) => {
                Members::read(directory, value).map(|members| members.fill(role))
            }
            (_, None | Some(Value::Null)) => {
                Members::read(directory, &Value::Null).map(|members| members.fill(role))
            }
            (Op::Remove, Some(value)) => {
                Members::read(directory, value).map(|members| members.leave(role))
            }
        };
    }
    let id = one_member(bare)
        .filter(|_| op == Op::Remove)
        .ok_or_else(ScimError::no_target)?;
    Members::of_one(directory, &id)?.leave(role);
    Ok(())
}

/// The id in `members[value eq "…"]`.
fn one_member(path: &str) -> Option<String> {
    let (list, rest) = path.split_once('[')?;
    let filter = Filter::parse(rest.strip_suffix(']')?).ok()?;
    let by_value = filter.attribute == "value" && filter.operator == Operator::Equals;
    (list.trim().eq_ignore_ascii_case("members") && by_value).then_some(filter.value)
}

/// The tenant's way in must not be closed: the default system administrator stays one.
fn store(directory: &mut Directory, call: &Call<'_>, role: Role) -> ScimResult {
    if role.locks_out(&call.tenant.default_administrator) {
        return Err(ScimError::forbidden());
    }
    let id = role.id.clone();
    directory.roles.replace(role);
    shown(directory, call, StatusCode::OK, &id)
}

fn shown(directory: &Directory, call: &Call<'_>, status: StatusCode, id: &str) -> ScimResult {
    let setting = Setting::of(call);
    let role = directory.roles.get(id).ok_or_else(no_such_group)?;
    single(call, status, &render(directory, &setting, role))
}
