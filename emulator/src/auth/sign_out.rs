//! Ending sessions by platform calls.

use super::bearer;
use crate::call::Call;
use crate::platform::{Outcome, Params, Payload};
use crate::routing::{Route, read};
use crate::state::Directory;
use crate::state::rights::Needs;

pub(crate) const ROUTES: &[Route] = &[
    read("/Security/Logout", Needs::SignedIn, log_out),
    read("/UserMgmt/SignOutCurrentSession", Needs::SignedIn, log_out),
    read(
        "/UserMgmt/SignOutEverywhere",
        Needs::SignedIn,
        sign_out_everywhere,
    ),
];

/// The token of the call is worth nothing any more. `redirectUrl` and `allowIWA` concern browsers and are not looked at.
fn log_out(_directory: &Directory, call: &Call<'_>) -> Outcome {
    if let Some(token) = bearer::presented(call.headers) {
        call.tenant.tokens.revoke(token);
    }
    Ok(Payload::null())
}

/// Without an id the caller is meant. Others need the right to manage users, which is a guess.
fn sign_out_everywhere(directory: &Directory, call: &Call<'_>) -> Outcome {
    let params = Params::of(call)?;
    let user = params.user_or_caller(directory, call, "id")?;
    call.own_or(directory, user, Needs::ManageUsers)?;
    call.tenant.sign_out(&user.id);
    Ok(Payload::null())
}
