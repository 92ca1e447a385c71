//! SCIM 2.0 (RFC 7643, RFC 7644) as this service speaks it.

pub mod groups;
pub mod users;

mod diff;
mod patch;

pub use diff::diff;
pub use patch::{Op, PatchOperation};

use crate::Client;

/// The SCIM resources.
#[derive(Debug, Clone, Copy)]
pub struct Scim<'a>(pub(crate) &'a Client);

impl<'a> Scim<'a> {
    /// SCIM users.
    #[must_use]
    pub fn users(self) -> users::Users<'a> {
        users::Users(self.0)
    }

    /// SCIM groups, which are the roles of the tenant.
    #[must_use]
    pub fn groups(self) -> groups::Groups<'a> {
        groups::Groups(self.0)
    }
}

/// Schema URN of a user.
pub(crate) const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

/// Schema URN of a PATCH body.
pub(crate) const PATCH_OP: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
