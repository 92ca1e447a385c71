//! Operations without their types: the registry's entries, for bindings and the generator.

use schemars::{Schema, SchemaGenerator};

use super::{Meta, Operation};
use crate::{
    drift::{Look, Sight},
    error::Result,
    model::Output,
    prepare::{self, Prepared},
    spelling::Names,
    transport::Payload,
};

type Parse = fn(&mut dyn erased_serde::Deserializer<'_>, Names<'_>) -> Result<Prepared>;

/// A registered operation, usable without knowing its types. Bindings and the generator work with these.
#[derive(Debug)]
pub struct Entry {
    /// Facts about it.
    pub meta: &'static Meta,
    parse: Parse,
    decode: fn(&Payload) -> Result<serde_json::Value>,
    look: Look,
    schemas: fn(&mut SchemaGenerator) -> Schemas,
}

/// Operations that belong together: `client.users()`.
#[derive(Debug)]
pub struct Group {
    /// Name, such as `scim.users`.
    pub name: &'static str,
    /// Documentation, Markdown.
    pub doc: &'static str,
    /// Its operations.
    pub operations: &'static [Entry],
}

/// Schemas of an operation. Properties carry their snake_case name as `x-name`.
#[derive(Debug)]
pub struct Schemas {
    /// Of the arguments.
    pub request: Schema,
    /// Of the record, or of the items of a list; none where there is no record.
    pub item: Option<Schema>,
}

/// How errors spell the names of arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spelling {
    /// As on the wire: `DisplayName`.
    Wire,
    /// As in Python and Rust: `display_name`.
    Snake,
    /// As in TypeScript: `displayName`.
    Camel,
}

impl Entry {
    /// The entry of `O`.
    #[must_use]
    pub const fn of<O: Operation>() -> Self {
        Self {
            meta: &O::META,
            parse: |arguments, names| prepare::parse::<O>(arguments, names),
            decode: |payload| {
                let value: O::Output = payload.read()?;
                serde_json::to_value(value).map_err(|error| payload.unreadable(error))
            },
            look: |value, sight| O::Output::look(value, sight),
            schemas: |generator| Schemas {
                request: O::json_schema(generator),
                item: O::Output::item_schema(generator),
            },
        }
    }

    /// Checks `arguments` (wire names, case-insensitive) and makes a request from them.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) with the path of the mistake in `spelling`.
    pub fn prepare<'de, D>(&self, arguments: D, spelling: Spelling) -> Result<Prepared>
    where
        D: serde::Deserializer<'de>,
    {
        let mut erased = <dyn erased_serde::Deserializer<'_>>::erase(arguments);
        (self.parse)(
            &mut erased,
            Names {
                entry: self,
                spelling,
            },
        )
    }

    /// Reads the value of an answer by its kinds and writes it as JSON: dates in ISO 8601, numbers as numbers.
    ///
    /// # Errors
    /// [`UnexpectedResponse`](crate::ErrorKind::UnexpectedResponse) for a value that cannot be read.
    pub fn decode(&self, payload: &Payload) -> Result<serde_json::Value> {
        (self.decode)(payload)
    }

    /// Compares the value of an answer with what is known of the result.
    pub(crate) fn look(&self, value: &serde_json::Value, sight: &mut Sight) {
        (self.look)(value, sight);
    }

    /// JSON schemas of arguments and result.
    pub fn schemas(&self, generator: &mut SchemaGenerator) -> Schemas {
        (self.schemas)(generator)
    }

    /// Wire name and snake_case name of every argument, nested ones included.
    pub(crate) fn names(&self) -> Vec<(String, String)> {
        let mut generator = SchemaGenerator::default();
        let mut names = Vec::new();
        collect_names(self.schemas(&mut generator).request.as_value(), &mut names);
        for definition in generator.definitions().values() {
            collect_names(definition, &mut names);
        }
        names
    }
}

fn collect_names(schema: &serde_json::Value, names: &mut Vec<(String, String)>) {
    let properties = schema.get("properties").and_then(|p| p.as_object());
    for (wire, property) in properties.into_iter().flatten() {
        if let Some(name) = property.get("x-name").and_then(|name| name.as_str()) {
            names.push((wire.clone(), name.to_owned()));
        }
    }
}
