//! Invitations by e-mail and text message. What would have been sent lands in the outbox.

use serde_json::Value;
use uuid::Uuid;

use super::params::parse_id;
use super::{Failure, Outcome, Params, Payload};
use crate::call::{Call, member};
use crate::routing::{Route, write};
use crate::state::Directory;
use crate::state::outbox::MessageKind;
use crate::state::rights::Needs;
use crate::state::role::{INVITED_USERS, Role};
use crate::state::user::User;

pub(crate) const ROUTES: &[Route] = &[
    write("/UserMgmt/InviteUsers", Needs::ManageUsers, invite_users),
    write(
        "/UserMgmt/SendLoginEmails",
        Needs::SystemAdministrator,
        send_login_emails,
    ),
    write(
        "/UserMgmt/SendSmsInvite",
        Needs::ManageUsers,
        send_sms_invite,
    ),
];

/// Sends where it can: an address that is missing is passed over, because the call asks for it "where possible". Both
/// kinds may be switched off; then only the role is given.
fn invite_users(directory: &mut Directory, call: &Call<'_>) -> Outcome {
    let params = Params::of(call)?;
    let entities = params
        .array("Entities")?
        .ok_or_else(|| Failure::missing("Entities"))?;
    let by_email = params.boolean("EmailInvite")?.unwrap_or(true);
    let by_sms = params.boolean("SmsInvite")?.unwrap_or_default();
    let mut invited = Vec::new();
    for entity in entities {
        invited.extend(people(directory, entity)?);
    }
    let role = params.text("Role")?.filter(|role| !role.trim().is_empty());
    let role = role
        .map(|name| role_to_join(directory, &name))
        .transpose()?;
    for id in invited {
        if let Some(role) = &role {
            directory.roles.add_user(role, id);
        }
        let Some(user) = directory.users.get(&id).cloned() else {
            continue;
        };
        if by_email && let Some(to) = user.mail.as_deref() {
            send(directory, MessageKind::EmailInvite, to, &user);
        }
        if by_sms && let Some(to) = user.mobile_number.as_deref() {
            send(directory, MessageKind::SmsInvite, to, &user);
        }
    }
    Ok(Payload::null())
}

fn send(directory: &mut Directory, kind: MessageKind, to: &str, user: &User) {
    directory
        .outbox
        .send(kind, to, format!("{} is invited", user.name));
}

/// The accounts an entity stands for. There are no groups of other directories.
fn people(directory: &Directory, entity: &Value) -> Result<Vec<Uuid>, Failure> {
    let Value::Object(entity) = entity else {
        return Err(Failure::wrong_cast("Entities", entity));
    };
    let text = |name: &str| {
        member(entity, name)
            .and_then(Value::as_str)
            .ok_or_else(|| Failure::missing(name))
    };
    let (kind, guid) = (text("Type")?, text("Guid")?);
    match kind.to_ascii_lowercase().as_str() {
        "user" => {
            let known = parse_id(guid).filter(|id| directory.users.get(id).is_some());
            known.map(|id| vec![id]).ok_or_else(Failure::not_found)
        }
        "role" => {
            let role = directory.roles.get(guid).ok_or_else(Failure::not_found)?;
            Ok(role.users.iter().copied().collect())
        }
        "group" => Err(Failure::not_found()),
        _ => Err(Failure::unknown_word(kind)),
    }
}

/// One built-in role is made when it is first asked for; others have to exist.
fn role_to_join(directory: &mut Directory, name: &str) -> Result<String, Failure> {
    if let Some(role) = directory.roles.by_name(name) {
        return Ok(role.id.clone());
    }
    if !name.eq_ignore_ascii_case(INVITED_USERS) {
        return Err(Failure::not_found());
    }
    let role = Role::new(Role::fresh_id(), INVITED_USERS);
    let id = role.id.clone();
    directory.roles.insert(role);
    Ok(id)
}

/// An array even for one account. All have to exist and have an address, or nothing is sent.
fn send_login_emails(directory: &mut Directory, call: &Call<'_>) -> Outcome {
    let params = Params::of(call)?;
    let ids = params.array("ID")?.ok_or_else(|| Failure::missing("ID"))?;
    let users = ids
        .iter()
        .map(|id| {
            let text = id.as_str().ok_or_else(|| Failure::wrong_cast("ID", id))?;
            let user = parse_id(text)
                .and_then(|id| directory.users.get(&id))
                .ok_or_else(Failure::not_found)?;
            match &user.mail {
                Some(_) => Ok(user.clone()),
                None => Err(Failure::refused(format!(
                    "User {} has no e-mail address.",
                    user.name
                ))),
            }
        })
        .collect::<Result<Vec<_>, _>>()?;
    for user in users {
        send(
            directory,
            MessageKind::EmailInvite,
            user.mail.as_deref().unwrap_or_default(),
            &user,
        );
    }
    Ok(Payload::null())
}

fn send_sms_invite(directory: &mut Directory, call: &Call<'_>) -> Outcome {
    let params = Params::of(call)?;
    let user = params.user(directory, "ID")?.clone();
    let to = user.mobile_number.as_deref().ok_or_else(|| {
        Failure::refused("There is no mobile phone number in the user's profile.")
    })?;
    send(directory, MessageKind::SmsInvite, to, &user);
    Ok(Payload::null())
}
