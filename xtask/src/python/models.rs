//! Records: a class with one line per field.

use std::fmt::Write;

use super::{docstring, names};
use crate::ir::{Api, Field, Kind, Record};

pub fn text(api: &Api) -> String {
    let mut text = imports(api);
    for record in &api.records {
        text.push_str(&class(record));
    }
    text.push_str(&names::export(
        api.records.iter().map(|record| record.name.as_str()),
    ));
    text
}

fn imports(api: &Api) -> String {
    let fields = || api.records.iter().flat_map(|record| &record.fields);
    let makers = fields().flat_map(|field| names::makers(&field.kind));
    let mut text = String::from("from __future__ import annotations\n\n");
    text.push_str(&names::import(
        "cyberark_identity._native",
        makers.chain(["Record"]),
    ));
    text.push_str("\nTYPE_CHECKING = False\nif TYPE_CHECKING:\n");
    text.push_str("    from collections.abc import Iterable, Mapping\n");
    if fields().any(|field| field.kind == Kind::Timestamp) {
        text.push_str("    from datetime import datetime\n");
    }
    let literal = fields().any(|field| names::given_type(&field.kind).contains("Literal"));
    let typing = literal.then_some("Literal").into_iter().chain(["Any"]);
    let _ = writeln!(text, "    {}", names::import("typing", typing));
    text.push_str("    from cyberark_identity._arguments import Like\n");
    text
}

fn class(record: &Record) -> String {
    let mut text = format!(
        "\n\nclass {}(Record):\n    {}\n\n    __slots__ = ()\n\n",
        record.name,
        docstring::plain(&record.doc, 4)
    );
    for field in &record.fields {
        let _ = writeln!(
            text,
            "    {}: {} = {}\n    {}",
            names::field(field),
            names::read_type(&field.kind),
            names::maker(&field.kind, &field.wire),
            docstring::of_field(field),
        );
    }
    text.push_str(&constructor(record));
    text
}

/// For type checkers and editors: the native constructor takes what the class has.
fn constructor(record: &Record) -> String {
    let parameters = record.fields.iter().map(parameter);
    let star = (!record.fields.is_empty()).then(|| "*".to_owned());
    let given = ["self".to_owned()]
        .into_iter()
        .chain(star)
        .chain(parameters);
    format!(
        "\n    if TYPE_CHECKING:\n        def __init__({}) -> None: ...\n",
        given.collect::<Vec<_>>().join(", ")
    )
}

fn parameter(field: &Field) -> String {
    let given = match &field.kind {
        Kind::Timestamp => "datetime | str".to_owned(),
        kind => names::given_type(kind),
    };
    let given = match given.as_str() {
        "Any" => given,
        _ => format!("{given} | None"),
    };
    format!("{}: {given} = ...", names::field(field))
}
