//! Documentation of record fields, taken from the registry's schemas when somebody asks for help.

use std::sync::LazyLock;

use cyberark_identity::operations;
use schemars::SchemaGenerator;
use serde_json::{Map, Value};

static DEFINITIONS: LazyLock<Map<String, Value>> = LazyLock::new(|| {
    let mut generator = SchemaGenerator::default();
    for entry in operations() {
        entry.schemas(&mut generator);
    }
    generator.take_definitions(true)
});

/// What the registry says about the field `wire` of the record `class`.
pub(crate) fn of_field(class: &str, wire: &str) -> Option<String> {
    let property = DEFINITIONS.get(class)?.get("properties")?.get(wire)?;
    let text = property.get("description")?.as_str()?;
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    Some(lines.join("\n"))
}
