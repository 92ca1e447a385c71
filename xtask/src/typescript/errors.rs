//! Error classes, from the table of kinds.

use std::fmt::Write;

use cyberark_identity::ErrorKind;

use super::{doc, names::quoted};

pub fn text() -> String {
    let mut text =
        String::from("import { IdentityError, ServiceError, named } from '../error-base.js'\n");
    for row in ErrorKind::TABLE {
        let _ = writeln!(
            text,
            "\n{}export class {} extends {} {{\nstatic {{\nnamed(this, {})\n}}\n}}",
            doc::comment(&[doc::spelled(row.doc), doc::spelled(row.advice)]),
            row.class,
            row.family.class(),
            quoted(row.class)
        );
    }
    text
}
