//! TSDoc comments.

use cyberark_identity::{camel, operation::Meta};

use crate::ir::{Field, Operation};

/// A comment of these paragraphs.
pub fn comment(paragraphs: &[String]) -> String {
    let text = paragraphs
        .iter()
        .map(|paragraph| paragraph.trim())
        .filter(|paragraph| !paragraph.is_empty())
        .collect::<Vec<_>>()
        .join("\n\n");
    let text = spelled(&text).replace("*/", "*\\/");
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
    comment(&[field.doc.clone(), wire])
}

/// The comment of an operation's method.
pub fn operation(operation: &Operation, parameter: Option<String>) -> String {
    let meta = operation.meta;
    let tags = [
        parameter.unwrap_or_default(),
        "@throws {@link IdentityError} or one of its subclasses, as a rejection.".to_owned(),
    ];
    let tags: Vec<&str> = tags
        .iter()
        .map(String::as_str)
        .filter(|tag| !tag.is_empty())
        .collect();
    comment(&[operation.doc.clone(), facts(meta), tags.join("\n")])
}

fn facts(meta: &Meta) -> String {
    let mut lines = vec![format!(
        "- Request: `{} {}`, retry class *{}*",
        meta.verb.as_str(),
        meta.path,
        meta.retry.as_str()
    )];
    lines.push(format!("- Permission: {}", meta.permission));
    lines.push(format!("- Confidence of the facts: {}", confidence(meta)));
    lines.push(format!(
        "- Also known as: {}",
        meta.ids
            .iter()
            .map(|id| format!("`{id}`"))
            .collect::<Vec<_>>()
            .join(", ")
    ));
    if meta.ids.is_empty() {
        lines.pop();
    }
    lines.join("\n")
}

fn confidence(meta: &Meta) -> String {
    match meta.doubt {
        "" => meta.confidence.as_str().to_owned(),
        doubt => format!("{}. {doubt}", meta.confidence.as_str()),
    }
}

/// Names in backquotes as TypeScript spells them: `user_name` becomes `userName`. Only names of fields have underscores
/// and nothing but small letters; catalogue ids, which do too, are longer than any of them.
fn spelled(text: &str) -> String {
    let parts = text.split('`').enumerate().map(|(index, part)| {
        let is_name = index % 2 == 1
            && part.matches('_').count() <= 2
            && !part.ends_with("_identity")
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
