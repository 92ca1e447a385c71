//! Who may sign in: account state, cloud locks, exemptions, risk.

use serde_json::{Value, json};
use uuid::Uuid;

use super::params::find_user;
use super::user_changes::store;
use super::{Failure, Outcome, Params, Payload};
use crate::call::Call;
use crate::routing::{Route, read, write};
use crate::state::Directory;
use crate::state::rights::Needs;
use crate::state::user::{AccountState, User};

pub(crate) const ROUTES: &[Route] = &[
    write(
        "/CDirectoryService/SetUserState",
        Needs::ManageUsers,
        set_user_state,
    ),
    write(
        "/CDirectoryService/ChangeUserState",
        Needs::SignedIn,
        change_user_state,
    ),
    write("/UserMgmt/SetCloudLock", Needs::ManageUsers, set_cloud_lock),
    read(
        "/UserMgmt/IsUserCloudLocked",
        Needs::SignedIn,
        is_cloud_locked,
    ),
    read(
        "/UserMgmt/IsUserLockedOutByPolicy",
        Needs::SignedIn,
        is_locked_out_by_policy,
    ),
    write(
        "/CDirectoryService/ExemptUserFromMfa",
        Needs::ManageUsers,
        exempt_from_mfa,
    ),
    read("/UserMgmt/GetUserRiskLevel", Needs::ReadUsers, risk_level),
];

/// The given flags replace those that were set before.
fn set_user_state(directory: &mut Directory, call: &Call<'_>) -> Outcome {
    let params = Params::of(call)?;
    params.required("ID")?;
    let word = params.required("state")?;
    let state = AccountState::parse(&word).ok_or_else(|| {
        Failure::invalid("state", "use None, or any of Locked, Disabled and Expired.")
    })?;
    let mut user = params.user(directory, "ID")?.clone();
    spare_the_administrator(call, &user.id)?;
    user.state = state;
    store(directory, call, user)
}

/// The tenant's way in must not be closed.
fn spare_the_administrator(call: &Call<'_>, user: &Uuid) -> Result<(), Failure> {
    if *user == call.tenant.default_administrator {
        return Err(Failure::refused(
            "The state of the default system administrator cannot be changed.",
        ));
    }
    Ok(())
}

/// Switches the `Disabled` flag alone. Nobody may switch their own.
fn change_user_state(directory: &mut Directory, call: &Call<'_>) -> Outcome {
    let params = Params::of(call)?;
    let mut user = params.user(directory, "uuid")?.clone();
    let active = params
        .boolean("state")?
        .ok_or_else(|| Failure::missing("state"))?;
    if user.id == call.caller_id() {
        return Err(Failure::refused("You cannot change your own state."));
    }
    call.own_or(directory, &user, Needs::ManageUsers)?;
    spare_the_administrator(call, &user.id)?;
    user.state.disabled = !active;
    store(directory, call, user)
}

/// Locking ends the user's sessions, so the tokens go too. The lock is a switch of its own: whether it shows in the
/// account state is not known, and here it does not.
fn set_cloud_lock(directory: &mut Directory, call: &Call<'_>) -> Outcome {
    let params = Params::of(call)?;
    let mut user = params.user_or_name(directory, "user")?.clone();
    let lock = params.boolean("lockUser")?.unwrap_or_default();
    spare_the_administrator(call, &user.id)?;
    user.rare_mut().admin_lock = Some(lock);
    if lock {
        call.tenant.sign_out(&user.id);
    }
    store(directory, call, user)?;
    Payload::of(&true)
}

fn is_cloud_locked(directory: &Directory, call: &Call<'_>) -> Outcome {
    let params = Params::of(call)?;
    let user = params.user_or_name(directory, "user")?;
    call.own_or(directory, user, Needs::ReadUsers)?;
    Payload::of(&user.is_cloud_locked())
}

/// The parameter has to be there, but an empty one means the caller. Which challenges a policy asks for is not
/// emulated: an account is locked out when nothing could be sent to it, neither mail nor text, unless it is exempt.
fn is_locked_out_by_policy(directory: &Directory, call: &Call<'_>) -> Outcome {
    let params = Params::of(call)?;
    let text = params
        .text("user")?
        .ok_or_else(|| Failure::missing("user"))?;
    let user = if text.trim().is_empty() {
        directory
            .users
            .get(&call.caller_id())
            .ok_or_else(Failure::not_found)?
    } else {
        find_user(directory, &text)?
    };
    call.own_or(directory, user, Needs::ReadUsers)?;
    Payload::of(&(!reachable(user) && !exempt(user, call.now_ms())))
}

fn reachable(user: &User) -> bool {
    user.mail.is_some() || user.mobile_number.is_some()
}

fn exempt(user: &User, now_ms: i64) -> bool {
    user.rare()
        .and_then(|rare| rare.mfa_exempt_until_ms)
        .is_some_and(|until| until > now_ms)
}

/// Minutes of exemption when the call does not say.
const DEFAULT_EXEMPTION: i64 = 10;

/// An upper bound for the time span is not known.
fn exempt_from_mfa(directory: &mut Directory, call: &Call<'_>) -> Outcome {
    let params = Params::of(call)?;
    let mut user = params.user(directory, "ID")?.clone();
    let minutes = match params
        .text("timespan")?
        .filter(|text| !text.trim().is_empty())
    {
        None => DEFAULT_EXEMPTION,
        Some(text) => text
            .trim()
            .parse()
            .ok()
            .filter(|minutes| *minutes > 0)
            .ok_or_else(|| Failure::invalid("timespan", "a number of minutes is needed."))?,
    };
    let until = call.now_ms().saturating_add(minutes.saturating_mul(60_000));
    user.rare_mut().mfa_exempt_until_ms = Some(until);
    store(directory, call, user)
}

/// Without the analytics service there is no risk data, and then the level is null.
fn risk_level(directory: &Directory, call: &Call<'_>) -> Outcome {
    let params = Params::of(call)?;
    let user = params.user(directory, "ID")?;
    Payload::of(&json!({ "Uuid": user.id.to_string(), "RiskLevel": Value::Null }))
}
