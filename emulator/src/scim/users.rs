//! `scim/Users`: create, get, query, patch, replace, delete.

use http::{Method, StatusCode};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::attributes::{Attribute, assign};
use super::filter::{Filter, Operator};
use super::list::{Page, SortOrder, list, single, sort_order};
use super::render::{self, Setting};
use super::{CUSTOM_SCHEMA, ENTERPRISE_SCHEMA, ScimError, ScimResult, body, patch};
use crate::answer::Answer;
use crate::call::{Call, member};
use crate::platform::params::parse_id;
use crate::routing::{Route, scim_read, scim_write};
use crate::state::Directory;
use crate::state::rights::Needs;
use crate::state::user::User;
use crate::state::users::{Window, fold};

pub(crate) const ROUTES: &[Route] = &[
    scim_write(Method::POST, "/scim/Users", Needs::ManageUsers, create),
    scim_read("/scim/Users", Needs::ReadUsers, query),
    scim_read("/scim/Users/{id}", Needs::ReadUsers, get),
    scim_write(Method::PATCH, "/scim/Users/{id}", Needs::ManageUsers, patch),
    scim_write(Method::PUT, "/scim/Users/{id}", Needs::ManageUsers, replace),
    scim_write(
        Method::DELETE,
        "/scim/Users/{id}",
        Needs::ManageUsers,
        delete,
    ),
];

/// Members of a user body that can be written, except the name, which comes first because others fall back to it.
/// The display name comes after the formatted name, which mirrors it and is called read-only by the schema: where a body
/// carries both, a changed display name must not be undone by its stale copy.
const WRITABLE: [(&str, Attribute); 9] = [
    ("name", Attribute::Name),
    ("displayName", Attribute::DisplayName),
    ("preferredLanguage", Attribute::PreferredLanguage),
    ("active", Attribute::Active),
    ("password", Attribute::Password),
    ("emails", Attribute::Emails),
    ("phoneNumbers", Attribute::PhoneNumbers),
    (ENTERPRISE_SCHEMA, Attribute::Enterprise),
    (CUSTOM_SCHEMA, Attribute::CustomBlock),
];

fn create(directory: &mut Directory, call: &Call<'_>) -> ScimResult {
    let body = body::object(call.body)?;
    let mut user = User::new(Uuid::new_v4(), "", call.now_ms());
    assign(
        directory,
        &mut user,
        &Attribute::UserName,
        member(&body, "userName"),
    )?;
    // A display name that is not given is the part of the login name before the suffix.
    assign(directory, &mut user, &Attribute::DisplayName, None)?;
    assign_all(directory, &mut user, &body)?;
    let id = user.id;
    let name = user.name.clone();
    directory
        .users
        .insert(user)
        .map_err(|_| ScimError::taken(&name))?;
    let location = Setting::of(call).location("Users", id).to_string();
    Ok(shown(directory, call, StatusCode::CREATED, &id)?.located_at(&location))
}

fn get(directory: &Directory, call: &Call<'_>) -> ScimResult {
    let id = find(directory, call)?.id;
    shown(directory, call, StatusCode::OK, &id)
}

fn patch(directory: &mut Directory, call: &Call<'_>) -> ScimResult {
    let mut user = find(directory, call)?.clone();
    patch::apply(directory, &mut user, &body::object(call.body)?)?;
    store(directory, call, user)
}

/// Name parts, mail, numbers and extensions that are left out are cleared; display name, password and the active
/// flag are kept. What the service clears is only partly known.
fn replace(directory: &mut Directory, call: &Call<'_>) -> ScimResult {
    let mut user = find(directory, call)?.clone();
    let body = body::object(call.body)?;
    assign(
        directory,
        &mut user,
        &Attribute::UserName,
        member(&body, "userName"),
    )?;
    for attribute in [
        Attribute::Name,
        Attribute::PreferredLanguage,
        Attribute::Emails,
        Attribute::PhoneNumbers,
        Attribute::Enterprise,
        Attribute::CustomBlock,
    ] {
        assign(directory, &mut user, &attribute, None)?;
    }
    assign_all(directory, &mut user, &body)?;
    store(directory, call, user)
}

/// Without its default system administrator the tenant could not be reached any more, so that account stays.
fn delete(directory: &mut Directory, call: &Call<'_>) -> ScimResult {
    let id = find(directory, call)?.id;
    if id == call.tenant.default_administrator {
        return Err(ScimError::forbidden());
    }
    directory.remove_user(&id);
    Ok(Answer::empty(StatusCode::NO_CONTENT))
}

