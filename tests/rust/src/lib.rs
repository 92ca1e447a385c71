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

use std::path::{Path, PathBuf};

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
