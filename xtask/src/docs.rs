//! The operation index and the table of errors.

use std::fmt::Write;

use cyberark_identity::{ErrorKind, Shape, camel};

use crate::{
    failures::Failure,
    ir::{Api, Field, Group, Kind, Operation},
    output::{File, MARK},
};

pub fn files(api: &Api) -> Vec<File> {
    vec![
        File::new("docs/operations.md", operations(api)),
        File::new("docs/errors.md", errors()),
    ]
}

fn operations(api: &Api) -> String {
    let mut text = format!("<!-- {MARK} -->\n\n# Operations\n\n");
    text.push_str(
        "Every operation under its name, which is also the path to its method in every language, and under its ids in the\n\
         integration catalogue. *Retry* says when the SDK retries a request by itself: *safe* and *idempotent* always,\n\
         *write* only if it cannot have been carried out. *Confidence* says how certain the facts about the service are.\n\n",
    );
    text.push_str("| operation | catalogue ids | request | access | retry | confidence |\n|---|---|---|---|---|---|\n");
    for operation in api.groups.iter().flat_map(|group| &group.operations) {
        let meta = operation.meta;
        let ids: Vec<String> = meta.ids.iter().map(|id| format!("`{id}`")).collect();
        let _ = writeln!(
            text,
            "| [`{name}`](#{anchor}) | {ids} | `{verb} {path}` | {access} | {retry} | {confidence} |",
            name = meta.name,
            anchor = meta.name.replace('.', ""),
            ids = ids.join(", "),
            verb = meta.verb.as_str(),
            path = meta.path,
            access = meta.access.as_str(),
            retry = meta.retry.as_str(),
            confidence = meta.confidence.as_str(),
        );
    }
    text.push_str(
        "\n# Failures of every operation\n\n\
         Platform calls answer 200 even when they fail, and say in an envelope whether they succeeded; SCIM calls say so by the status.\n\
         [errors.md](errors.md) says what each class means and what to do. An argument that is refused before anything is\n\
         sent is an `InvalidArgumentError`.\n\n",
    );
    text.push_str(&failures(&api.failures));
    text.push_str("\n# One by one\n");
    for group in &api.groups {
        for operation in &group.operations {
            text.push_str(&one(group, operation));
        }
    }
    text.push_str(&records(api));
    text
}

fn failures(failures: &[Failure]) -> String {
    let mut text =
        String::from("| what goes wrong | answer | error | source |\n|---|---|---|---|\n");
    for failure in failures {
        let _ = writeln!(
            text,
            "| {} | {} | `{}` | {} |",
            failure.case,
            cell(&failure.answer),
            failure.class,
            cell(&failure.source),
        );
    }
    text
}

/// What operations take and return.
fn records(api: &Api) -> String {
    let mut text = String::from(
        "\n# Records\n\n\
         Fields are named as in Python and Rust; TypeScript has the same names in camelCase. Every field of an answer may be\n\
         missing. Whatever the service sends beyond them, or in a form that a field cannot hold, is kept in `extra`.\n\n\
         - A *boolean* is also read from `\"True\"`, `\"false\"`, 1 and 0; a *number* also from text; a *text* also from a number\n  \
         or a boolean; a *list* also from a lone item.\n\
         - A *date* is read from `/Date(milliseconds)/` and from ISO 8601, and has a time zone. The date by which the service\n  \
         says \"never\", `/Date(-62135596800000)/`, is read as none.\n\
         - Null reads as none, as does a field that is missing. Python tells them apart by `\"wireName\" in record`, Node by the raw\n  \
         answer.\n",
    );
    for record in &api.records {
        let _ = write!(text, "\n## {}\n\n{}\n", record.name, record.doc);
        if !record.fields.is_empty() {
            text.push_str("\n| field | on the wire | type | |\n|---|---|---|---|\n");
            text.extend(record.fields.iter().map(argument_row));
        }
    }
    text
}

