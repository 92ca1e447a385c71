//! What the tests share: fixtures, a transport that answers from memory, and calls through a tenant full of faults.

pub mod authority;
pub mod chaos;
pub mod coverage;
pub mod doctor;
pub mod echo;
pub mod fixture;
pub mod fuzz;
pub mod odd_server;
pub mod proxy;
pub mod replay;
pub mod scenario;
pub mod sign_in;
pub mod tape;

use std::{
    fs,
    path::{Path, PathBuf},
};

use cyberark_identity::Error;
use serde_json::{Map, Value};

/// The Rust code of the page runs as it stands.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/test-your-automation.md")]
struct TestYourAutomation;

/// The Rust code of the page runs as it stands.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/tapes.md")]
struct Tapes;

/// A path below the workspace's folder `tests`.
#[must_use]
pub fn tests_folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name)
}

/// The JSON files of a folder below `tests`, in the order of their names.
#[must_use]
pub fn json_files(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(tests_folder(folder)).into_iter().flatten();
    let paths = entries.flatten().map(|entry| entry.path());
    let mut paths: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
        .collect();
    paths.sort();
    paths
}

/// Compares an error with the members that a case expects of it.
///
/// # Panics
/// For one that differs, and for a member that errors do not have.
#[allow(clippy::panic)]
pub fn check_error(place: &str, expected: &Map<String, Value>, error: &Error) {
    let details = error.details();
    for (name, value) in expected {
        let found: Value = match name.as_str() {
            "class" => details.kind.class().into(),
            "status" => details.status.into(),
            "code" => details.code.clone().into(),
            "field" => details.field.clone().into(),
            "operation" => details.operation.clone().into(),
            "delivery" => details.delivery.as_str().into(),
            other => panic!("{place}: errors have no `{other}`"),
        };
        assert_eq!(&found, value, "{place}: {name} of {error}");
    }
}
