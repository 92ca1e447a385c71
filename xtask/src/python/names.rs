//! Python's names and types for what the registry has.

use crate::ir::{Field, Kind};

const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
    "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
    "with", "yield",
];

/// Names that a record cannot use for a field: its own methods, and the functions that make fields.
const OF_RECORDS: [&str; 11] = [
    "anything",
    "boolean",
    "each",
    "extra",
    "integer",
    "mapping",
    "record",
    "replace",
    "text",
    "timestamp",
    "to_dict",
];

/// Names that a method cannot use for an argument of the operation.
const OF_METHODS: [&str; 4] = ["self", "body", "timeout", "extra_headers"];

/// The name of a record's field.
pub fn field(field: &Field) -> String {
    unlike(&field.name, &OF_RECORDS)
}

/// The name of an operation's argument.
pub fn argument(field: &Field) -> String {
    unlike(&field.name, &OF_METHODS)
}

fn unlike(name: &str, taken: &[&str]) -> String {
    match taken.contains(&name) || KEYWORDS.contains(&name) {
        true => format!("{name}_"),
        false => name.to_owned(),
    }
}

/// `["scim", "users"]` as `ScimUsers`.
pub fn class(path: &[&str]) -> String {
    let words = path.iter().flat_map(|part| part.split('_'));
    words.map(capital).collect()
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// `scim.users.get` as `SCIM_USERS_GET`.
pub fn constant(operation: &str) -> String {
    operation.replace('.', "_").to_uppercase()
}

/// Type of a record's attribute when it is read.
pub fn read_type(kind: &Kind) -> String {
    match kind {
        Kind::File | Kind::Any => "Any".to_owned(),
        Kind::List(item) => format!("tuple[{}, ...]", plain_type(item)),
        _ => format!("{} | None", plain_type(kind)),
    }
}

fn plain_type(kind: &Kind) -> String {
    match kind {
        // A word that is not in the list yet must not become a type error, so reading gives plain text.
        Kind::Text | Kind::Words(_) | Kind::Known(_) => "str".to_owned(),
        Kind::Boolean => "bool".to_owned(),
        Kind::Integer => "int".to_owned(),
        Kind::Timestamp => "datetime".to_owned(),
        Kind::File | Kind::Any => "Any".to_owned(),
        Kind::Object => "dict[str, Any]".to_owned(),
        Kind::Record(name) => name.clone(),
        Kind::List(item) => format!("tuple[{}, ...]", plain_type(item)),
    }
}

/// Type of a value that a caller gives.
pub fn given_type(kind: &Kind) -> String {
    match kind {
        Kind::Words(words) => {
            let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
            format!("Literal[{}]", words.join(", "))
        }
        Kind::File => "Upload".to_owned(),
        Kind::Object => "Mapping[str, Any]".to_owned(),
        Kind::Record(name) => format!("Like[{name}]"),
        Kind::List(item) => format!("Iterable[{}]", given_type(item)),
        _ => plain_type(kind),
    }
}

/// The call that makes the field: `text("userName")`.
pub fn maker(kind: &Kind, wire: &str) -> String {
    let wire = quoted(wire);
    match kind {
        Kind::Text | Kind::Words(_) | Kind::Known(_) => format!("text({wire})"),
        Kind::Boolean => format!("boolean({wire})"),
        Kind::Integer => format!("integer({wire})"),
        Kind::Timestamp => format!("timestamp({wire})"),
        Kind::File => format!("file({wire})"),
        Kind::Any => format!("anything({wire})"),
        Kind::Object => format!("mapping({wire})"),
        Kind::Record(name) => format!("record({wire}, {name})"),
        Kind::List(item) => format!("each({})", maker_of_item(item, &wire)),
    }
}

fn maker_of_item(kind: &Kind, wire: &str) -> String {
    maker(kind, wire.trim_matches('"'))
}

/// The functions that [`maker`] calls for `kind`.
pub fn makers(kind: &Kind) -> Vec<&'static str> {
    match kind {
        Kind::Text | Kind::Words(_) | Kind::Known(_) => vec!["text"],
        Kind::Boolean => vec!["boolean"],
        Kind::Integer => vec!["integer"],
        Kind::Timestamp => vec!["timestamp"],
        Kind::File => vec!["file"],
        Kind::Any => vec!["anything"],
        Kind::Object => vec!["mapping"],
        Kind::Record(_) => vec!["record"],
        Kind::List(item) => [vec!["each"], makers(item)].concat(),
    }
}

/// The records that `kind` names.
pub fn record_of(kind: &Kind) -> Option<&str> {
    match kind {
        Kind::Record(name) => Some(name),
        Kind::List(item) => record_of(item),
        _ => None,
    }
}

/// A Python text literal.
pub fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// `__all__`, sorted.
pub fn export<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let mut names: Vec<String> = names.into_iter().map(quoted).collect();
    names.sort_unstable();
    format!("\n\n__all__ = [{}]\n", names.join(", "))
}

/// `from module import a, b`, sorted, each once; nothing when there are no names.
pub fn import<'a>(module: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    let mut names: Vec<&str> = names.into_iter().collect();
    names.sort_unstable();
    names.dedup();
    match names.as_slice() {
        [] => String::new(),
        names => format!("from {module} import {}\n", names.join(", ")),
    }
}
