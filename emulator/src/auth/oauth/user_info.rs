//! `oauth2/userinfo`: the caller, as a bare object.

use http::StatusCode;
use serde_json::json;

use crate::answer::Answer;
use crate::call::Call;
use crate::platform::user_views::rights_of;
use crate::state::Directory;
use crate::state::role::EVERYBODY;
use crate::state::user::User;

/// Without a good token the answer is that of RFC 6750.
pub(super) fn user_info(call: &Call<'_>) -> Answer {
    if let Err(error) = super::app(call) {
        return super::refusal(&error);
    }
    let directory = call.tenant.read();
    let caller = call.caller.as_ref();
    match caller.and_then(|caller| directory.users.get(&caller.id)) {
        Some(user) => describe(&directory, user),
        None => {
            let body = json!({ "error": "invalid_token", "error_description": "the token is missing or not valid" });
            Answer::json(StatusCode::UNAUTHORIZED, &body).challenging_for_bearer()
        }
    }
}

/// The members with capitals are those that a program reads; the others are the standard ones. What groups, rights
/// and roles look like is not known: they are names here.
fn describe(directory: &Directory, user: &User) -> Answer {
    let mut roles = directory.roles.held_by(&user.id);
    if user.in_everybody {
        roles.extend(directory.roles.get(EVERYBODY));
    }
    let rights: Vec<_> = roles
        .iter()
        .flat_map(|role| rights_of(role))
        .map(|right| right["Description"].clone())
        .collect();
    let roles: Vec<&str> = roles.iter().map(|role| role.name.as_str()).collect();
    let manager = user.manager.and_then(|id| directory.users.get(&id));
    let body = json!({
        "sub": user.id.to_string(),
        "unique_name": &*user.name,
        "preferred_username": &*user.name,
        "name": &*user.display_name,
        "given_name": user.given_name.as_deref(),
        "family_name": user.family_name.as_deref(),
        "email": user.mail.as_deref(),
        "phone_number": user.mobile_number.as_deref(),
        "FirstName": user.given_name.as_deref(),
        "LastName": user.family_name.as_deref(),
        "HomeNumber": user.rare().and_then(|rare| rare.home_number.as_deref()),
        "Manager": manager.map(|manager| &*manager.name),
        "Username": &*user.name,
        "Groups": [],
        "Rights": rights,
        "Roles": roles,
    });
    Answer::json(StatusCode::OK, &body)
}
