//! Docstrings, with lines that fit.

use std::fmt::Write;

use cyberark_identity::Shape;

use super::names;
use crate::{
    failures,
    ir::{Field, Operation},
};

/// Less than the lines of the code, because the quotation marks need room.
const WIDTH: usize = 94;

/// A docstring of `text`, indented by `indent` blanks.
pub fn plain(text: &str, indent: usize) -> String {
    quote(&paragraphs(text, indent), indent)
}

/// The docstring of a method.
pub fn of_method(operation: &Operation, has_body: bool) -> String {
    const INDENT: usize = 8;
    let mut text = paragraphs(&operation.doc, INDENT);
    let _ = write!(text, "\n\n{}Args:\n", pad(INDENT));
    if has_body {
        let body = "The following arguments in one mapping, record or dataclass, with Python's or wire \
                    names. Single arguments take precedence.";
        text.push_str(&entry("body", body, INDENT));
    }
    for argument in &operation.arguments {
        text.push_str(&argument_entry(argument, INDENT));
    }
    text.push_str(&entry(
        "timeout",
        "Seconds for the whole call, instead of the client's, or a `Timeout`.",
        INDENT,
    ));
    text.push_str(&entry(
        "extra_headers",
        "Headers in addition to the client's own.",
        INDENT,
    ));
    let _ = write!(
        text,
        "\n{0}Returns:\n{1}",
        pad(INDENT),
        section(&returns(operation), INDENT)
    );
    let _ = write!(
        text,
        "\n{}Raises:\n{}",
        pad(INDENT),
        raises(operation, INDENT)
    );
    let _ = write!(text, "\n{}", wrapped(&facts(operation), INDENT, INDENT));
    quote(&text, INDENT)
}

/// The docstring of a method that reads all pages.
pub fn of_iterator(operation: &Operation, arguments: &[&Field]) -> String {
    const INDENT: usize = 8;
    let name = operation.name;
    let doc = format!(
        "Reads all matches page by page, as far as you iterate: see `{name}`.\n\n\
         While you read the items of a page, the next pages are fetched. An item that moves to the next page meanwhile is \
         returned once; the list ends where the service says it does, or in an error, after which reading can continue. \
         Items created or deleted meanwhile shift others, which may then be missed. The whole list becomes a table with \
         `to_arrow()`, `to_polars()`, `to_pandas()` or `to_parquet()`."
    );
    let mut text = paragraphs(&doc, INDENT);
    let _ = write!(text, "\n\n{}Args:\n", pad(INDENT));
    for argument in arguments {
        text.push_str(&argument_entry(argument, INDENT));
    }
    let options = [
        ("page_size", "Items in a page, at most 1000."),
        (
            "concurrency",
            "Pages that may be fetched at once, as soon as the service has said how many items there are: 1 to 16.",
        ),
        (
            "timeout",
            "Seconds for each page, instead of the client's, or a `Timeout`.",
        ),
        ("extra_headers", "Headers in addition to the client's own."),
    ];
    for (name, doc) in options {
        text.push_str(&entry(name, doc, INDENT));
    }
    quote(text.trim_end(), INDENT)
}

fn argument_entry(argument: &Field, indent: usize) -> String {
    let doc = argument.doc.replace('\n', " ");
    let doc = format!("{doc} On the wire: `{}`.", argument.wire);
    entry(&names::argument(argument), doc.trim(), indent)
}

fn returns(operation: &Operation) -> String {
    let item = operation.item.as_deref().unwrap_or_default();
    match operation.shape() {
        Shape::Nothing => "Nothing.".to_owned(),
        Shape::Text => "A string.".to_owned(),
        Shape::Boolean => "True or False; None if the service does not say.".to_owned(),
        Shape::Any => "JSON as the service sends it.".to_owned(),
        Shape::Record => format!("`{item}`."),
        Shape::Rows => format!("A sequence of `{item}`, with `full_count`."),
        Shape::List => {
            format!("One page: a sequence of `{item}`, with `total_results` and `start_index`.")
        }
    }
}

fn raises(operation: &Operation, indent: usize) -> String {
    let refused = "An argument was refused; nothing was sent.";
    let mut text = entry("InvalidArgumentError", refused, indent);
    for (class, answers) in failures::by_class(&operation.failures) {
        text.push_str(&entry(class, &format!("{answers}."), indent));
    }
    let others = "The service refused in another way: see the subclasses.";
    text.push_str(&entry("ServiceError", others, indent));
    let rest = "Anything else; `delivery` says whether the request may have arrived.";
    text.push_str(&entry("IdentityError", rest, indent));
    text
}

fn facts(operation: &Operation) -> String {
    let meta = operation.meta;
    let doubt = match meta.doubt {
        "" => String::new(),
        doubt => format!(" {doubt}"),
    };
    let confidence = meta.confidence.as_str();
    let permission = meta.permission;
    format!("Permission: {permission}. Confidence of these facts: {confidence}.{doubt}")
}

fn entry(name: &str, doc: &str, indent: usize) -> String {
    wrapped(&format!("{name}: {doc}"), indent + 4, indent + 8) + "\n"
}

fn section(text: &str, indent: usize) -> String {
    wrapped(text, indent + 4, indent + 4) + "\n"
}

/// Every paragraph wrapped, the first line without indentation.
fn paragraphs(text: &str, indent: usize) -> String {
    let paragraphs = text.split("\n\n");
    let wrapped: Vec<String> = paragraphs
        .map(|paragraph| wrapped(&paragraph.replace('\n', " "), indent, indent))
        .collect();
    wrapped.join("\n\n").trim_start().to_owned()
}

/// One paragraph in lines that fit, the first indented by `first` and the others by `rest`.
fn wrapped(text: &str, first: usize, rest: usize) -> String {
    let mut lines = Vec::new();
    let mut line = pad(first);
    let mut empty = true;
    for word in text.split_whitespace() {
        if !empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            lines.push(std::mem::replace(&mut line, pad(rest)));
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(word);
        empty = false;
    }
    lines.push(line);
    lines.join("\n")
}

fn quote(text: &str, indent: usize) -> String {
    let text = text.replace('\\', "\\\\").replace("\"\"\"", "\\\"\\\"\\\"");
    match text.contains('\n') {
        true => format!("\"\"\"{}\n{}\"\"\"", text.trim_end(), pad(indent)),
        // A quotation mark at the end would run into the closing ones.
        false if text.ends_with('"') => format!("\"\"\"{text} \"\"\""),
        false => format!("\"\"\"{text}\"\"\""),
    }
}

fn pad(width: usize) -> String {
    " ".repeat(width)
}

/// The documentation of a record's field.
pub fn of_field(field: &Field) -> String {
    plain(&field.doc, 4)
}
