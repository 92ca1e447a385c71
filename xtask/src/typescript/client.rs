//! The client's methods: one class for each group, and what holds them.

use std::{collections::BTreeMap, fmt::Write};

use cyberark_identity::camel;

use super::{
    doc,
    names::{Surface, arguments_type, group_class, operation_constant},
    operations::result,
};
use crate::ir::{Group, Operation};

pub fn text(surface: &Surface<'_>) -> String {
    let mut text = String::from(
        "import type { CallOptions, Caller } from '../caller.js'\n\
         import { type Items, items, type ListOptions } from '../items.js'\n\
         import type { ListResponse, Rows } from '../sequences.js'\n\
         import type * as given from './arguments.js'\n\
         import type * as model from './models.js'\n\
         import * as operations from './operations.js'\n",
    );
    let mut tree = Node::default();
    for group in &surface.api.groups {
        tree.insert(group, &group.path);
    }
    tree.classes(&mut Vec::new(), &mut text);
    text
}

/// A part of the path to operations: `scim`, and below it `users`.
#[derive(Default)]
struct Node<'a> {
    group: Option<&'a Group>,
    /// In the order of the documentation.
    order: Vec<&'static str>,
    children: BTreeMap<&'static str, Node<'a>>,
}

impl<'a> Node<'a> {
    fn insert(&mut self, group: &'a Group, path: &[&'static str]) {
        let Some((first, rest)) = path.split_first() else {
            self.group = Some(group);
            return;
        };
        if !self.children.contains_key(first) {
            self.order.push(first);
        }
        self.children.entry(first).or_default().insert(group, rest);
    }

    /// Writes the classes below, then this one.
    fn classes(&self, path: &mut Vec<&'static str>, text: &mut String) {
        for (name, child) in self.in_order() {
            path.push(name);
            child.classes(path, text);
            path.pop();
        }
        text.push_str(&self.class(path));
    }

    fn class(&self, path: &[&'static str]) -> String {
        let about = self.doc(path);
        let head = match path {
            [] => "export abstract class Groups".to_owned(),
            path => format!("export class {}", group_class(path)),
        };
        let operations = self.group.map_or(&[][..], |group| &group.operations);
        let caller = if operations.is_empty() {
            ""
        } else {
            "readonly #caller: Caller\n"
        };
        let mut text = format!("\n{}{head} {{\n{caller}", doc::comment(&[about]));
        for (name, child) in self.in_order() {
            let below = [path, &[name]].concat();
            let about = doc::comment(&[child.doc(&below)]);
            let _ = writeln!(
                text,
                "{about}readonly {}: {}",
                camel(name),
                group_class(&below)
            );
        }
        text.push_str("\n/** @internal */\nconstructor(caller: Caller) {\n");
        if !operations.is_empty() {
            text.push_str("this.#caller = caller\n");
        }
        for (name, _) in self.in_order() {
            let class = group_class(&[path, &[name]].concat());
            let _ = writeln!(text, "this.{} = new {class}(caller)", camel(name));
        }
        text.push_str("}\n");
        for operation in operations {
            text.push_str(&method(operation));
            if operation.is_paged() {
                text.push_str(&iterator(operation));
            }
        }
        text.push_str("}\n");
        text
    }

    fn doc(&self, path: &[&str]) -> String {
        match (self.group, path) {
            (Some(group), _) => doc::spelled(&group.doc),
            (None, []) => "All operations, in groups.".to_owned(),
            (None, path) => {
                let names: Vec<String> = self.order.iter().map(|name| camel(name)).collect();
                format!("Groups of `{}`: {}.", path.join("."), names.join(", "))
            }
        }
    }

    fn in_order(&self) -> impl Iterator<Item = (&'static str, &Node<'a>)> {
        self.order.iter().map(|name| (*name, &self.children[name]))
    }
}

fn method(operation: &Operation) -> String {
    let (parameter, given, about) = parameters(operation);
    let comment = doc::operation(operation, about);
    format!(
        "\n{comment}{}({parameter}options?: CallOptions): Promise<{}> {{\n\
         return this.#caller.call(operations.{}, {given}, options)\n}}\n",
        camel(operation.name),
        result(operation),
        operation_constant(operation),
    )
}

/// Of a list that comes in pages, a method that reads all of them.
fn iterator(operation: &Operation) -> String {
    format!(
        "\n{}iter(args: Omit<given.{}, 'startIndex'> = {{}}, options?: ListOptions): Items<model.{}> {{\n\
         return items(this.#caller, operations.{}, args, options)\n}}\n",
        doc::iterator(operation),
        arguments_type(operation),
        operation.item.as_deref().unwrap_or_default(),
        operation_constant(operation),
    )
}

/// The parameter before the options, the expression that passes it on, and its documentation.
fn parameters(operation: &Operation) -> (String, String, Option<String>) {
    if operation.arguments.is_empty() {
        return (String::new(), "{}".to_owned(), None);
    }
    if let Some(argument) = operation.leading() {
        let name = camel(&argument.name);
        let about = format!(
            "@param {name} - {}",
            doc::spelled(&argument.doc).replace('\n', " ")
        );
        return (
            format!("{name}: string, "),
            format!("{{ {name} }}"),
            Some(about),
        );
    }
    let name = arguments_type(operation);
    let default = if operation.arguments.iter().any(|argument| argument.required) {
        ""
    } else {
        " = {}"
    };
    (
        format!("args: given.{name}{default}, "),
        "args".to_owned(),
        None,
    )
}
