//! Interfaces of records and of arguments.

use std::fmt::Write;

use cyberark_identity::camel;

use super::{
    doc,
    names::{Surface, arguments_type, quoted, record_of},
    words,
};
use crate::ir::{Field, Kind, Record};

pub fn records(surface: &Surface<'_>) -> String {
    let mut text = String::from("import type { Extra } from '../read.js'\n");
    let fields = || surface.api.records.iter().flat_map(|record| &record.fields);
    text.push_str(&words::import(fields().map(|field| &field.kind)));
    for record in &surface.api.records {
        text.push_str(&interface(record, surface.is_received(&record.name)));
    }
    text
}

pub fn arguments(surface: &Surface<'_>) -> String {
    let mut text = String::from("import type { FileInput } from '../files.js'\n");
    let mut used: Vec<&str> = surface
        .operations()
        .flat_map(|(_, operation)| &operation.arguments)
        .filter_map(|argument| record_of(&argument.kind))
        .collect();
    used.sort_unstable();
    used.dedup();
    let _ = writeln!(
        text,
        "import type {{ {} }} from './models.js'",
        used.join(", ")
    );
    let arguments = || surface.operations().flat_map(|(_, o)| &o.arguments);
    text.push_str(&words::import(arguments().map(|argument| &argument.kind)));
    for (_, operation) in surface.operations() {
        let about = format!("Arguments of `{}`.", operation.meta.name);
        let name = arguments_type(operation);
        let _ = writeln!(
            text,
            "\n{}export interface {name} {{",
            doc::comment(&[about])
        );
        for argument in &operation.arguments {
            let null = if argument.nullable { " | null" } else { "" };
            let (optional, undefined) = if argument.required {
                ("", "")
            } else {
                ("?", " | undefined")
            };
            let _ = writeln!(
                text,
                "{}{}{optional}: {}{null}{undefined}",
                doc::field(argument),
                camel(&argument.name),
                given_type(&argument.kind),
            );
        }
        text.push_str("}\n");
    }
    text
}

fn interface(record: &Record, received: bool) -> String {
    let extends = if received { " extends Extra" } else { "" };
    let mut text = format!(
        "\n{}export interface {}{extends} {{\n",
        doc::comment(&[doc::spelled(&record.doc)]),
        record.name
    );
    for field in &record.fields {
        text.push_str(&member(field, received));
    }
    text.push_str("}\n");
    text
}

fn member(field: &Field, received: bool) -> String {
    let optional = if field.required { "" } else { "?" };
    let kind = if received {
        type_of(&field.kind)
    } else {
        given_type(&field.kind)
    };
    format!(
        "{}{}{optional}: {kind}\n",
        doc::field(field),
        camel(&field.name)
    )
}

/// The type of what the service sends: words that are not known may come, too.
pub fn type_of(kind: &Kind) -> String {
    match kind {
        Kind::Words(words) => format!("{} | (string & {{}})", union(words)),
        Kind::List(item) => format!("Array<{}>", type_of(item)),
        other => given_type(other),
    }
}

/// The type of what a caller gives.
fn given_type(kind: &Kind) -> String {
    match kind {
        Kind::Text => "string".to_owned(),
        Kind::Words(words) => union(words),
        Kind::Known(name) => name.clone(),
        Kind::Boolean => "boolean".to_owned(),
        Kind::Integer => "number".to_owned(),
        Kind::Timestamp => "Date".to_owned(),
        Kind::File => "FileInput".to_owned(),
        Kind::Any => "unknown".to_owned(),
        Kind::Object => "Record<string, unknown>".to_owned(),
        Kind::Record(name) => name.clone(),
        Kind::List(item) => format!("Array<{}>", given_type(item)),
    }
}

fn union(words: &[String]) -> String {
    let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    words.join(" | ")
}
