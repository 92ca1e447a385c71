//! Words that the service is known to use: a class of constants, which are plain text.

use std::fmt::Write;

use super::{docstring, names};
use crate::ir::{Api, Words};

pub fn text(api: &Api) -> String {
    let mut text = String::from("from __future__ import annotations\n\n");
    text.push_str("TYPE_CHECKING = False\nif TYPE_CHECKING:\n    from typing import Final\n");
    for words in &api.words {
        text.push_str(&class(words));
    }
    text.push_str(&names::export(
        api.words.iter().map(|words| words.name.as_str()),
    ));
    text
}

fn class(words: &Words) -> String {
    let mut text = format!(
        "\n\nclass {}:\n    {}\n\n    __slots__ = ()\n\n",
        words.name,
        docstring::plain(&words.doc, 4)
    );
    for word in &words.words {
        let _ = writeln!(
            text,
            "    {}: Final = {}\n    {}",
            constant(&word.name),
            names::quoted(&word.wire),
            docstring::plain(&word.doc, 4),
        );
    }
    text
}

/// `PrincipalList` as `PRINCIPAL_LIST`.
fn constant(name: &str) -> String {
    let mut constant = String::new();
    for (position, letter) in name.chars().enumerate() {
        if position > 0 && letter.is_uppercase() {
            constant.push('_');
        }
        constant.extend(letter.to_uppercase());
    }
    constant
}
