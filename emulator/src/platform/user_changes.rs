//! Changing and removing accounts.

use serde_json::Value;
use uuid::Uuid;

use super::params::{Field, find_user};
use super::{Failure, Outcome, Params, Payload, password};
use crate::call::Call;
use crate::routing::{Route, write};
use crate::state::Directory;
use crate::state::rights::Needs;
use crate::state::role::SYSTEM_ADMINISTRATOR;
use crate::state::user::{Password, User};

pub(crate) const ROUTES: &[Route] = &[
    write(
        "/CDirectoryService/ChangeUser",
        Needs::SignedIn,
        change_user,
    ),
    write("/User/UpdateProfile", Needs::SignedIn, update_profile),
    write(
        "/UserMgmt/ChangeUserAttributes",
        Needs::SignedIn,
        change_attributes,
    ),
    write(
        "/UserMgmt/ResetUserPassword",
        Needs::ManageUsers,
        reset_password,
    ),
    write("/UserMgmt/RemoveUsers", Needs::ManageUsers, remove_users),
    write("/UserMgmt/RemoveUser", Needs::ManageUsers, remove_user),
    write(
        "/CDirectoryService/DeleteUser",
        Needs::ManageUsers,
        remove_user,
    ),
];

/// A copy of the account in `ID`, which the caller may change.
fn editable(directory: &Directory, call: &Call<'_>, params: &Params<'_>) -> Result<User, Failure> {
    let user = params.user(directory, "ID")?;
    call.own_or(directory, user, Needs::ManageUsers)?;
    Ok(user.clone())
}

/// Stores a changed account.
pub(super) fn store(directory: &mut Directory, call: &Call<'_>, mut user: User) -> Outcome {
    user.modified_ms = call.now_ms();
    let name = user.name.clone();
    directory
        .users
        .replace(user)
        .map_err(|_| Failure::name_in_use(&name))?;
    Ok(Payload::null())
}

/// Fields that are not sent keep their value. Unknown keys are ignored, since the admin portal sends some along.
fn change_user(directory: &mut Directory, call: &Call<'_>) -> Outcome {
    let params = Params::of(call)?;
    let mut user = editable(directory, call, &params)?;
    profile_fields(&params, &mut user)?;
    apply_organization(directory, &params, &mut user)?;
    apply_manager(directory, &params, &mut user)?;
    apply_flags(directory, call, &params, &mut user)?;
    params.field("PreferredCulture")?.apply(&mut user.language);
    let redirect = params.field("CmaRedirectedUserUuid")?;
    apply_mfa_redirect(directory, &redirect, &mut user)?;
    apply_expiry(&params, &mut user)?;
    let sysadmin = params.boolean("InSysAdminRole")?.unwrap_or_default();
    let id = user.id;
    let payload = store(directory, call, user)?;
    if sysadmin {
        directory.roles.add_user(SYSTEM_ADMINISTRATOR, id);
    }
    Ok(payload)
}

/// Fields that `ChangeUser` and `UpdateProfile` share.
fn profile_fields(params: &Params<'_>, user: &mut User) -> Result<(), Failure> {
    match params.field("Name")? {
        Field::Set(name) => user.name = name.into(),
        Field::Clear => return Err(Failure::missing("Name")),
        Field::Keep => {}
    }
    match params.field("DisplayName")? {
        Field::Set(shown) => user.display_name = shown.into(),
        Field::Clear => user.display_name = crate::state::user::local_part(&user.name).into(),
        Field::Keep => {}
    }
    params.field("Mail")?.apply(&mut user.mail);
    params.field("OfficeNumber")?.apply(&mut user.office_number);
    params.field("MobileNumber")?.apply(&mut user.mobile_number);
    for (name, pick) in RARE_TEXTS {
        match params.field(name)? {
            Field::Keep => {}
            field => field.apply(pick(user)),
        }
    }
    Ok(())
}

