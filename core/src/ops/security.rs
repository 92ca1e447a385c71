//! The session of the caller.

use crate::operation::Encoding;

record! {
    /// The user that the service sees as the caller.
    pub struct CallerIdentity {
        /// Id of the tenant. Confidence: low.
        tenant_id: Option<String> = "TenantId",
        /// Login name. Confidence: low.
        user: Option<String> = "User",
        /// Id of the user: a GUID. Confidence: low.
        user_uuid: Option<String> = "UserUuid",
    }
}

request! {
    /// Arguments of [`whoami`](Security::whoami): there are none.
    pub struct WhoAmI {}
}

request! {
    /// Arguments of [`logout`](Security::logout): there are none.
    pub struct Logout {}
}

operations! {
    /// The session of the caller.
    "security" as Security;

    /// Returns the user that the service sees as the caller: the cheapest way to check that signing in works.
    whoami(WhoAmI: ()) -> CallerIdentity {
        Post "/Security/WhoAmI", Encoding::None, Safe, Read,
        ids: [],
        permission: "Any user",
        confidence: Low, "The fields of the answer were not verified.",
    }

    /// Ends the session of the token. The next call signs in again, where that is possible.
    ///
    /// A refresh token is forgotten, but stays valid at the service until it expires: `revoke` of the client ends it,
    /// too.
    logout(Logout: ()) -> () {
        Post "/Security/Logout", Encoding::None, Write, Write,
        ids: [],
        permission: "Any user",
        confidence: High, "",
        ends_session: true,
    }
}