fn cell(text: &str) -> String {
    text.replace('\n', " ").replace('|', "\\|")
}

fn one(group: &Group, operation: &Operation) -> String {
    let meta = operation.meta;
    let path = group.path.join(".");
    let rust_path = group.path.join("().");
    let mut text = format!("\n## {}\n\n{}\n\n", meta.name, operation.doc);
    let _ = writeln!(text, "- Python: `client.{path}.{}(…)`", operation.name);
    let _ = writeln!(text, "- Node: `client.{path}.{}(…)`", camel(operation.name));
    let _ = writeln!(text, "- Rust: `client.{rust_path}().{}(…)`", operation.name);
    let _ = writeln!(text, "- Permission: {}", meta.permission);
    let _ = writeln!(text, "- Returns: {}", returns(operation));
    let _ = write!(text, "- Confidence: {}", meta.confidence.as_str());
    let doubt = if meta.doubt.is_empty() {
        ".".to_owned()
    } else {
        format!(". {}", meta.doubt)
    };
    let _ = writeln!(text, "{doubt}");
    if !operation.arguments.is_empty() {
        text.push_str("\n| argument | on the wire | type | |\n|---|---|---|---|\n");
        for argument in &operation.arguments {
            text.push_str(&argument_row(argument));
        }
    }
    if !operation.failures.is_empty() {
        let _ = write!(text, "\n{}", failures(&operation.failures));
    }
    text
}

fn argument_row(argument: &Field) -> String {
    let required = if argument.required {
        "**required**. "
    } else {
        ""
    };
    format!(
        "| `{}` | `{}` | {} | {required}{} |\n",
        argument.name,
        argument.wire,
        kind(&argument.kind),
        cell(&argument.doc),
    )
}

fn kind(kind: &Kind) -> String {
    match kind {
        Kind::Text | Kind::Known(_) => "text".to_owned(),
        Kind::Words(words) => words
            .iter()
            .map(|word| format!("`{word}`"))
            .collect::<Vec<_>>()
            .join(", "),
        Kind::Boolean => "boolean".to_owned(),
        Kind::Integer => "integer".to_owned(),
        Kind::Timestamp => "date".to_owned(),
        Kind::File => "file".to_owned(),
        Kind::Any => "any JSON value".to_owned(),
        Kind::Object => "object".to_owned(),
        Kind::Record(name) => record(name),
        Kind::List(item) => format!("list of {}", self::kind(item)),
    }
}

fn returns(operation: &Operation) -> String {
    let item = operation.item.as_deref().unwrap_or_default();
    match operation.shape() {
        Shape::Nothing => "nothing".to_owned(),
        Shape::Text => "text".to_owned(),
        Shape::Boolean => "true or false; none if the service does not say".to_owned(),
        Shape::Any => "JSON as the service sends it".to_owned(),
        Shape::Record => record(item),
        Shape::Rows => format!("rows of {}", record(item)),
        Shape::List => format!("one page of {}", record(item)),
    }
}

/// A link to the fields of a record.
fn record(name: &str) -> String {
    format!("[`{name}`](#{})", name.to_lowercase())
}

fn errors() -> String {
    let mut text = format!("<!-- {MARK} -->\n\n# Errors\n\n");
    text.push_str(
        "The classes are the same in every language; in Rust they are the kinds of one `Error`. Each is an `IdentityError`;\n\
         those with which the service refused are also a `ServiceError`.\n\n\
         | class | Rust | parent | in Python also a | when | what to do |\n|---|---|---|---|---|---|\n",
    );
    for row in ErrorKind::TABLE {
        let base = row
            .python_base
            .map_or_else(String::new, |base| format!("`{base}`"));
        let _ = writeln!(
            text,
            "| `{}` | `{:?}` | `{}` | {base} | {} | {} |",
            row.class,
            row.kind,
            row.family.class(),
            row.doc,
            row.advice
        );
    }
    text
}