fn query(directory: &Directory, call: &Call<'_>) -> ScimResult {
    let page = Page::of(call)?;
    let setting = Setting::of(call);
    let order = sort_order(call, &SORT_KEYS)?;
    let (total, users) = match call
        .query
        .get("filter")
        .filter(|filter| !filter.trim().is_empty())
    {
        None => (directory.users.len(), unfiltered(directory, order, page)),
        Some(filter) => {
            let mut found = matching(directory, &Filter::parse(filter)?)?;
            if let Some(order) = order {
                sort(&mut found, order);
            }
            let total = found.len();
            let page = found.into_iter().skip(page.skip()).take(page.count);
            (total, page.collect())
        }
    };
    let resources = users
        .into_iter()
        .map(|user| render::user(directory, &setting, user))
        .collect();
    list(call, page, total, resources)
}

fn unfiltered(directory: &Directory, order: Option<SortOrder>, page: Page) -> Vec<&User> {
    let users = &directory.users;
    let Some(SortOrder { key, descending }) = order else {
        return users.iter_from(page.skip()).take(page.count).collect();
    };
    let window = Window {
        skip: page.skip(),
        count: page.count,
        descending,
    };
    match key {
        "userName" => users.page_by_name(window),
        _ => users.page_in_order(key, |user| sorted_by(key, user), window),
    }
}

/// The two documented filter attributes. Equality and prefixes use an index, which ignores case; the filter itself
/// then decides.
fn matching<'d>(directory: &'d Directory, filter: &Filter) -> Result<Vec<&'d User>, ScimError> {
    let users = &directory.users;
    let found: Box<dyn Iterator<Item = &User>> = match filter.attribute.as_str() {
        "username" => match filter.operator {
            Operator::Equals => Box::new(users.by_name(&filter.value).into_iter()),
            Operator::StartsWith => Box::new(users.with_name_prefix(&filter.value)),
            _ => Box::new(users.iter()),
        },
        "emails.value" | "emails" => match filter.operator {
            Operator::Equals => Box::new(users.with_mail(&filter.value)),
            Operator::StartsWith => Box::new(users.with_mail_prefix(&filter.value)),
            _ => Box::new(users.iter()),
        },
        _ => return Err(filter.unsupported_attribute()),
    };
    let text = |user: &'d User| match filter.attribute.as_str() {
        "username" => Some(&*user.name),
        _ => user.mail.as_deref(),
    };
    Ok(found
        .filter(|user| text(user).is_some_and(|text| filter.accepts(text)))
        .collect())
}

const SORT_KEYS: [&str; 8] = [
    "userName",
    "name.familyName",
    "name.givenName",
    "name.formatted",
    "displayName",
    "active",
    "preferredLanguage",
    "emails.value",
];

/// What a list is sorted by.
fn sorted_by<'u>(key: &str, user: &'u User) -> Option<&'u str> {
    match key {
        "name.familyName" => user.family_name.as_deref(),
        "name.givenName" => user.given_name.as_deref(),
        "name.formatted" | "displayName" => Some(&*user.display_name),
        "active" => Some(if user.is_enabled() { "true" } else { "false" }),
        "preferredLanguage" => user.language.as_deref(),
        "emails.value" => user.mail.as_deref(),
        _ => Some(&*user.name),
    }
}

/// Accounts without the attribute come last in ascending order, as the RFC asks.
fn sort(users: &mut [&User], order: SortOrder) {
    users.sort_by_cached_key(|user| {
        let text = sorted_by(order.key, user);
        (text.is_none(), text.map(fold).unwrap_or_default())
    });
    if order.descending {
        users.reverse();
    }
}

fn find<'d>(directory: &'d Directory, call: &Call<'_>) -> Result<&'d User, ScimError> {
    let id = call.path_value(0);
    parse_id(id)
        .and_then(|id| directory.users.get(&id))
        .ok_or_else(|| ScimError::not_found(id))
}

/// Unknown and read-only members of the body are ignored, as the RFC asks of a server.
fn assign_all(
    directory: &Directory,
    user: &mut User,
    body: &Map<String, Value>,
) -> Result<(), ScimError> {
    for (name, attribute) in &WRITABLE {
        if let Some(value) = member(body, name) {
            assign(directory, user, attribute, Some(value))?;
        }
    }
    Ok(())
}

fn store(directory: &mut Directory, call: &Call<'_>, mut user: User) -> ScimResult {
    user.modified_ms = call.now_ms();
    let id = user.id;
    let name = user.name.clone();
    directory
        .users
        .replace(user)
        .map_err(|_| ScimError::taken(&name))?;
    shown(directory, call, StatusCode::OK, &id)
}

fn shown(directory: &Directory, call: &Call<'_>, status: StatusCode, id: &Uuid) -> ScimResult {
    let setting = Setting::of(call);
    let user = directory
        .users
        .get(id)
        .ok_or_else(|| ScimError::not_found(&id.to_string()))?;
    single(call, status, &render::user(directory, &setting, user))
}
