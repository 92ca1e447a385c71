//! Whoever comes from the integration catalogue finds every one of its ids.
// Clippy tells tests by their attribute, and so does not know their helpers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{collections::HashSet, fs};

use cyberark_identity::{find, operations};
use cyberark_identity_tests::tests_folder;

fn catalogue() -> Vec<String> {
    let text = fs::read_to_string(tests_folder("catalogue_ids.txt")).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn every_id_of_the_catalogue_is_answered() {
    let ids = catalogue();
    assert_eq!(ids.iter().collect::<HashSet<_>>().len(), 56);
    for id in ids {
        assert!(find(&id).is_some(), "no operation answers to {id}");
    }
}

#[test]
fn no_operation_answers_to_an_id_that_the_catalogue_lacks() {
    let ids: HashSet<String> = catalogue().into_iter().collect();
    for entry in operations() {
        for id in entry.meta.ids {
            assert!(ids.contains(*id), "{} answers to {id}", entry.meta.name);
        }
    }
}

#[test]
fn both_ids_of_the_employee_mean_the_same_call() {
    let names = ["create_employee", "post_create_employee"].map(|id| find(id).unwrap().meta.name);
    assert_eq!(names, ["employees.create"; 2]);
}

#[test]
fn the_registry_prints_as_a_table() {
    let table = operations().to_string();
    let mut lines = table.lines();
    let head = lines.next().unwrap();
    let starts = [
        "name",
        "entities",
        "access",
        "path",
        "permission",
        "summary",
    ];
    let starts = starts.map(|column| head.find(column).unwrap());
    for (line, entry) in lines.zip(operations()) {
        let meta = entry.meta;
        let cells = [
            meta.name.to_owned(),
            meta.entities().join(", "),
            meta.access.as_str().to_owned(),
            meta.path.to_owned(),
            meta.permission.to_owned(),
            meta.summary(),
        ];
        for (start, cell) in starts.into_iter().zip(cells) {
            assert!(line[start..].starts_with(&cell), "{cell}: {line}");
        }
    }
    assert_eq!(table.lines().count(), operations().count() + 1);
}
