//! In which forms the fields of an answer may come, and what each has to read as.
//!
//! What comes and what it reads as are written side by side, by the kind of the field. Nothing here asks the SDK how it
//! reads, so that fixtures made of it can find the SDK wrong.

use serde_json::{Map, Value, json};

use crate::ir::{Api, Field, Kind, Record};

/// A value as it comes, and what it reads as: nothing, where a field stays empty.
#[derive(Debug, Clone)]
pub struct Form {
    pub sent: Value,
    pub read: Option<Value>,
}

/// What the forms of the plain kinds are, in their order. Records within records have some more.
pub const NAMES: [&str; 7] = [
    "as documented",
    "as another type: `\"True\"`, ISO 8601, numbers as text, texts as number, one item for a list",
    "as another type, under names in capitals: `\"false\"`, the never date, nulls in a list",
    "at the edge: 1 and 0, the epoch, empty texts and lists",
    "as null",
    "as what a field cannot hold, which is kept as it came",
    "missing",
];

/// Position of the form in which names come in capitals.
const IN_CAPITALS: usize = 2;

/// A member that no record has. What is not known is kept.
const UNKNOWN: &str = "addedLater";

impl Form {
    fn same(value: Value) -> Self {
        Self {
            read: Some(value.clone()),
            sent: value,
        }
    }

    fn reads(sent: Value, read: Value) -> Self {
        let read = Some(read);
        Self { sent, read }
    }

    fn nothing(sent: Value) -> Self {
        Self { sent, read: None }
    }
}

/// The forms of a record: one object for each, in which all fields come in that form.
pub fn of_record(record: &Record, api: &Api) -> Vec<Form> {
    let fields: Vec<(&Field, Vec<Option<Form>>)> = record
        .fields
        .iter()
        .enumerate()
        .map(|(index, field)| (field, of_field(field, index, api)))
        .collect();
    let count = fields.iter().map(|(_, forms)| forms.len()).max();
    (0..count.unwrap_or(1))
        .map(|form| object(&fields, form))
        .collect()
}

fn object(fields: &[(&Field, Vec<Option<Form>>)], form: usize) -> Form {
    let unknown = json!({ "form": form });
    let mut sent = Map::from_iter([(UNKNOWN.to_owned(), unknown.clone())]);
    let mut read = Map::from_iter([(UNKNOWN.to_owned(), unknown)]);
    for (field, forms) in fields {
        let Some(value) = forms.get(form).cloned().flatten() else {
            continue;
        };
        let name = match form {
            IN_CAPITALS => field.wire.to_uppercase(),
            _ => field.wire.clone(),
        };
        sent.insert(name, value.sent);
        if let Some(value) = value.read {
            read.insert(field.wire.clone(), value);
        }
    }
    Form::reads(sent.into(), read.into())
}

/// The forms of a field. None is a field that is missing. `index` makes its values different from those of its neighbours.
fn of_field(field: &Field, index: usize, api: &Api) -> Vec<Option<Form>> {
    let mut forms: Vec<Option<Form>> = match &field.kind {
        Kind::Record(name) => {
            let mut forms = nested(name, api);
            forms.extend([Form::nothing(Value::Null), Form::same(json!("flat"))]);
            forms.into_iter().map(Some).collect()
        }
        Kind::List(item) => of_list(item, index, api).into_iter().map(Some).collect(),
        kind => of_plain(kind, &field.wire, index, api)
            .into_iter()
            .map(Some)
            .collect(),
    };
    forms.push(None);
    forms
}

fn nested(name: &str, api: &Api) -> Vec<Form> {
    let record = api.records.iter().find(|record| record.name == name);
    record.map_or_else(Vec::new, |record| of_record(record, api))
}

/// The forms of a field that holds one plain value, in the order of [`NAMES`]; the last of those is left to the field.
pub fn of_plain(kind: &Kind, wire: &str, index: usize, api: &Api) -> Vec<Form> {
    let [documented, other, respelled, edge] = match kind {
        Kind::Boolean => booleans(index),
        Kind::Integer => integers(index),
        Kind::Timestamp => dates(index),
        Kind::Any => anything(index),
        Kind::Object => objects(index),
        _ => texts(kind, wire, index, api),
    };
    let odd = match kind {
        Kind::Boolean => json!("perhaps"),
        Kind::Integer => json!(1.5),
        Kind::Timestamp => json!("soon"),
        _ if index.is_multiple_of(2) => json!([index]),
        Kind::Object => json!(true),
        _ => json!({ "odd": index }),
    };
    let null = Form::nothing(Value::Null);
    vec![documented, other, respelled, edge, null, Form::same(odd)]
}

