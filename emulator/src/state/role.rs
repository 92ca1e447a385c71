//! Roles of the directory. What SCIM calls a group is one of these.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::touched::Touched;
use super::users::fold;

/// Members of this role may do everything.
pub(crate) const SYSTEM_ADMINISTRATOR: &str = "sysadmin";
/// Everybody whose account says so is in this role; it has no member list.
pub(crate) const EVERYBODY: &str = "Everybody";
/// Made when somebody is first invited to it.
pub(crate) const INVITED_USERS: &str = "Invited Users";

/// How a role gets its members.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum RoleType {
    PrincipalList,
    Script,
    Everybody,
}

impl RoleType {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::PrincipalList => "PrincipalList",
            Self::Script => "Script",
            Self::Everybody => "Everybody",
        }
    }

    pub(crate) fn from_word(word: &str) -> Option<Self> {
        [Self::PrincipalList, Self::Script, Self::Everybody]
            .into_iter()
            .find(|kind| kind.word().eq_ignore_ascii_case(word))
    }
}

/// One role. Built-in roles have readable ids; the others a GUID written with underscores.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Role {
    /// Tells the order in which roles were made.
    number: u64,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) kind: RoleType,
    pub(crate) organization: Option<Uuid>,
    pub(crate) users: BTreeSet<Uuid>,
    /// Nested roles, by id.
    pub(crate) roles: BTreeSet<String>,
    /// Paths of the administrative rights that members have.
    pub(crate) rights: BTreeSet<String>,
}

impl Role {
    pub(crate) fn new(id: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            number: 0,
            id: id.into(),
            name: name.into(),
            description: None,
            kind: RoleType::PrincipalList,
            organization: None,
            users: BTreeSet::new(),
            roles: BTreeSet::new(),
            rights: BTreeSet::new(),
        }
    }

    /// The id of a role that somebody makes.
    pub(crate) fn fresh_id() -> String {
        Uuid::new_v4().to_string().replace('-', "_")
    }

    pub(crate) fn is_built_in(&self) -> bool {
        self.id == SYSTEM_ADMINISTRATOR || self.id == EVERYBODY
    }

    /// Whether nobody could administer the tenant any more with the role as it is: without this account.
    pub(crate) fn locks_out(&self, default_administrator: &Uuid) -> bool {
        self.id == SYSTEM_ADMINISTRATOR && !self.users.contains(default_administrator)
    }
}

/// All roles in the order they were made, and who is in which.
#[derive(Debug, Default)]
pub(crate) struct Roles {
    order: Vec<String>,
    by_id: BTreeMap<String, Role>,
    of_user: HashMap<Uuid, Vec<String>>,
    last_number: u64,
    pub(super) touched: Touched<String>,
}

impl Roles {
    /// Finds by id, with regard to letter case.
    pub(crate) fn get(&self, id: &str) -> Option<&Role> {
        self.by_id.get(id)
    }

