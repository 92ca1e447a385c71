//! Error classes, from the table of kinds.

use std::fmt::Write;

use cyberark_identity::{ErrorKind, error::Family};

use super::{docstring, names};

pub fn text() -> String {
    let mut text = String::from("from __future__ import annotations\n\n");
    let parents = [Family::Identity.class(), Family::Service.class()];
    text.push_str(&names::import("cyberark_identity._errors", parents));
    for row in ErrorKind::TABLE {
        let bases = std::iter::once(row.family.class()).chain(row.python_base);
        let doc = format!("{}\n\nWhat to do: {}", row.doc, row.advice);
        let _ = write!(
            text,
            "\n\nclass {}({}):\n    {}\n",
            row.class,
            bases.collect::<Vec<_>>().join(", "),
            docstring::plain(&doc, 4)
        );
    }
    let classes = ErrorKind::TABLE.iter().map(|row| row.class).chain(parents);
    text.push_str(&names::export(classes));
    text
}
