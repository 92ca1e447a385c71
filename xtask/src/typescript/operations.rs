//! Every operation as the client makes it, and the types of all by name and catalogue id.

use std::fmt::Write;

use cyberark_identity::Shape;

use super::names::{Surface, arguments_type, field_entries, operation_constant, quoted, reader};
use crate::ir::Operation;

pub fn text(surface: &Surface<'_>) -> String {
    let mut text = String::from(
        "import type { Operation } from '../caller.js'\n\
         import { Fields } from '../fields.js'\n\
         import type { ListResponse, Rows } from '../sequences.js'\n\
         import * as shape from '../shapes.js'\n\
         import type * as given from './arguments.js'\n\
         import type * as model from './models.js'\n\
         import * as readers from './readers.js'\n",
    );
    for (_, operation) in surface.operations() {
        text.push_str(&constant(operation));
    }
    text.push_str(&registry(surface));
    text.push_str(&types(surface));
    text
}

/// The TypeScript type of an operation's result.
pub fn result(operation: &Operation) -> String {
    let item = operation.item.as_deref().unwrap_or_default();
    match operation.shape() {
        Shape::Nothing => "void".to_owned(),
        Shape::Text => "string".to_owned(),
        Shape::Boolean => "boolean | undefined".to_owned(),
        Shape::Any => "unknown".to_owned(),
        Shape::Record => format!("model.{item}"),
        Shape::Rows => format!("Rows<model.{item}>"),
        Shape::List => format!("ListResponse<model.{item}>"),
    }
}

fn constant(operation: &Operation) -> String {
    format!(
        "\nexport const {}: Operation<{}> = {{\n\
         name: {},\n\
         fields: new Fields(\n{}),\n\
         read: {},\n}}\n",
        operation_constant(operation),
        result(operation),
        quoted(operation.meta.name),
        field_entries(&operation.arguments, "readers."),
        read(operation),
    )
}

fn read(operation: &Operation) -> String {
    let item = operation.item.as_deref().unwrap_or_default();
    let function = match operation.shape() {
        Shape::Nothing => return "shape.readNothing".to_owned(),
        Shape::Text => return "shape.readText".to_owned(),
        Shape::Boolean => return "shape.readBoolean".to_owned(),
        Shape::Any => return "shape.readAny".to_owned(),
        Shape::Record => "readRecord",
        Shape::Rows => "readRows",
        Shape::List => "readList",
    };
    format!(
        "(value) => shape.{function}(value, readers.{})",
        reader(item)
    )
}

fn registry(surface: &Surface<'_>) -> String {
    let mut text = String::from(
        "\n/** All operations, by name and by id of the integration catalogue. */\n\
         export const OPERATIONS: ReadonlyMap<string, Operation<unknown>> = new Map<string, Operation<unknown>>([\n",
    );
    for (_, operation) in surface.operations() {
        for name in names(operation) {
            let _ = writeln!(
                text,
                "[{}, {}],",
                quoted(name),
                operation_constant(operation)
            );
        }
    }
    text.push_str("])\n");
    text
}

fn types(surface: &Surface<'_>) -> String {
    let mut text = String::from(
        "\n/** Arguments and result of every operation, by name and by id of the integration catalogue. */\n\
         export interface Operations {\n",
    );
    for (_, operation) in surface.operations() {
        for name in names(operation) {
            let _ = writeln!(
                text,
                "{}: {{ arguments: given.{}; result: {} }}",
                quoted(name),
                arguments_type(operation),
                result(operation)
            );
        }
    }
    text.push_str("}\n");
    text
}

fn names(operation: &Operation) -> impl Iterator<Item = &'static str> {
    std::iter::once(operation.meta.name).chain(operation.meta.ids.iter().copied())
}
