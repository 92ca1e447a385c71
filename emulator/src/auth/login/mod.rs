//! Interactive sign-in: `Security/StartAuthentication` and what follows it.

mod advance;
mod package;
mod start;
mod success;

use crate::answer::Answer;
use crate::call::Call;
use crate::platform::{Failure, Outcome, Params, Payload, envelope};
use crate::routing::{Route, sign_in};
use advance::{advance, oob_status};
use start::start;

pub(crate) const ROUTES: &[Route] = &[
    sign_in("/Security/StartAuthentication", start),
    sign_in("/Security/AdvanceAuthentication", advance),
    sign_in("/Security/OobAuthStatus", oob_status),
    sign_in("/Security/CleanupAuthentication", clean_up),
];

fn wrap(call: &Call<'_>, outcome: &Outcome) -> Answer {
    envelope::wrap(outcome, call.transaction)
}

/// A session that is not there is cleaned up already.
fn clean_up(call: &Call<'_>) -> Answer {
    let outcome = Params::of(call).and_then(|params| {
        let session = params.required("SessionId")?;
        call.tenant.logins.lock().end(&session);
        Ok(Payload::null())
    });
    wrap(call, &outcome)
}

/// The text is not known.
fn failed() -> Failure {
    Failure::sign_in("Authentication has failed. Check what you entered, or start again.")
}

fn no_session() -> Failure {
    Failure::sign_in("The sign-in session is not known or took too long. Start again.")
}
