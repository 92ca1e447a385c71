//! Examining one answer.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::Change;
use crate::model::is_extension;

/// How a value of some kind is examined.
pub type Look = fn(&Value, &mut Sight);

/// Longer field names are cut, because the service chooses them.
const LONGEST: usize = 80;

/// What is seen of one answer.
#[derive(Debug, Default)]
pub struct Sight {
    /// Where in the answer.
    path: String,
    pub(super) odd: Vec<Odd>,
    /// By the path of a field: objects that could have it, and that have it.
    pub(super) fields: BTreeMap<String, (usize, usize)>,
}

/// A difference from what is known.
#[derive(Debug)]
pub(super) struct Odd {
    pub(super) path: String,
    pub(super) change: Change,
    pub(super) expected: &'static str,
    pub(super) found: &'static str,
}

impl Sight {
    /// Examines a record with these fields. One without fields accepts anything.
    pub fn record(&mut self, value: &Value, expected: &'static str, fields: &[(&str, Look)]) {
        let object = match value {
            Value::Object(object) => object,
            Value::Null => return,
            other => return self.changed(expected, other),
        };
        if fields.is_empty() {
            return;
        }
        let known = |name: &str| {
            let exact = fields.iter().position(|(known, _)| *known == name);
            let alike = || {
                fields
                    .iter()
                    .position(|(known, _)| known.eq_ignore_ascii_case(name))
            };
            exact.or_else(alike)
        };
        let mut present = vec![false; fields.len()];
        for (name, value) in object {
            match known(name) {
                Some(at) => {
                    present[at] = true;
                    let (name, look) = fields[at];
                    self.within(name, |sight| look(value, sight));
                }
                None if is_extension(name) || surrounds_rows(name, object) => {}
                None => self.within(&shown(name), |sight| {
                    sight.odd(Change::NewField, "", value);
                }),
            }
        }
        for ((name, _), present) in fields.iter().zip(present) {
            let path = self.path_of(name);
            let (all, with) = self.fields.entry(path).or_default();
            *all += 1;
            *with += usize::from(present);
        }
    }

    /// Examines each item of a list. A lone value is a list of one.
    pub fn items(&mut self, value: &Value, look: Look) {
        let begun = self.path.len();
        self.path.push_str("[]");
        match value {
            Value::Null => {}
            Value::Array(items) => items.iter().for_each(|item| look(item, self)),
            one => look(one, self),
        }
        self.path.truncate(begun);
    }

    /// The value is of another type than the one that is known.
    pub fn changed(&mut self, expected: &'static str, value: &Value) {
        self.odd(Change::ChangedType, expected, value);
    }

    fn odd(&mut self, change: Change, expected: &'static str, value: &Value) {
        self.odd.push(Odd {
            path: self.path.clone(),
            change,
            expected,
            found: type_of(value),
        });
    }

    fn within(&mut self, name: &str, look: impl FnOnce(&mut Self)) {
        let path = self.path_of(name);
        let outer = std::mem::replace(&mut self.path, path);
        look(self);
        self.path = outer;
    }

    fn path_of(&self, name: &str) -> String {
        match self.path.as_str() {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        }
    }
}

/// Whether a member belongs to the platform's query format and to no result: it describes the rows beside it.
fn surrounds_rows(name: &str, object: &Map<String, Value>) -> bool {
    match name {
        "Columns" | "Count" | "FullCount" | "IsAggregate" => object.contains_key("Results"),
        "Entities" => object.contains_key("Row"),
        _ => false,
    }
}

fn shown(name: &str) -> String {
    let visible = |letter: char| if letter.is_control() { '?' } else { letter };
    name.chars().take(LONGEST).map(visible).collect()
}

/// The type of a value, and nothing of the value.
fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(number) if number.is_f64() => "a number with a fraction",
        Value::Number(_) => "a whole number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