    pub(crate) fn len(&self) -> usize {
        self.order.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Role> {
        self.order.iter().filter_map(|id| self.by_id.get(id))
    }

    /// Finds by name; letter case does not matter.
    pub(crate) fn by_name(&self, name: &str) -> Option<&Role> {
        let wanted = fold(name);
        self.iter().find(|role| fold(&role.name) == wanted)
    }

    /// The roles this account was put into itself.
    pub(crate) fn of_user(&self, user: &Uuid) -> impl Iterator<Item = &Role> {
        self.of_user
            .get(user)
            .into_iter()
            .flatten()
            .filter_map(|id| self.by_id.get(id))
    }

    /// The roles this account is in, itself or through other roles.
    pub(crate) fn held_by(&self, user: &Uuid) -> Vec<&Role> {
        let mut held: Vec<&Role> = self.of_user(user).collect();
        let mut next = 0;
        while let Some(inner) = held.get(next).copied() {
            let outer = self.iter().filter(|role| role.roles.contains(&inner.id));
            let fresh: Vec<&Role> = outer
                .filter(|role| held.iter().all(|known| known.id != role.id))
                .collect();
            held.extend(fresh);
            next += 1;
        }
        held
    }

    /// Adds a role. The caller has made sure that id and name are free.
    pub(crate) fn insert(&mut self, mut role: Role) {
        self.last_number += 1;
        role.number = self.last_number;
        self.touched.note(role.id.clone());
        self.put_last(role);
    }

    /// Takes saved roles in the order in which they were made.
    pub(super) fn restore(&mut self, mut saved: Vec<Role>) {
        saved.sort_by_key(|role| role.number);
        for role in saved {
            self.last_number = role.number;
            self.put_last(role);
        }
    }

    fn put_last(&mut self, role: Role) {
        for user in &role.users {
            self.of_user.entry(*user).or_default().push(role.id.clone());
        }
        self.order.push(role.id.clone());
        self.by_id.insert(role.id.clone(), role);
    }

    /// Puts a changed role in the place of the one with the same id. An unknown id changes nothing.
    pub(crate) fn replace(&mut self, role: Role) {
        let Some(old) = self.by_id.get_mut(&role.id) else {
            return;
        };
        self.touched.note(role.id.clone());
        let old = std::mem::replace(old, role.clone());
        for gone in old.users.difference(&role.users) {
            if let Some(roles) = self.of_user.get_mut(gone) {
                roles.retain(|id| *id != role.id);
            }
        }
        for new in role.users.difference(&old.users) {
            self.of_user.entry(*new).or_default().push(role.id.clone());
        }
    }

    /// Removes a role and takes it out of the roles it is nested in.
    pub(crate) fn remove(&mut self, id: &str) -> bool {
        let Some(role) = self.by_id.remove(id) else {
            return false;
        };
        self.touched.note(id.to_owned());
        self.order.retain(|known| known != id);
        for user in &role.users {
            if let Some(roles) = self.of_user.get_mut(user) {
                roles.retain(|known| known != id);
            }
        }
        for other in self.by_id.values_mut() {
            if other.roles.remove(id) {
                self.touched.note(other.id.clone());
            }
        }
        true
    }

    pub(crate) fn add_user(&mut self, role: &str, user: Uuid) {
        if let Some(found) = self.by_id.get_mut(role)
            && found.users.insert(user)
        {
            self.of_user.entry(user).or_default().push(role.to_owned());
            self.touched.note(role.to_owned());
        }
    }

    /// Takes a deleted account out of every role.
    pub(crate) fn forget_user(&mut self, user: &Uuid) {
        for id in self.of_user.remove(user).unwrap_or_default() {
            if let Some(role) = self.by_id.get_mut(&id) {
                role.users.remove(user);
                self.touched.note(id);
            }
        }
    }

    /// Takes every role out of a deleted organization.
    pub(crate) fn forget_organization(&mut self, organization: &Uuid) {
        let inside = |role: &&mut Role| role.organization.as_ref() == Some(organization);
        for role in self.by_id.values_mut().filter(inside) {
            role.organization = None;
            self.touched.note(role.id.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nested() -> Roles {
        let mut roles = Roles::default();
        let mut inner = Role::new("inner", "Inner");
        inner.users.insert(Uuid::from_u128(1));
        let mut outer = Role::new("outer", "Outer");
        outer.roles.insert("inner".to_owned());
        // A ring, which the service may or may not prevent, must not hang the search.
        inner.roles.insert("outer".to_owned());
        roles.insert(inner);
        roles.insert(outer);
        roles
    }

    fn ids<'r>(roles: impl IntoIterator<Item = &'r Role>) -> Vec<&'r str> {
        roles.into_iter().map(|role| role.id.as_str()).collect()
    }

    #[test]
    fn roles_are_held_through_other_roles() {
        let roles = nested();
        let user = Uuid::from_u128(1);
        assert_eq!(ids(roles.of_user(&user)), ["inner"]);
        assert_eq!(ids(roles.held_by(&user)), ["inner", "outer"]);
        assert!(roles.held_by(&Uuid::from_u128(2)).is_empty());
    }

    #[test]
    fn memberships_follow_a_replacement_and_a_removal() {
        let mut roles = nested();
        let (first, second) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let mut changed = roles.get("inner").unwrap().clone();
        changed.users = BTreeSet::from([second]);
        roles.replace(changed);
        assert!(ids(roles.of_user(&first)).is_empty());
        assert_eq!(ids(roles.of_user(&second)), ["inner"]);
        assert!(roles.remove("inner"));
        assert!(ids(roles.of_user(&second)).is_empty());
        assert!(roles.get("outer").unwrap().roles.is_empty());
        assert!(!roles.remove("inner"));
    }
}
