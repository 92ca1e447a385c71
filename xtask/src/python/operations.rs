//! The operations as constants that methods hand to the native side.

use std::fmt::Write;

use cyberark_identity::Shape;

use super::names;
use crate::ir::{Api, Operation};

pub fn text(api: &Api) -> String {
    let operations = || api.groups.iter().flat_map(|group| &group.operations);
    let mut text = imports(operations());
    for operation in operations() {
        text.push_str(&constant(operation));
    }
    let all: Vec<String> = operations()
        .map(|operation| names::constant(operation.meta.name))
        .collect();
    let _ = writeln!(
        text,
        "\nBY_NAME: dict[str, Operation[Any]] = {{one.name: one for one in ({},)}}",
        all.join(", ")
    );
    text
}

fn imports<'a>(operations: impl Iterator<Item = &'a Operation> + Clone) -> String {
    let arguments = operations
        .clone()
        .flat_map(|operation| &operation.arguments);
    let makers = arguments
        .clone()
        .flat_map(|argument| names::makers(&argument.kind));
    let results = operations
        .clone()
        .filter_map(|operation| operation.item.as_deref());
    let records = arguments.filter_map(|argument| names::record_of(&argument.kind));
    let mut text = String::from("from __future__ import annotations\n\n");
    text.push_str(&names::import(
        "cyberark_identity._generated.models",
        results.chain(records),
    ));
    text.push_str(&names::import(
        "cyberark_identity._native",
        makers.chain(["Operation", "operation"]),
    ));
    text.push_str("\nTYPE_CHECKING = False\nif TYPE_CHECKING:\n    from typing import Any\n\n");
    let lists = operations.filter_map(|operation| match operation.shape() {
        Shape::Rows => Some("Rows"),
        Shape::List => Some("ListResponse"),
        _ => None,
    });
    text.push_str("    ");
    text.push_str(&names::import("cyberark_identity._native", lists));
    text.push('\n');
    text
}

fn constant(operation: &Operation) -> String {
    let mut arguments = vec![names::quoted(operation.meta.name)];
    arguments.extend(operation.item.clone());
    for argument in &operation.arguments {
        let maker = names::maker(&argument.kind, &argument.wire);
        arguments.push(format!("{}={maker}", names::argument(argument)));
    }
    format!(
        "{}: Operation[{}] = operation({})\n",
        names::constant(operation.meta.name),
        result_type(operation),
        arguments.join(", ")
    )
}

/// What the method returns.
pub fn result_type(operation: &Operation) -> String {
    let item = operation.item.as_deref().unwrap_or_default();
    match operation.shape() {
        Shape::Nothing => "None".to_owned(),
        Shape::Text => "str".to_owned(),
        Shape::Boolean => "bool | None".to_owned(),
        Shape::Any => "Any".to_owned(),
        Shape::Record => item.to_owned(),
        Shape::Rows => format!("Rows[{item}]"),
        Shape::List => format!("ListResponse[{item}]"),
    }
}