fn texts(kind: &Kind, wire: &str, index: usize, api: &Api) -> [Form; 4] {
    let documented = match kind {
        Kind::Known(name) => word(name, index, api),
        _ => format!("{wire} {index} ✓"),
    };
    let flag = index.is_multiple_of(2);
    [
        Form::same(documented.into()),
        Form::reads(json!(1000 + index), json!((1000 + index).to_string())),
        Form::reads(json!(flag), json!(flag.to_string())),
        Form::same(json!("")),
    ]
}

fn word(name: &str, index: usize, api: &Api) -> String {
    let words = api.words.iter().find(|words| words.name == name);
    let words = words.map_or(&[][..], |words| &words.words);
    let word = words.get(index.checked_rem(words.len()).unwrap_or(0));
    word.map_or_else(|| name.to_owned(), |word| word.wire.clone())
}

fn booleans(index: usize) -> [Form; 4] {
    let flag = index.is_multiple_of(2);
    let (text, small, digit) = match flag {
        true => ("True", "false", json!(1)),
        false => ("False", "true", json!("0")),
    };
    [
        Form::same(json!(flag)),
        Form::reads(json!(text), json!(flag)),
        Form::reads(json!(small), json!(!flag)),
        Form::reads(digit, json!(flag)),
    ]
}

fn integers(index: usize) -> [Form; 4] {
    [
        Form::same(json!(100 + index)),
        Form::reads(json!((200 + index).to_string()), json!(200 + index)),
        Form::reads(json!(" -7 "), json!(-7)),
        Form::same(json!(0)),
    ]
}

/// Both encodings of an instant on 7 November 2024, which differs by a second from field to field.
fn dates(index: usize) -> [Form; 4] {
    let second = index % 60;
    let read = json!(format!("2024-11-07T17:20:{second:02}Z"));
    let milliseconds = 1_731_000_000_000 + 1000 * second;
    let iso = match index.is_multiple_of(2) {
        true => format!("2024-11-07T17:20:{second:02}.0000000Z"),
        false => format!("2024-11-07T18:20:{second:02}+01:00"),
    };
    [
        Form::reads(json!(format!("/Date({milliseconds})/")), read.clone()),
        Form::reads(json!(iso), read),
        Form::nothing(json!("/Date(-62135596800000)/")),
        Form::reads(json!("/Date(0)/"), json!("1970-01-01T00:00:00Z")),
    ]
}

fn anything(index: usize) -> [Form; 4] {
    let nested = json!({ "any": [index, null] });
    [nested, json!("text"), json!(false), json!(0)].map(Form::same)
}

/// What is no object is kept as it came, and so reads as the same value as well.
fn objects(index: usize) -> [Form; 4] {
    let nested = json!({ "a": index, "b": { "c": "x" } });
    [nested, json!("text"), json!(false), json!({})].map(Form::same)
}

/// The forms of a list, in the order of [`NAMES`], and one more for lists of records.
fn of_list(item: &Kind, index: usize, api: &Api) -> Vec<Form> {
    let items = match item {
        Kind::Record(name) => nested(name, api),
        _ => of_plain(item, "item", index, api),
    };
    let Some(first) = items.first().cloned() else {
        return Vec::new();
    };
    let of = |forms: &[Form]| Form {
        sent: forms.iter().map(|form| form.sent.clone()).collect(),
        read: Some(forms.iter().filter_map(|form| form.read.clone()).collect()),
    };
    // A record holds whatever comes in its fields; of other kinds, an odd item makes the whole list odd.
    let (understood, odd) = match item {
        Kind::Record(_) => (items.as_slice(), json!(["flat"])),
        Kind::Any => (items.as_slice(), json!({ "lone": index })),
        _ => (&items[..2], json!(["text", { "odd": index }])),
    };
    let lone = &items[1];
    let wrapped = lone.read.clone().map(|read| Value::Array(vec![read]));
    let odd = match item {
        Kind::Any => Form::reads(odd.clone(), json!([odd])),
        _ => Form::same(odd),
    };
    vec![
        of(understood),
        Form {
            sent: lone.sent.clone(),
            read: wrapped,
        },
        of(&[first.clone(), Form::nothing(Value::Null), first]),
        Form::nothing(json!([])),
        Form::nothing(Value::Null),
        odd,
    ]
}
