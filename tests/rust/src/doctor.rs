//! Broken set-ups that all languages have the doctor look at: see `tests/doctor/README.md`.

use std::{collections::BTreeMap, fs};

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::tests_folder;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    pub name: String,
    #[serde(default)]
    pub account: Option<Map<String, Value>>,
    #[serde(default)]
    pub right: Option<String>,
    pub settings: BTreeMap<String, Option<String>>,
    #[serde(default)]
    pub advance: u64,
    pub checks: BTreeMap<String, Expected>,
    pub exit_status: u8,
    #[serde(default)]
    pub requests: BTreeMap<String, usize>,
}

/// What is expected of a check.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    pub status: String,
    #[serde(default)]
    pub says: Vec<String>,
    #[serde(default)]
    pub details: Map<String, Value>,
}

/// All cases.
///
/// # Panics
/// For a file that holds something else.
#[must_use]
#[allow(clippy::panic)]
pub fn all() -> Vec<Case> {
    let path = tests_folder("doctor").join("cases.json");
    let text = fs::read_to_string(&path).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
