//! Who may do what. Rights sit on roles; the system administrator role has them all.

use uuid::Uuid;

use super::Directory;
use super::role::{Role, SYSTEM_ADMINISTRATOR};

/// What an operation asks of its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Needs {
    /// A valid token; the handler may look closer.
    SignedIn,
    /// Any administrative right that opens the admin portal.
    AdminPortal,
    ReadUsers,
    ManageUsers,
    ReadRoles,
    ManageRoles,
    SystemAdministrator,
}

/// Every administrative right that can be put on a role: its path and its name.
pub(crate) const RIGHTS: &[(&str, &str)] = &[
    ("/lib/rights/adminportallogin.json", "Admin Portal Login"),
    ("/lib/rights/appman.json", "Application Management"),
    ("/lib/rights/fedman.json", "Federation Management"),
    (
        "/lib/rights/identityverification.json",
        "Identity Verification",
    ),
    ("/lib/rights/mfaunlock.json", "MFA Unlock"),
    ("/lib/rights/radiusman.json", "Radius Management"),
    (MANAGE_ROLES, "Role Management"),
    (READ_ROLES, "Read Only Role Management"),
    (MANAGE_USERS, "User Management"),
    (READ_USERS, "Read Only User Management"),
    (
        "/lib/rights/proxycode.json",
        "Register and Administer Connectors",
    ),
    ("/lib/rights/reportman.json", "Report Management"),
    ("/lib/rights/sharedcredentials.json", "Shared Credentials"),
    (READ_SYSTEM, "Read Only System Administration"),
    ("/lib/rights/agentmanjoin.json", "System Enrollment"),
    ("/lib/rights/vaultman.json", "Vault Management"),
    ("ServiceRight/auditShowTile", "Audit"),
    ("ServiceRight/dpaShowTile", "Dynamic Privileged Access"),
    ("ServiceRight/cloudonboardingShowTile", "Cloud Onboarding"),
    (
        "ServiceRight/connectormanagementShowTile",
        "Connector Management",
    ),
    ("ServiceRight/passwordvaultShowTile", "Password Vault"),
    ("ServiceRight/smShowTile", "Session Management"),
    (
        "ServiceRight/accesstoresourcesShowTile",
        "Access to Resources",
    ),
];

const MANAGE_ROLES: &str = "/lib/rights/roleman.json";
const READ_ROLES: &str = "/lib/rights/roroleman.json";
const MANAGE_USERS: &str = "/lib/rights/dsman.json";
const READ_USERS: &str = "/lib/rights/rouserman.json";
const READ_SYSTEM: &str = "/lib/rights/monitor.json";

/// The right with this path, letter case aside.
pub(crate) fn right(path: &str) -> Option<(&'static str, &'static str)> {
    RIGHTS
        .iter()
        .copied()
        .find(|(known, _)| known.eq_ignore_ascii_case(path))
}

impl Directory {
    pub(crate) fn is_system_administrator(&self, user: &Uuid) -> bool {
        self.roles
            .held_by(user)
            .iter()
            .any(|role| role.id == SYSTEM_ADMINISTRATOR)
    }

    /// Whether the account may do what needs this.
    pub(crate) fn allows(&self, user: &Uuid, needs: Needs) -> bool {
        let enough: &[&str] = match needs {
            Needs::SignedIn => return true,
            Needs::SystemAdministrator => &[],
            Needs::ReadUsers => &[READ_USERS, MANAGE_USERS, READ_SYSTEM],
            Needs::ManageUsers => &[MANAGE_USERS],
            Needs::ReadRoles => &[READ_ROLES, MANAGE_ROLES, READ_SYSTEM],
            Needs::ManageRoles => &[MANAGE_ROLES],
            Needs::AdminPortal => {
                return self
                    .roles
                    .held_by(user)
                    .iter()
                    .any(|role| role.id == SYSTEM_ADMINISTRATOR || !role.rights.is_empty());
            }
        };
        let permits = |role: &Role| {
            role.id == SYSTEM_ADMINISTRATOR
                || enough.iter().any(|right| role.rights.contains(*right))
        };
        // Most callers hold the role themselves, and then the search through nested roles is spared.
        self.roles.of_user(user).any(permits) || self.roles.held_by(user).into_iter().any(permits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_right_covers_its_own_reads_and_nothing_else() {
        let mut directory = Directory::default();
        let (helper, chief, nobody) = (Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3));
        let mut helpers = Role::new("helpers", "Helpers");
        helpers.users.insert(helper);
        helpers.rights.insert(MANAGE_USERS.to_owned());
        directory.roles.insert(helpers);
        let mut chiefs = Role::new(SYSTEM_ADMINISTRATOR, "Chiefs");
        chiefs.users.insert(chief);
        directory.roles.insert(chiefs);

        for (needs, by_helper) in [
            (Needs::SignedIn, true),
            (Needs::AdminPortal, true),
            (Needs::ReadUsers, true),
            (Needs::ManageUsers, true),
            (Needs::ReadRoles, false),
            (Needs::ManageRoles, false),
            (Needs::SystemAdministrator, false),
        ] {
            assert_eq!(directory.allows(&helper, needs), by_helper, "{needs:?}");
            assert!(directory.allows(&chief, needs), "{needs:?}");
            assert_eq!(
                directory.allows(&nobody, needs),
                needs == Needs::SignedIn,
                "{needs:?}"
            );
        }
    }
}
