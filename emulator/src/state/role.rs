//! Roles of the directory. What SCIM calls a group is one of these.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use uuid::Uuid;

use super::users::fold;

/// Members of this role may do everything.
pub(crate) const SYSTEM_ADMINISTRATOR: &str = "sysadmin";

/// One role. Built-in roles have readable ids; the others a GUID written with underscores.
#[derive(Clone, Debug)]
pub(crate) struct Role {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) users: BTreeSet<Uuid>,
}

impl Role {
    pub(crate) fn new(id: &str, name: &str) -> Self {
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            description: None,
            users: BTreeSet::new(),
        }
    }
}

/// All roles in the order they were made, and who is in which.
#[derive(Debug, Default)]
pub(crate) struct Roles {
    order: Vec<String>,
    by_id: BTreeMap<String, Role>,
    of_user: HashMap<Uuid, Vec<String>>,
}

impl Roles {
    pub(crate) fn get(&self, id: &str) -> Option<&Role> {
        self.by_id.get(id)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Role> {
        self.order.iter().filter_map(|id| self.by_id.get(id))
    }

    /// Finds by name; letter case does not matter.
    pub(crate) fn by_name(&self, name: &str) -> Option<&Role> {
        let wanted = fold(name);
        self.iter().find(|role| fold(&role.name) == wanted)
    }

    /// The roles this account was put into.
    pub(crate) fn of_user(&self, user: &Uuid) -> impl Iterator<Item = &Role> {
        self.of_user
            .get(user)
            .into_iter()
            .flatten()
            .filter_map(|id| self.by_id.get(id))
    }

    pub(crate) fn is_member(&self, user: &Uuid, role: &str) -> bool {
        self.by_id
            .get(role)
            .is_some_and(|role| role.users.contains(user))
    }

    /// Adds a role. The caller has made sure that id and name are free.
    pub(crate) fn insert(&mut self, role: Role) {
        for user in &role.users {
            self.of_user.entry(*user).or_default().push(role.id.clone());
        }
        self.order.push(role.id.clone());
        self.by_id.insert(role.id.clone(), role);
    }

    pub(crate) fn add_member(&mut self, role: &str, user: Uuid) {
        if let Some(found) = self.by_id.get_mut(role)
            && found.users.insert(user)
        {
            self.of_user.entry(user).or_default().push(role.to_owned());
        }
    }

    /// Takes a deleted account out of every role.
    pub(crate) fn forget_user(&mut self, user: &Uuid) {
        for id in self.of_user.remove(user).unwrap_or_default() {
            if let Some(role) = self.by_id.get_mut(&id) {
                role.users.remove(user);
            }
        }
    }
}
