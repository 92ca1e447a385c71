//! Words that the service is known to use: a constant for each, and a type that takes others, too.

use std::fmt::Write;

use super::{doc, names::quoted};
use crate::ir::{Api, Kind, Words};

pub fn text(api: &Api) -> String {
    api.words.iter().map(constant_and_type).collect()
}

fn constant_and_type(words: &Words) -> String {
    let name = &words.name;
    let mut text = format!(
        "\n{}export const {name} = {{\n",
        doc::comment(&[doc::spelled(&words.doc)])
    );
    for word in &words.words {
        let about = doc::comment(&[doc::spelled(&word.doc)]);
        let _ = writeln!(text, "  {}  {}: {},", about, word.name, quoted(&word.wire));
    }
    let about = doc::comment(&[format!(
        "One of {{@link {name}}}, or a word that is not known yet."
    )]);
    let _ = write!(
        text,
        "}} as const\n\n{about}export type {name} = (typeof {name})[keyof typeof {name}] | (string & {{}})\n"
    );
    text
}

/// Imports the types that these kinds need.
pub fn import<'a>(kinds: impl Iterator<Item = &'a Kind>) -> String {
    let mut names: Vec<&str> = kinds.filter_map(name_of).collect();
    names.sort_unstable();
    names.dedup();
    match names.as_slice() {
        [] => String::new(),
        names => format!("import type {{ {} }} from './words.js'\n", names.join(", ")),
    }
}

fn name_of(kind: &Kind) -> Option<&str> {
    match kind {
        Kind::Known(name) => Some(name),
        Kind::List(item) => name_of(item),
        _ => None,
    }
}
