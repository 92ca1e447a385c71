//! TSDoc comments.

use std::fmt::Write;

use cyberark_identity::{
    camel,
    operation::Meta,
    paging::{DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE},
};

use crate::{
    failures,
    ir::{Field, Operation},
};

/// A comment of these paragraphs.
pub fn comment(paragraphs: &[String]) -> String {
    let text = paragraphs
        .iter()
        .map(|paragraph| paragraph.trim())
        .filter(|paragraph| !paragraph.is_empty())
        .collect::<Vec<_>>()
        .join("\n\n");
    let text = text.replace("*/", "*\\/");
    let mut lines = text.lines();
    match (lines.next(), lines.next()) {
        (Some(only), None) => format!("/** {only} */\n"),
        _ => {
            let body: String = text
                .lines()
                .map(|line| format!("{}\n", format!(" * {line}").trim_end()))
                .collect();
            format!("/**\n{body} */\n")
        }
    }
}

/// The comment of a field or argument: its meaning and, where it differs, its name on the wire.
pub fn field(field: &Field) -> String {
    let wire = if camel(&field.name) == field.wire {
        String::new()
    } else {
        format!("Wire name: `{}`.", field.wire)
    };
    comment(&[spelled(&field.doc), wire])
}

/// The comment of an operation's method.
pub fn operation(operation: &Operation, parameter: Option<String>) -> String {
    let meta = operation.meta;
    let tags = [parameter.unwrap_or_default(), thrown(operation)];
    let tags: Vec<&str> = tags
        .iter()
        .map(String::as_str)
        .filter(|tag| !tag.is_empty())
        .collect();
    comment(&[spelled(&operation.doc), facts(meta), tags.join("\n")])
}

fn thrown(operation: &Operation) -> String {
    let mut text =
        String::from("@throws {@link IdentityError} or one of its subclasses, as a rejection");
    for (index, (class, answers)) in failures::by_class(&operation.failures).iter().enumerate() {
        let mark = if index == 0 { ":" } else { ";" };
        let _ = write!(text, "{mark}\n`{class}` for {answers}");
    }
    text + "."
}

/// The comment of the method that reads all pages of a list.
pub fn iterator(operation: &Operation) -> String {
    let name = camel(operation.name);
    comment(&[
        format!("Reads all matches page by page, as far as you iterate: see `{name}`."),
        "While you read the items of a page, the next pages are fetched. An item that moves to the next page meanwhile is\n\
         returned once; the list ends where the service says it does, or in an error. Items created or deleted meanwhile shift\n\
         others, which may then be missed."
            .to_owned(),
        format!(
            "@param args - What to list. `count` is the size of the pages, 1 to {MAX_PAGE_SIZE}, and {DEFAULT_PAGE_SIZE} by default.\n\
             @param options - What every call takes, for each page, and how many pages may be fetched at once. An aborted signal\n\
             ends the reading.\n\
             @throws {{@link IdentityError}} or one of its subclasses, while it is read."
        ),
    ])
}

fn facts(meta: &Meta) -> String {
    let ids: Vec<String> = meta.ids.iter().map(|id| format!("`{id}`")).collect();
    let ids = match ids.is_empty() {
        true => String::new(),
        false => format!(", in the integration catalogue {}", ids.join(", ")),
    };
    format!(
        "- Operation `{}`{ids}\n\
         - Request: `{} {}`, retry class *{}*\n\
         - Permission: {}\n\
         - Confidence of the facts: {}",
        meta.name,
        meta.verb.as_str(),
        meta.path,
        meta.retry.as_str(),
        meta.permission,
        confidence(meta),
    )
}

fn confidence(meta: &Meta) -> String {
    match meta.doubt {
        "" => meta.confidence.as_str().to_owned(),
        doubt => format!("{}. {doubt}", meta.confidence.as_str()),
    }
}

/// A text of core with names in backquotes as TypeScript spells them: `user_name` becomes `userName`.
pub fn spelled(text: &str) -> String {
    let parts = text.split('`').enumerate().map(|(index, part)| {
        let is_name = index % 2 == 1
            && part
                .chars()
                .all(|letter| letter.is_ascii_lowercase() || letter == '_');
        if is_name {
            camel(part)
        } else {
            part.to_owned()
        }
    });
    parts.collect::<Vec<_>>().join("`")
}
