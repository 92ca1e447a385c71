//! Organizations: named groups of accounts with their own administrators.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::users::fold;

/// One organization. Its path, which users and roles carry as `OrgPath`, is its name.
#[derive(Clone, Debug)]
pub(crate) struct Org {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    /// Accounts and roles that administer it, by id.
    pub(crate) administrators: BTreeSet<Uuid>,
}

/// All organizations, in the order they were made. There are few, so names are searched one by one.
#[derive(Debug, Default)]
pub(crate) struct Orgs {
    order: Vec<Uuid>,
    by_id: BTreeMap<Uuid, Org>,
}

impl Orgs {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Org> {
        self.order.iter().filter_map(|id| self.by_id.get(id))
    }

    pub(crate) fn get(&self, id: &Uuid) -> Option<&Org> {
        self.by_id.get(id)
    }

    /// Finds by name; letter case does not matter.
    pub(crate) fn by_name(&self, name: &str) -> Option<&Org> {
        let wanted = fold(name);
        self.iter().find(|org| fold(&org.name) == wanted)
    }

    /// Adds an organization. The caller has made sure that the name is free.
    pub(crate) fn insert(&mut self, org: Org) {
        self.order.push(org.id);
        self.by_id.insert(org.id, org);
    }
}
