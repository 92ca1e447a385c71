//! Names of every record's fields, and a reader for each record that the service sends.
//!
//! A reader asks for one field after the other, which costs a third less than going through the keys that are there, and
//! counts what it found: only when there is more does it look for what that is.

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
         let left = kind.size(source)\n"
    );
    if !record.fields.is_empty() {
        text.push_str("let value: unknown\n");
    }
    for field in &record.fields {
        text.push_str(&step(field));
    }
    let _ = writeln!(
        text,
        "return left === 0 ? record : kind.others(record, source, {}, {read})\n}}",
        fields_constant(&record.name)
    );
    text
}

fn step(field: &Field) -> String {
    let wire = quoted(&field.wire);
    format!(
        "if ((value = source[{wire}]) !== undefined) {{\n\
         left -= 1\n\
         const read = {}\n\
         if (read === undefined) kind.keep(record, {wire}, value)\n\
         else record.{} = read\n}}\n",
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