type RareText = (&'static str, fn(&mut User) -> &mut Option<String>);
const RARE_TEXTS: [RareText; 2] = [
    ("Description", |user| &mut user.rare_mut().description),
    ("HomeNumber", |user| &mut user.rare_mut().home_number),
];

/// The organization is named; one that does not exist is refused like other unknown data.
pub(super) fn apply_organization(
    directory: &Directory,
    params: &Params<'_>,
    user: &mut User,
) -> Result<(), Failure> {
    user.organization = match params.field("OrgPath")? {
        Field::Keep => return Ok(()),
        Field::Clear => None,
        Field::Set(name) => Some(
            directory
                .orgs
                .by_name(&name)
                .ok_or_else(Failure::not_found)?
                .id,
        ),
    };
    Ok(())
}

/// The manager is given by id, or by login name as the admin portal does. Reads call a missing one `Unassigned`, so
/// that word clears as well.
pub(super) fn apply_manager(
    directory: &Directory,
    params: &Params<'_>,
    user: &mut User,
) -> Result<(), Failure> {
    user.manager = match params.field("ReportsTo")? {
        Field::Keep => return Ok(()),
        Field::Clear => None,
        Field::Set(word) if word == "Unassigned" => None,
        Field::Set(word) => Some(find_user(directory, &word)?.id),
    };
    Ok(())
}

/// Account flags are for administrators, even on one's own account.
fn apply_flags(
    directory: &Directory,
    call: &Call<'_>,
    params: &Params<'_>,
    user: &mut User,
) -> Result<(), Failure> {
    let mut given = false;
    let mut flag = |name: &str| -> Result<Option<bool>, Failure> {
        let value = params.boolean(name)?;
        given |= value.is_some();
        Ok(value)
    };
    if let Some(value) = flag("PasswordNeverExpire")? {
        user.rare_mut().password_never_expires = Some(value);
    }
    if let Some(value) = flag("ForcePasswordChangeNext")? {
        user.force_password_change = value;
    }
    if let Some(value) = flag("OauthClient")? {
        user.oauth_client = value;
    }
    if let Some(value) = flag("InEverybodyRole")? {
        user.in_everybody = value;
    }
    if let Some(value) = flag("ServiceUser")? {
        user.in_everybody = !value;
    }
    let raises = flag("InSysAdminRole")?.unwrap_or_default();
    let caller = call.caller_id();
    if raises && !directory.is_system_administrator(&caller) {
        return Err(Failure::not_authorized());
    }
    if given && !directory.allows(&caller, Needs::ManageUsers) {
        return Err(Failure::not_authorized());
    }
    Ok(())
}

fn apply_mfa_redirect(
    directory: &Directory,
    field: &Field,
    user: &mut User,
) -> Result<(), Failure> {
    match field {
        Field::Keep => {}
        Field::Clear => user.rare_mut().mfa_redirect = None,
        Field::Set(id) => {
            user.rare_mut().mfa_redirect = Some(find_user(directory, id)?.id.to_string())
        }
    }
    Ok(())
}

/// Requests write dates in ISO 8601, unlike answers.
fn apply_expiry(params: &Params<'_>, user: &mut User) -> Result<(), Failure> {
    match params.field("AccountExp")? {
        Field::Keep => {}
        Field::Clear => user.rare_mut().end_date_ms = None,
        Field::Set(text) => {
            let at: jiff::Timestamp = text.parse().map_err(|_| {
                Failure::invalid("AccountExp", "an ISO 8601 date and time is needed.")
            })?;
            user.rare_mut().end_date_ms = Some(at.as_millisecond());
        }
    }
    Ok(())
}

const PROFILE_KEYS: [&str; 10] = [
    "ID",
    "Uuid",
    "Name",
    "DisplayName",
    "Mail",
    "Description",
    "HomeNumber",
    "OfficeNumber",
    "MobileNumber",
    "VerifyEmail",
];

/// Every other key is an attribute the tenant has added. One it has not added is refused, as `SetColumns` does.
fn update_profile(directory: &mut Directory, call: &Call<'_>) -> Outcome {
    let params = Params::of(call)?;
    let mut user = editable(directory, call, &params)?;
    profile_fields(&params, &mut user)?;
    params.boolean("VerifyEmail")?;
    super::ext_data::assign(directory, call, &mut user, params.others(&PROFILE_KEYS))?;
    store(directory, call, user)
}

fn change_attributes(directory: &mut Directory, call: &Call<'_>) -> Outcome {
    let params = Params::of(call)?;
    let mut user = editable(directory, call, &params)?;
    params.field("MobileNumber")?.apply(&mut user.mobile_number);
    apply_organization(directory, &params, &mut user)?;
    let redirect = params.field("CmaRedirectedUserUuid")?;
    apply_mfa_redirect(directory, &redirect, &mut user)?;
    store(directory, call, user)
}

fn reset_password(directory: &mut Directory, call: &Call<'_>) -> Outcome {
    let params = Params::of(call)?;
    let mut user = params.user(directory, "ID")?.clone();
    let new = params.required("newPassword")?;
    password::check("newPassword", &new)?;
    user.password = Password::new(&new);
    user.password_changed_ms = call.now_ms();
    store(directory, call, user)
}

/// Nobody is removed unless everybody in the list can be. A list inside the list is taken too, as one client sends it.
fn remove_users(directory: &mut Directory, call: &Call<'_>) -> Outcome {
    let params = Params::of(call)?;
    let list = params
        .array("Users")?
        .ok_or_else(|| Failure::missing("Users"))?;
    let flat = list.iter().flat_map(|item| match item {
        Value::Array(inner) => inner.iter().collect(),
        single => vec![single],
    });
    let mut doomed = Vec::new();
    for item in flat {
        let text = item
            .as_str()
            .ok_or_else(|| Failure::wrong_cast("Users", item))?;
        doomed.push(removable(directory, call, text)?);
    }
    if doomed.is_empty() {
        return Err(Failure::missing("Users"));
    }
    for id in doomed {
        directory.remove_user(&id);
    }
    Ok(Payload::null())
}

/// `RemoveUser` and the older `DeleteUser`: one account, by id or login name.
fn remove_user(directory: &mut Directory, call: &Call<'_>) -> Outcome {
    let params = Params::of(call)?;
    let id = removable(directory, call, &params.required("ID")?)?;
    directory.remove_user(&id);
    Ok(Payload::null())
}

fn removable(directory: &Directory, call: &Call<'_>, text: &str) -> Result<Uuid, Failure> {
    let user = find_user(directory, text)?;
    if user.id == call.caller_id() {
        return Err(Failure::refused("You cannot delete your own account."));
    }
    if user.id == call.tenant.default_administrator {
        return Err(Failure::refused(
            "The default system administrator cannot be deleted.",
        ));
    }
    Ok(user.id)
}
