//! `CDirectoryService/CreateUser`, the way most programs make users.

use uuid::Uuid;

use super::user_changes::{apply_manager, apply_organization};
use super::{Failure, Outcome, Params, Payload, password};
use crate::call::Call;
use crate::routing::{Route, write};
use crate::state::Directory;
use crate::state::outbox::MessageKind;
use crate::state::rights::Needs;
use crate::state::role::SYSTEM_ADMINISTRATOR;
use crate::state::user::{Password, User};

pub(crate) const ROUTES: &[Route] = &[write(
    "/CDirectoryService/CreateUser",
    Needs::ManageUsers,
    create,
)];

/// The result is the new id itself. Booleans may be written as text; keys that are not known are ignored.
fn create(directory: &mut Directory, call: &Call<'_>) -> Outcome {
    let params = Params::of(call)?;
    let name = params.required("Name")?.trim().to_owned();
    let mail = params.required("Mail")?.trim().to_owned();
    let mut user = User::new(Uuid::new_v4(), &name, call.now_ms());
    user.mail = Some(mail.into());
    texts(&params, &mut user)?;
    flags(&params, &mut user)?;
    apply_organization(directory, &params, &mut user)?;
    apply_manager(directory, &params, &mut user)?;
    let password = match params
        .text("Password")?
        .filter(|password| !password.is_empty())
    {
        Some(given) => {
            password::check("Password", &given)?;
            given.into_owned()
        }
        // The service makes one up and mails it; nobody learns this one, so the account has to be reset to be used.
        None => format!("{}-Aa1", Uuid::new_v4().simple()),
    };
    user.password = Password::new(&password);
    let sysadmin = params.boolean("InSysAdminRole")?.unwrap_or_default();
    if sysadmin && !directory.is_system_administrator(&call.caller_id()) {
        return Err(Failure::not_authorized());
    }
    let invites = invitations(&params, &user)?;
    let id = user.id;
    directory
        .users
        .insert(user)
        .map_err(|_| Failure::name_in_use(&name))?;
    if sysadmin {
        directory.roles.add_user(SYSTEM_ADMINISTRATOR, id);
    }
    for (kind, to) in invites {
        directory
            .outbox
            .send(kind, &to, format!("{name} is invited"));
    }
    Payload::of(&id.to_string())
}

fn texts(params: &Params<'_>, user: &mut User) -> Result<(), Failure> {
    if let Some(shown) = params
        .text("DisplayName")?
        .filter(|shown| !shown.trim().is_empty())
    {
        user.display_name = (&*shown).into();
    }
    params.field("OfficeNumber")?.apply(&mut user.office_number);
    params.field("MobileNumber")?.apply(&mut user.mobile_number);
    for name in ["Description", "HomeNumber", "CmaRedirectedUserUuid"] {
        let Some(text) = params.text(name)?.filter(|text| !text.is_empty()) else {
            continue;
        };
        let rare = user.rare_mut();
        match name {
            "Description" => rare.description = Some(text.into_owned()),
            "HomeNumber" => rare.home_number = Some(text.into_owned()),
            _ => rare.mfa_redirect = Some(text.into_owned()),
        }
    }
    Ok(())
}

fn flags(params: &Params<'_>, user: &mut User) -> Result<(), Failure> {
    user.in_everybody = params.boolean("InEverybodyRole")?.unwrap_or(true);
    if let Some(service) = params.boolean("ServiceUser")? {
        user.in_everybody = !service;
    }
    user.oauth_client = params.boolean("OauthClient")?.unwrap_or_default();
    user.force_password_change = params.boolean("ForcePasswordChangeNext")?.unwrap_or(true);
    if let Some(never) = params.boolean("PasswordNeverExpire")? {
        user.rare_mut().password_never_expires = Some(never);
    }
    Ok(())
}

/// Messages to send once the account is there.
fn invitations(params: &Params<'_>, user: &User) -> Result<Vec<(MessageKind, String)>, Failure> {
    let mut invites = Vec::new();
    if params.boolean("SendEmailInvite")?.unwrap_or(true) {
        invites.extend(
            user.mail
                .as_deref()
                .map(|to| (MessageKind::EmailInvite, to.to_owned())),
        );
    }
    if params.boolean("SendSmsInvite")?.unwrap_or_default() {
        let to = user
            .mobile_number
            .as_deref()
            .ok_or_else(|| Failure::missing("MobileNumber"))?;
        invites.push((MessageKind::SmsInvite, to.to_owned()));
    }
    Ok(invites)
}
