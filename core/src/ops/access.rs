//! Who may sign in, and how sure the service is of it.

use crate::{
    model::{AccountState, Id, Known, Name},
    operation::Encoding,
};

record! {
    /// How risky the service thinks a user is.
    pub struct RiskLevel {
        /// Id of the user: a GUID.
        uuid: Option<String> = "Uuid",
        /// Level, under names that are not documented. None if the tenant has no data on the user.
        risk_level: Option<String> = "RiskLevel",
    }
}

request! {
    /// Arguments of [`set_active`](Access::set_active).
    pub struct SetUserActive {
        /// Id of the user: a GUID.
        uuid: Id = "uuid",
        /// True makes the account active, false suspends it.
        state: bool = "state",
    }
}

impl SetUserActive {
    /// Makes the user `uuid` active, or suspends it.
    pub fn new(uuid: impl Into<Id>, state: bool) -> Self {
        Self {
            uuid: uuid.into(),
            state,
        }
    }
}

request! {
    /// Arguments of [`set_state`](Access::set_state).
    pub struct SetUserState {
        /// Id of the user: a GUID.
        id: Id = "ID",
        /// `None` (active), or one or more of `Locked`, `Disabled` and `Expired`, separated by commas.
        state: Known<AccountState> = "state",
    }
}

impl SetUserState {
    /// Puts the user `id` into `state`.
    pub fn new(id: impl Into<Id>, state: impl Into<Known<AccountState>>) -> Self {
        Self {
            id: id.into(),
            state: state.into(),
        }
    }
}

request! {
    /// Arguments of [`set_lock`](Access::set_lock).
    pub struct SetLock {
        /// Id of the user, or login name.
        user: Name = "user",
        /// True locks, false unlocks.
        lock_user: bool = "lockUser",
    }
}

impl SetLock {
    /// Locks or unlocks `user`.
    pub fn new(user: impl Into<Name>, lock_user: bool) -> Self {
        Self {
            user: user.into(),
            lock_user,
        }
    }
}

request! {
    /// Arguments of [`is_locked`](Access::is_locked).
    pub struct IsLocked from user {
        /// Id of the user, or login name.
        user: Name = "user",
    }
}

request! {
    /// Arguments of [`is_locked_out_by_policy`](Access::is_locked_out_by_policy).
    pub struct IsLockedOutByPolicy from user {
        /// Id of the user. An empty text means the caller.
        user: String = "user",
    }
}

request! {
    /// Arguments of [`exempt_from_mfa`](Access::exempt_from_mfa).
    pub struct ExemptFromMfa {
        /// Id of the user: a GUID.
        id: Id = "ID",
        /// For how many minutes; 10 by default.
        timespan: Option<i64> = "timespan",
    }
}

impl ExemptFromMfa {
    /// Exempts the user `id` for ten minutes.
    pub fn new(id: impl Into<Id>) -> Self {
        Self {
            id: id.into(),
            ..Self::default()
        }
    }
}

request! {
    /// Arguments of [`get_risk_level`](Access::get_risk_level).
    pub struct GetRiskLevel from id {
        /// Id of the user: a GUID.
        id: Id = "ID",
    }
}

operations! {
    /// State and locks of accounts, exemptions, risk.
    "access" as Access;

    /// Suspends an account, or makes it active again. Leaves a lock as it is.
    ///
    /// On the caller's own account the call fails.
    set_active(SetUserActive) -> () {
        Post "/CDirectoryService/ChangeUserState", Encoding::Json, Idempotent, Write,
        ids: ["post_change_user_state_identity"],
        permission: "System administrator, or User Management right",
        confidence: High, "That a suspended user reads as `Disabled` is inferred; texts of failures were not recorded.",
    }

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

    /// Locks an account, or unlocks it. Leaves a suspension as it is.
    ///
    /// A lock ends all sessions of the user and revokes its OAuth2 tokens.
    set_lock(SetLock) -> () {
        Post "/UserMgmt/SetCloudLock", Encoding::Query, Idempotent, Write,
        ids: ["post_disable_enable_user_account"],
        permission: "System administrator, or User Management right",
        confidence: Medium, "Whether a lock also shows in the state of the account is not known; an unknown user is expected to end in `success: false`.",
    }

    /// Returns whether an administrator has locked a user.
    ///
    /// None if the service does not say.
    is_locked(IsLocked) -> Option<bool> {
        Post "/UserMgmt/IsUserCloudLocked", Encoding::Query, Safe, Read,
        ids: ["post_check_if_user_is_locked"],
        permission: "System administrator, User Management right, or the user itself",
        confidence: Medium, "One sample has null as the answer.",
    }

    /// Returns whether policy keeps a user from signing in, because the user cannot answer the challenges.
    ///
    /// None if the service does not say.
    is_locked_out_by_policy(IsLockedOutByPolicy) -> Option<bool> {
        Post "/UserMgmt/IsUserLockedOutByPolicy", Encoding::Query, Safe, Read,
        ids: ["post_check_if_user_is_locked_out_by_policy"],
        permission: "System administrator, User Management right, or the user itself",
        confidence: Medium, "True and false are documented; the only sample has null.",
    }

    /// Lets a user sign in without a second factor for some minutes.
    exempt_from_mfa(ExemptFromMfa) -> () {
        Post "/CDirectoryService/ExemptUserFromMfa", Encoding::Query, Idempotent, Write,
        ids: ["post_exempt_user_from_mfa"],
        permission: "System administrator, or User Management right",
        confidence: High, "The longest time allowed, and what an unknown user is answered with, are not known.",
    }

    /// Reads how risky the service thinks a user is.
    get_risk_level(GetRiskLevel) -> RiskLevel {
        Post "/UserMgmt/GetUserRiskLevel", Encoding::Json, Safe, Read,
        ids: ["post_risk_level_for_user"],
        permission: "System administrator with User Management right",
        confidence: High, "The names of the levels are not documented.",
    }
}
