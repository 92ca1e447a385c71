//! Attributes a tenant adds to its users, and the types of their values.

use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

/// Most columns a tenant may add.
pub(crate) const COLUMN_LIMIT: usize = 25;

/// One added attribute.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ExtColumn {
    pub(crate) name: String,
    pub(crate) title: Option<String>,
    pub(crate) description: Option<String>,
    /// `Text`, `Bool`, `Int`, or a type whose name was not seen.
    pub(crate) kind: String,
    pub(crate) user_editable: bool,
}

/// The added attributes, in the order they were given.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct ExtSchema {
    pub(crate) columns: Vec<ExtColumn>,
}

impl ExtSchema {
    /// Finds by name; whether case matters is not known, and names that differ in case only are not told apart.
    pub(crate) fn column(&self, name: &str) -> Option<&ExtColumn> {
        self.columns
            .iter()
            .find(|column| column.name.eq_ignore_ascii_case(name))
    }
}

impl ExtColumn {
    /// The value as the column stores it. Text forms of booleans and numbers are taken, because a client sends all
    /// values that way. `None` when the value does not fit.
    pub(crate) fn convert(&self, value: &Value) -> Option<Value> {
        match (self.kind.to_ascii_lowercase().as_str(), value) {
            ("text", Value::String(_)) => Some(value.clone()),
            ("bool", Value::Bool(_)) => Some(value.clone()),
            ("bool", Value::String(text)) => {
                text.to_ascii_lowercase().parse().ok().map(Value::Bool)
            }
            ("int", Value::Number(number)) if number.is_i64() => Some(value.clone()),
            ("int", Value::String(text)) => text
                .trim()
                .parse::<i64>()
                .ok()
                .map(|int| Value::Number(Number::from(int))),
            ("text" | "bool" | "int", _) | (_, Value::Array(_) | Value::Object(_)) => None,
            // Names and forms of the other types are not known: any scalar is kept as it is.
            _ => Some(value.clone()),
        }
    }
}
