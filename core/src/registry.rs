//! All operations, by name and by id of the integration catalogue.

use std::{collections::HashMap, sync::LazyLock};

use crate::{
    operation::{Entry, Group},
    ops,
};

static BY_NAME: LazyLock<HashMap<&'static str, &'static Entry>> = LazyLock::new(|| {
    operations()
        .flat_map(|entry| {
            let ids = entry.meta.ids.iter().copied();
            ids.chain([entry.meta.name]).map(move |name| (name, entry))
        })
        .collect()
});

/// All groups, in the order of the documentation.
pub fn groups() -> impl Iterator<Item = &'static Group> {
    ops::GROUPS.iter().copied()
}

/// All operations, in the order of the documentation.
pub fn operations() -> impl Iterator<Item = &'static Entry> {
    groups().flat_map(|group| group.operations)
}

/// The operation of that name (`users.get`) or catalogue id (`post_user_details_identity`).
#[must_use]
pub fn find(name_or_id: &str) -> Option<&'static Entry> {
    BY_NAME.get(name_or_id).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_ids_are_unique() {
        let mut seen = std::collections::HashSet::new();
        for entry in operations() {
            for name in entry.meta.ids.iter().chain([&entry.meta.name]) {
                assert!(seen.insert(name), "{name} stands twice");
            }
        }
    }
}
