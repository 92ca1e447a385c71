//! What things are called in TypeScript, and which records travel in which direction.

use std::collections::BTreeSet;

use cyberark_identity::camel;

use crate::ir::{Api, Field, Group, Kind, Operation};

/// The API with what this backend derives of it.
pub struct Surface<'a> {
    pub api: &'a Api,
    /// Records that the service sends.
    received: BTreeSet<&'a str>,
}

impl<'a> Surface<'a> {
    pub fn new(api: &'a Api) -> Self {
        let mut surface = Self {
            api,
            received: BTreeSet::new(),
        };
        for operation in surface.operations().map(|(_, operation)| operation) {
            if let Some(item) = &operation.item {
                surface.receive(item);
            }
        }
        surface
    }

    pub fn operations(&self) -> impl Iterator<Item = (&'a Group, &'a Operation)> + use<'a> {
        let groups = self.api.groups.iter();
        groups.flat_map(|group| group.operations.iter().map(move |one| (group, one)))
    }

    /// Whether the service sends records of this name, so that they are read and may have more than is known.
    pub fn is_received(&self, record: &str) -> bool {
        self.received.contains(record)
    }

    fn receive(&mut self, name: &str) {
        let Some(record) = self.api.records.iter().find(|record| record.name == name) else {
            return;
        };
        if self.received.insert(&record.name) {
            for field in &record.fields {
                if let Some(inner) = record_of(&field.kind) {
                    self.receive(inner);
                }
            }
        }
    }
}

/// The record that a field holds, or a list of which it holds.
pub fn record_of(kind: &Kind) -> Option<&str> {
    match kind {
        Kind::Record(name) => Some(name),
        Kind::List(item) => record_of(item),
        _ => None,
    }
}

/// `["scim", "users"]` as `ScimUsers`.
pub fn group_class(path: &[&str]) -> String {
    path.iter().map(|part| pascal(part)).collect()
}

/// `scim.users.get_by_name` as `scimUsersGetByName`.
pub fn operation_constant(operation: &Operation) -> String {
    camel(&operation.meta.name.replace('.', "_"))
}

/// `scim.users.get_by_name` as `ScimUsersGetByNameArguments`.
pub fn arguments_type(operation: &Operation) -> String {
    format!(
        "{}Arguments",
        pascal(&operation.meta.name.replace('.', "_"))
    )
}

pub fn reader(record: &str) -> String {
    format!("read{record}")
}

pub fn fields_constant(record: &str) -> String {
    let mut letters = record.chars();
    let first = letters.next().map(|first| first.to_ascii_lowercase());
    let rest = letters.as_str();
    format!(
        "{}{rest}Fields",
        first.map_or_else(String::new, String::from)
    )
}

/// A JavaScript text of `text`.
pub fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The entries of a `Fields`; `from` is what the names of other such constants begin with.
pub fn field_entries(fields: &[Field], from: &str) -> String {
    let mut text = String::new();
    for field in fields {
        let inner = match (record_of(&field.kind), &field.kind) {
            (Some(record), _) => format!(", {from}{}", fields_constant(record)),
            (None, Kind::File) => ", 'file'".to_owned(),
            (None, _) => String::new(),
        };
        text.push_str(&format!(
            "[{}, {}{inner}],\n",
            quoted(&camel(&field.name)),
            quoted(&field.wire)
        ));
    }
    text
}

fn pascal(snake: &str) -> String {
    camel(&format!("_{snake}"))
}
