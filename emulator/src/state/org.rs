//! Organizations: named groups of accounts with their own administrators.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::touched::Touched;
use super::users::fold;

/// One organization. Its path, which users and roles carry as `OrgPath`, is its name.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Org {
    /// Tells the order in which organizations were made.
    number: u64,
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    /// Accounts that administer it, by id.
    pub(crate) administrators: BTreeSet<Uuid>,
    pub(crate) permissions: Vec<Permission>,
}

impl Org {
    pub(crate) fn new(id: Uuid, name: impl Into<String>, description: Option<String>) -> Self {
        Self {
            number: 0,
            id,
            name: name.into(),
            description,
            administrators: BTreeSet::new(),
            permissions: Vec::new(),
        }
    }
}

/// The rights one principal has in an organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Permission {
    pub(crate) principal: String,
    pub(crate) principal_type: String,
    pub(crate) rights: BTreeSet<String>,
}

/// All organizations, in the order they were made. There are few, so names are searched one by one.
#[derive(Debug, Default)]
pub(crate) struct Orgs {
    order: Vec<Uuid>,
    by_id: BTreeMap<Uuid, Org>,
    last_number: u64,
    pub(super) touched: Touched<Uuid>,
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
    pub(crate) fn insert(&mut self, mut org: Org) {
        self.last_number += 1;
        org.number = self.last_number;
        self.touched.note(org.id);
        self.put_last(org);
    }

    /// Takes saved organizations in the order in which they were made.
    pub(super) fn restore(&mut self, mut saved: Vec<Org>) {
        saved.sort_by_key(|org| org.number);
        for org in saved {
            self.last_number = org.number;
            self.put_last(org);
        }
    }

    fn put_last(&mut self, org: Org) {
        self.order.push(org.id);
        self.by_id.insert(org.id, org);
    }

    /// Puts a changed organization in the place of the one with the same id.
    pub(crate) fn replace(&mut self, org: Org) {
        if let Some(place) = self.by_id.get_mut(&org.id) {
            self.touched.note(org.id);
            *place = org;
        }
    }

    pub(crate) fn remove(&mut self, id: &Uuid) -> bool {
        self.touched.note(*id);
        self.order.retain(|known| known != id);
        self.by_id.remove(id).is_some()
    }

    /// A deleted account administers nothing any more.
    pub(crate) fn forget_user(&mut self, user: &Uuid) {
        for org in self.by_id.values_mut() {
            if org.administrators.remove(user) {
                self.touched.note(org.id);
            }
        }
    }
}
