//! Names of every record's fields, and a reader for each record that the service sends.
//!
//! A reader goes through the keys that are there with one `switch`. Measured, that costs little more than a literal with
//! all fields, and it leaves out what is absent and finds what is unknown on the way.

use std::fmt::Write;

use cyberark_identity::camel;

use super::names::{Surface, field_entries, fields_constant, quoted, reader};
use crate::ir::{Field, Kind, Record};

pub fn text(surface: &Surface<'_>) -> String {
    let mut text = String::from(
        "import { Fields } from '../fields.js'\n\
         import * as kind from '../read.js'\n\
         import type * as model from './models.js'\n",
    );
    for record in &surface.api.records {
        let _ = writeln!(
            text,
            "\nexport const {} = new Fields(\n{})",
            fields_constant(&record.name),
            field_entries(&record.fields, "")
        );
        if surface.is_received(&record.name) {
            text.push_str(&reader_of(record));
        }
    }
    text
}

fn reader_of(record: &Record) -> String {
    let name = &record.name;
    let read = reader(name);
    let mut text = format!(
        "\nexport function {read}(source: kind.Source): model.{name} {{\n\
         const record: model.{name} = {{}}\n\
         for (const key in source) assign{name}(record, key, source[key])\n\
         return record\n}}\n\
         \nfunction assign{name}(record: model.{name}, key: string, value: unknown): void {{\n\
         switch (key) {{\n"
    );
    for field in &record.fields {
        text.push_str(&case(field));
    }
    let _ = writeln!(
        text,
        "default: kind.other(record, key, value, {}, assign{name})\n}}\n}}",
        fields_constant(&record.name)
    );
    text
}

fn case(field: &Field) -> String {
    format!(
        "case {}: {{\n\
         const read = {}\n\
         if (read === undefined) kind.keep(record, key, value)\n\
         else record.{} = read\n\
         break\n}}\n",
        quoted(&field.wire),
        read("value", &field.kind),
        camel(&field.name),
    )
}

/// The expression that reads `value`.
fn read(value: &str, kind: &Kind) -> String {
    match kind {
        Kind::Record(name) => format!("kind.record({value}, {})", reader(name)),
        Kind::List(item) => format!("kind.list({value}, {})", item_reader(item)),
        plain => format!("kind.{}({value})", function(plain)),
    }
}

/// The function that reads an item of a list.
fn item_reader(kind: &Kind) -> String {
    match kind {
        Kind::Record(_) | Kind::List(_) => format!("(item) => {}", read("item", kind)),
        plain => format!("kind.{}", function(plain)),
    }
}

fn function(kind: &Kind) -> &'static str {
    match kind {
        Kind::Text | Kind::Words(_) | Kind::Known(_) => "text",
        Kind::Boolean => "boolean",
        Kind::Integer => "integer",
        Kind::Timestamp => "date",
        Kind::Object => "object",
        Kind::File | Kind::Any | Kind::Record(_) | Kind::List(_) => "any",
    }
}
