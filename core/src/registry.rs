//! All operations, by name and by their ids in the integration catalogue.

use std::{collections::HashMap, fmt, iter::FlatMap, slice::Iter, sync::LazyLock};

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

/// All operations, in the order of the documentation. They print as a table.
#[must_use]
pub fn operations() -> Operations {
    let of: fn(&&'static Group) -> &'static [Entry] = |group| group.operations;
    Operations(ops::GROUPS.iter().flat_map(of))
}

type OfGroups = FlatMap<
    Iter<'static, &'static Group>,
    &'static [Entry],
    fn(&&'static Group) -> &'static [Entry],
>;

/// Operations, to iterate over or to print: those that are left print as a table.
#[derive(Debug, Clone)]
pub struct Operations(OfGroups);

impl Iterator for Operations {
    type Item = &'static Entry;

    fn next(&mut self) -> Option<&'static Entry> {
        self.0.next()
    }
}

const COLUMNS: [&str; 9] = [
    "name",
    "entities",
    "access",
    "method",
    "path",
    "retry",
    "confidence",
    "permission",
    "summary",
];

impl fmt::Display for Operations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rows = vec![COLUMNS.map(str::to_owned)];
        rows.extend(self.clone().map(row));
        let mut widths = [0; COLUMNS.len()];
        for row in &rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = cell.chars().count().max(*width);
            }
        }
        let lines = rows.iter().map(|row| {
            let cells = row.iter().zip(widths);
            let cells: Vec<String> = cells
                .map(|(cell, width)| format!("{cell:width$}"))
                .collect();
            cells.join("  ").trim_end().to_owned()
        });
        f.write_str(&lines.collect::<Vec<_>>().join("\n"))
    }
}

fn row(entry: &'static Entry) -> [String; COLUMNS.len()] {
    let meta = entry.meta;
    [
        meta.name.to_owned(),
        meta.entities().join(", "),
        meta.access.as_str().to_owned(),
        meta.verb.as_str().to_owned(),
        meta.path.to_owned(),
        meta.retry.as_str().to_owned(),
        meta.confidence.as_str().to_owned(),
        meta.permission.to_owned(),
        meta.summary(),
    ]
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
