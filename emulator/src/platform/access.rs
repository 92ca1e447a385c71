//! Who may sign in: `CDirectoryService/SetUserState`.

use super::{Failure, Outcome, Params, Payload};
use crate::call::Call;
use crate::routing::{Route, write};
use crate::state::Directory;
use crate::state::user::AccountState;

pub(crate) const ROUTES: &[Route] = &[write("/CDirectoryService/SetUserState", set_user_state)];

/// The given flags replace those that were set before.
fn set_user_state(directory: &mut Directory, call: &Call<'_>) -> Outcome {
    let params = Params::of(call)?;
    params.required("ID")?;
    let word = params.required("state")?;
    let state = AccountState::parse(&word).ok_or_else(|| {
        Failure::invalid("state", "use None, or any of Locked, Disabled and Expired.")
    })?;
    let mut user = params.user(directory, "ID")?.clone();
    if user.id == call.tenant.default_administrator {
        return Err(Failure::refused(
            "The state of the default system administrator cannot be changed.",
        ));
    }
    user.state = state;
    user.modified_ms = call.now_ms();
    // The name stays, so it cannot be taken by somebody else.
    let _ = directory.users.replace(user);
    Ok(Payload::null())
}
