//! The steps that all languages play: see `tests/scenarios/README.md`.

use std::{collections::BTreeMap, fs};

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::json_files;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    pub name: String,
    pub steps: Vec<Step>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    pub call: String,
    #[serde(default)]
    pub args: Value,
    #[serde(default)]
    pub save: BTreeMap<String, String>,
    #[serde(default)]
    pub expect: BTreeMap<String, Value>,
    #[serde(default)]
    pub length: Option<usize>,
    #[serde(default)]
    pub contains: Vec<Value>,
    #[serde(default)]
    pub error: Option<Map<String, Value>>,
    #[serde(default)]
    pub faults: Option<Value>,
    #[serde(default)]
    pub advance: u64,
    #[serde(default)]
    pub timeout: Option<f64>,
    #[serde(default)]
    pub requests: BTreeMap<String, usize>,
}

/// All scenarios, by file name.
///
/// # Panics
/// For a file that is not a scenario.
#[must_use]
#[allow(clippy::panic)]
pub fn all() -> BTreeMap<String, Scenario> {
    json_files("scenarios")
        .into_iter()
        .map(|path| {
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let text = fs::read_to_string(&path).unwrap_or_default();
            let scenario =
                serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
            (name, scenario)
        })
        .collect()
}

/// Puts saved values where `$name` and `${name}` stand.
#[must_use]
pub fn fill(value: &Value, saved: &BTreeMap<String, Value>) -> Value {
    match value {
        Value::String(text) => match text.strip_prefix('$').and_then(|name| saved.get(name)) {
            Some(whole) => whole.clone(),
            None => saved
                .iter()
                .fold(text.clone(), |text, (name, value)| {
                    text.replace(&format!("${{{name}}}"), value.as_str().unwrap_or_default())
                })
                .into(),
        },
        Value::Array(items) => items.iter().map(|item| fill(item, saved)).collect(),
        Value::Object(members) => {
            let filled = members
                .iter()
                .map(|(name, value)| (name.clone(), fill(value, saved)));
            Value::Object(filled.collect())
        }
        other => other.clone(),
    }
}

/// The value at a path. A name stands for the one that `names` has for it (`enterprise` for a URN), or is compared
/// without case and underscores: `user_name` finds `userName`.
#[must_use]
pub fn at<'a>(value: &'a Value, path: &str, names: &BTreeMap<String, String>) -> &'a Value {
    if path.is_empty() {
        return value;
    }
    path.split('.').fold(value, |value, name| match value {
        Value::Array(items) => name
            .parse::<usize>()
            .ok()
            .and_then(|i| items.get(i))
            .unwrap_or(&Value::Null),
        Value::Object(members) => {
            let on_the_wire = names.get(name).and_then(|wire| members.get(wire));
            let alike = || members.iter().find(|(key, _)| fold(key) == fold(name));
            let found = on_the_wire.or_else(|| alike().map(|(_, value)| value));
            found.unwrap_or(&Value::Null)
        }
        _ => &Value::Null,
    })
}

fn fold(name: &str) -> String {
    name.chars()
        .filter(|letter| *letter != '_')
        .flat_map(char::to_lowercase)
        .collect()
}
