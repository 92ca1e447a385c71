//! The ways to sign in that all languages play: see `tests/sign_in/README.md`.

use std::{collections::BTreeMap, fs};

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::json_files;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    pub name: String,
    #[serde(default)]
    pub account: Option<Value>,
    #[serde(default)]
    pub state: Option<String>,
    #[serde(default)]
    pub policy: Option<Map<String, Value>>,
    pub auth: Map<String, Value>,
    #[serde(default)]
    pub person: Vec<Deed>,
    pub steps: Vec<Step>,
}

/// What a person is asked, and does.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deed {
    pub asked: Map<String, Value>,
    pub does: String,
    #[serde(default)]
    pub text: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    #[serde(default)]
    pub advance: u64,
    #[serde(default)]
    pub expire: bool,
    /// What is called instead of asking who the caller is.
    #[serde(default)]
    pub call: Option<String>,
    #[serde(default)]
    pub signed_in_as: Option<String>,
    #[serde(default)]
    pub error: Option<Map<String, Value>>,
    #[serde(default)]
    pub requests: BTreeMap<String, usize>,
}

/// All cases, with the file they come from.
///
/// # Panics
/// For a file that holds something else.
#[must_use]
#[allow(clippy::panic)]
pub fn all() -> Vec<(String, Case)> {
    let cases = json_files("sign_in").into_iter().flat_map(|path| {
        let text = fs::read_to_string(&path).unwrap_or_default();
        let cases: Vec<Case> = serde_json::from_str(&text)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let file = path.display().to_string();
        cases.into_iter().map(move |case| (file.clone(), case))
    });
    cases.collect()
}
