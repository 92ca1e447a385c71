//! Reading accounts: `CDirectoryService/GetUser`, `GetUserByName`, `GetUsers`.

use serde::Serialize;

use super::query_format::{Column, ColumnType, Line, QueryResult};
use super::{Failure, Outcome, Params, Payload, date};
use crate::call::Call;
use crate::routing::{Route, read};
use crate::state::Directory;
use crate::state::rights::Needs;
use crate::state::user::User;

pub(crate) const ROUTES: &[Route] = &[
    read("/CDirectoryService/GetUser", Needs::SignedIn, get_user),
    read(
        "/CDirectoryService/GetUserByName",
        Needs::SignedIn,
        get_user_by_name,
    ),
    read("/CDirectoryService/GetUsers", Needs::ReadUsers, get_users),
];

fn get_user(directory: &Directory, call: &Call<'_>) -> Outcome {
    let params = Params::of(call)?;
    let user = params.user(directory, "ID")?;
    call.own_or(directory, user, Needs::ReadUsers)?;
    details(directory, user)
}

/// Without a name the caller is meant.
fn get_user_by_name(directory: &Directory, call: &Call<'_>) -> Outcome {
    let params = Params::of(call)?;
    let user = match params
        .text("username")?
        .filter(|name| !name.trim().is_empty())
    {
        Some(name) => directory.users.by_name(name.trim()),
        None => call
            .caller
            .as_ref()
            .and_then(|caller| directory.users.get(&caller.id)),
    };
    let user = user.ok_or_else(Failure::not_found)?;
    call.own_or(directory, user, Needs::ReadUsers)?;
    details(directory, user)
}

/// Not paged: the service has no parameter for it.
fn get_users(directory: &Directory, _call: &Call<'_>) -> Outcome {
    let lines = directory
        .users
        .iter()
        .map(|user| Line::new("CDUser", "??", UserRow::of(user)))
        .collect();
    Payload::of(&QueryResult::complete(USER_COLUMNS, lines))
}

/// One account with all keys that have a value, in the order that was recorded.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct UserDetails<'a> {
    uuid: String,
    state: String,
    last_modified_date: String,
    display_name: &'a str,
    version: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    mail: Option<&'a str>,
    name: &'a str,
    reports_to: String,
    create_date: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    mobile_number: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    home_number: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    office_number: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    alias: &'a str,
    in_everybody_role: bool,
    last_password_change_date: String,
    oauth_client: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    locked_by_admin: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password_never_expire: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    picture_uri: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cma_redirected_user_uuid: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    org_path: Option<&'a str>,
}

fn details(directory: &Directory, user: &User) -> Outcome {
    let rare = user.rare();
    let org = user.organization.and_then(|id| directory.orgs.get(&id));
    Payload::of(&UserDetails {
        uuid: user.id.to_string(),
        state: user.state.to_string(),
        last_modified_date: date(user.modified_ms),
        display_name: &user.display_name,
        version: "1",
        mail: user.mail.as_deref(),
        name: &user.name,
        reports_to: user
            .manager
            .map_or_else(|| "Unassigned".to_owned(), |id| id.to_string()),
        create_date: date(user.created_ms),
        mobile_number: user.mobile_number.as_deref(),
        home_number: rare.and_then(|rare| rare.home_number.as_deref()),
        office_number: user.office_number.as_deref(),
        description: rare.and_then(|rare| rare.description.as_deref()),
        alias: user.suffix(),
        in_everybody_role: user.in_everybody,
        last_password_change_date: date(user.password_changed_ms),
        oauth_client: user.oauth_client,
        locked_by_admin: rare.and_then(|rare| rare.admin_lock),
        password_never_expire: rare.and_then(|rare| rare.password_never_expires),
        picture_uri: rare.and_then(|rare| rare.picture.as_deref()),
        cma_redirected_user_uuid: rare.and_then(|rare| rare.mfa_redirect.as_deref()),
        org_path: org.map(|org| org.name.as_str()),
    })
}

const USER_COLUMNS: &[Column] = &[
    ("Uuid", ColumnType::Text),
    ("DisplayName", ColumnType::Text),
    ("Description", ColumnType::Text),
    ("Mail", ColumnType::Text),
    ("Name", ColumnType::Text),
    ("OfficeNumber", ColumnType::Text),
    ("MobileNumber", ColumnType::Text),
    ("HomeNumber", ColumnType::Text),
    ("StartDate", ColumnType::Date),
    ("EndDate", ColumnType::Date),
    ("ReportsTo", ColumnType::Text),
    ("PictureUri", ColumnType::Text),
    ("PreferredCulture", ColumnType::Text),
];

/// One account as a row: every key is there, null when unset.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct UserRow<'a> {
    uuid: String,
    display_name: &'a str,
    name: &'a str,
    mail: Option<&'a str>,
    reports_to: Option<String>,
    preferred_culture: Option<&'a str>,
    home_number: Option<&'a str>,
    start_date: Option<String>,
    mobile_number: Option<&'a str>,
    end_date: Option<String>,
    picture_uri: Option<&'a str>,
    description: Option<&'a str>,
    office_number: Option<&'a str>,
}

impl<'a> UserRow<'a> {
    fn of(user: &'a User) -> Self {
        let rare = user.rare();
        Self {
            uuid: user.id.to_string(),
            display_name: &user.display_name,
            name: &user.name,
            mail: user.mail.as_deref(),
            reports_to: user.manager.map(|id| id.to_string()),
            preferred_culture: user.language.as_deref(),
            home_number: rare.and_then(|rare| rare.home_number.as_deref()),
            start_date: rare.and_then(|rare| rare.start_date_ms).map(date),
            mobile_number: user.mobile_number.as_deref(),
            end_date: rare.and_then(|rare| rare.end_date_ms).map(date),
            picture_uri: rare.and_then(|rare| rare.picture.as_deref()),
            description: rare.and_then(|rare| rare.description.as_deref()),
            office_number: user.office_number.as_deref(),
        }
    }
}
