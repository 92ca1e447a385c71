//! The operations, one file per group. The only place in core to edit for a new call.

pub mod access;
pub mod attributes;
pub mod employees;
pub mod onboarding;
pub mod organizations;
pub mod query;
pub mod redrock;
pub mod roles;
pub mod scim;
pub mod security;
pub mod users;

use crate::{Client, operation::Group};

/// Every group's part of the registry, in the order of the documentation.
pub(crate) static GROUPS: &[&Group] = &[
    &scim::users::GROUP,
    &scim::groups::GROUP,
    &employees::GROUP,
    &users::GROUP,
    &access::GROUP,
    &attributes::GROUP,
    &organizations::GROUP,
    &onboarding::GROUP,
    &roles::GROUP,
    &redrock::GROUP,
    &security::GROUP,
];

impl Client {
    /// SCIM 2.0: users and groups.
    #[must_use]
    pub fn scim(&self) -> scim::Scim<'_> {
        scim::Scim(self)
    }

    /// Employees: SCIM users, described in the terms of human resources.
    #[must_use]
    pub fn employees(&self) -> employees::Employees<'_> {
        employees::Employees(self)
    }

    /// Users of the cloud directory.
    #[must_use]
    pub fn users(&self) -> users::Users<'_> {
        users::Users(self)
    }

    /// State and locks of accounts, exemptions, risk.
    #[must_use]
    pub fn access(&self) -> access::Access<'_> {
        access::Access(self)
    }

    /// Attributes that the tenant defined, and their values.
    #[must_use]
    pub fn attributes(&self) -> attributes::Attributes<'_> {
        attributes::Attributes(self)
    }

    /// Organizations.
    #[must_use]
    pub fn organizations(&self) -> organizations::Organizations<'_> {
        organizations::Organizations(self)
    }

    /// Bringing people in: bulk import and invitations.
    #[must_use]
    pub fn onboarding(&self) -> onboarding::Onboarding<'_> {
        onboarding::Onboarding(self)
    }

    /// Roles. SCIM knows them as groups.
    #[must_use]
    pub fn roles(&self) -> roles::Roles<'_> {
        roles::Roles(self)
    }

    /// Queries in the platform's SQL.
    #[must_use]
    pub fn redrock(&self) -> redrock::Redrock<'_> {
        redrock::Redrock(self)
    }

    /// The session of the caller.
    #[must_use]
    pub fn security(&self) -> security::Security<'_> {
        security::Security(self)
    }
}
