//! The operations, one file per group. The only place in core to edit for a new call.

pub mod access;
pub mod organizations;
pub mod scim;
pub mod users;

use crate::{Client, operation::Entry};

/// Every group's part of the registry, in the order of the documentation.
pub(crate) static GROUPS: &[&[Entry]] = &[
    scim::users::OPERATIONS,
    users::OPERATIONS,
    access::OPERATIONS,
    organizations::OPERATIONS,
];

impl Client {
    /// SCIM 2.0: users and groups.
    #[must_use]
    pub fn scim(&self) -> scim::Scim<'_> {
        scim::Scim(self)
    }

    /// Users of the cloud directory.
    #[must_use]
    pub fn users(&self) -> users::Users<'_> {
        users::Users(self)
    }

    /// State and locks of accounts.
    #[must_use]
    pub fn access(&self) -> access::Access<'_> {
        access::Access(self)
    }

    /// Organizations.
    #[must_use]
    pub fn organizations(&self) -> organizations::Organizations<'_> {
        organizations::Organizations(self)
    }
}
