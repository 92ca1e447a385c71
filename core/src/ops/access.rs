//! State and locks of accounts.

use crate::{
    model::{AccountState, Id},
    operation::Encoding,
};

request! {
    /// Arguments of [`set_state`](Access::set_state).
    pub struct SetUserState {
        /// Id of the user: a GUID.
        id: Id = "ID",
        /// `None` (active), or one or more of `Locked`, `Disabled` and `Expired`, separated by commas.
        state: AccountState = "state",
    }
}

impl SetUserState {
    /// Puts the user `id` into `state`.
    pub fn new(id: impl Into<Id>, state: impl Into<AccountState>) -> Self {
        Self {
            id: id.into(),
            state: state.into(),
        }
    }
}

operations! {
    /// State and locks of accounts.
    "access" as Access;

    /// Sets the state of an account.
    ///
    /// The state is replaced as a whole: `Disabled` on a locked account also unlocks it. The tenant's default system
    /// administrator cannot be changed.
    set_state(SetUserState) -> () {
        Post "/CDirectoryService/SetUserState", Encoding::Json, Idempotent, Write,
        ids: ["post_set_user_state_in_cyberark_identity"],
        permission: "System administrator, or User Management right",
        confidence: High, "That the state is replaced as a whole is inferred; texts of failures were not recorded.",
    }
}
