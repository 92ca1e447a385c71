//! Fixtures that show each operation's answer in every form in which its fields may come, and its arguments as null.
//!
//! The rest is that of the operation's `success.json`. All languages play them beside those that are written by hand.

use std::fs;

use cyberark_identity::{Shape, operation::Meta};
use serde_json::{Map, Value, json};

use crate::{
    forms::{self, Form, NAMES},
    ir::{Api, Field, Kind, Operation},
    output::{File, MARK, root},
};

/// # Errors
/// An operation without a `success.json`, or with one that is no fixture.
pub fn files(api: &Api) -> Result<Vec<File>, String> {
    let mut files = Vec::new();
    for operation in api.groups.iter().flat_map(|group| &group.operations) {
        let name = operation.meta.name;
        let success = success(name)?;
        let answers = answers(operation, api);
        if !answers.is_empty() {
            let shared =
                json!({ "arguments": success["arguments"], "request": success["request"] });
            files.push(file(name, "tolerant-forms", shared, answers));
        }
        let nulls = nulls(operation, &success);
        if !nulls.is_empty() {
            let shared = json!({ "response": success["response"], "result": success["result"] });
            files.push(file(name, "success-nulls", shared, nulls));
        }
    }
    Ok(files)
}

fn success(operation: &str) -> Result<Value, String> {
    let path = format!("tests/wire/{operation}/success.json");
    let told = |error: &dyn std::fmt::Display| format!("{path}: {error}");
    let text = fs::read_to_string(root().join(&path)).map_err(|error| told(&error))?;
    serde_json::from_str(&text).map_err(|error| told(&error))
}

/// A file of fixtures, which have `shared` in common.
fn file(operation: &str, case: &str, shared: Value, answers: Vec<Value>) -> File {
    let mut fixture = Map::from_iter([("about".to_owned(), MARK.into())]);
    if let Value::Object(shared) = shared {
        fixture.extend(shared);
    }
    fixture.insert("answers".to_owned(), answers.into());
    let text = format!("{:#}\n", Value::Object(fixture));
    File::new(format!("tests/wire/{operation}/{case}.json"), text)
}

/// All arguments that may be null: as null, with a value, and left out.
fn nulls(operation: &Operation, success: &Value) -> Vec<Value> {
    let nullable = |argument: &&Field| argument.nullable;
    let nullable: Vec<&Field> = operation.arguments.iter().filter(nullable).collect();
    if nullable.is_empty() {
        return Vec::new();
    }
    let with = |members: &Value, value: fn(&Kind) -> Option<Value>| {
        let mut members = members.as_object().cloned().unwrap_or_default();
        for argument in &nullable {
            members.shift_remove(&argument.wire);
            members.extend(value(&argument.kind).map(|value| (argument.wire.clone(), value)));
        }
        members
    };
    let fixture = |about: &str, value: fn(&Kind) -> Option<Value>| {
        let mut request = success["request"].clone();
        request["body"] = with(&request["body"], value).into();
        json!({ "about": about, "arguments": with(&success["arguments"], value), "request": request })
    };
    vec![
        fixture("Null is sent as null.", |_| Some(Value::Null)),
        fixture("What is left out is not sent.", |_| None),
        fixture("A value is sent as it is.", |kind| match kind {
            Kind::Timestamp => Some(json!("2030-01-31T12:00:00Z")),
            _ => Some(json!("one of its own")),
        }),
    ]
}

/// Every form of the whole result, with what it reads as.
fn answers(operation: &Operation, api: &Api) -> Vec<Value> {
    let forms = |kind: &Kind| named(forms::of_plain(kind, "result", 0, api));
    let forms: Vec<(String, Form)> = match operation.shape() {
        // The first four are texts, numbers and booleans. Anything else is no text, and null is none.
        Shape::Text => forms(&Kind::Text).into_iter().take(4).collect(),
        // The last one, which is no boolean, is an error.
        Shape::Boolean => forms(&Kind::Boolean).into_iter().take(5).collect(),
        Shape::Any => forms(&Kind::Any),
        Shape::Record => named(items(operation, api)),
        Shape::Rows => rows(&items(operation, api)),
        Shape::List => lists(&items(operation, api)),
        Shape::Nothing => Vec::new(),
    };
    forms
        .into_iter()
        .map(|(about, form)| {
            json!({
                "about": about,
                "response": { "status": 200, "body": body(operation.meta, form.sent) },
                "result": form.read,
            })
        })
        .collect()
}

fn named(forms: Vec<Form>) -> Vec<(String, Form)> {
    let name = |index: usize| match NAMES.get(index) {
        Some(name) => format!("Every field {name}."),
        None => "A form that only records within records have.".to_owned(),
    };
    let numbered = forms.into_iter().enumerate();
    numbered.map(|(index, form)| (name(index), form)).collect()
}

fn items(operation: &Operation, api: &Api) -> Vec<Form> {
    let record = api
        .records
        .iter()
        .find(|record| Some(&record.name) == operation.item.as_ref());
    record.map_or_else(Vec::new, |record| forms::of_record(record, api))
}

/// Rows with every form among them, in the layouts that the service uses.
fn rows(items: &[Form]) -> Vec<(String, Form)> {
    let read = || Some(items.iter().filter_map(|item| item.read.clone()).collect());
    let bare: Value = items.iter().map(|item| item.sent.clone()).collect();
    let results: Value = items
        .iter()
        .map(|item| json!({ "Entities": [], "Row": item.sent }))
        .collect();
    let count = items.len();
    let wrapped = json!({ "Count": count, "FullCount": count, "Columns": [], "Results": results });
    let respelled = json!({ "fullcount": count.to_string(), "RESULTS": results, "addedLater": 1 });
    let none = |sent| Form {
        sent,
        read: Some(json!([])),
    };
    let with = |sent| Form { sent, read: read() };
    [
        ("The query format, with rows of every form.", with(wrapped)),
        (
            "Members of the query format in another letter case, some missing, a count as text.",
            with(respelled),
        ),
        ("A bare list, with rows of every form.", with(bare)),
        (
            "The query format without rows.",
            none(json!({ "Results": null, "FullCount": 0 })),
        ),
        ("No result at all.", none(Value::Null)),
    ]
    .map(|(about, form)| (about.to_owned(), form))
    .into()
}

/// Pages with every form among their resources.
fn lists(items: &[Form]) -> Vec<(String, Form)> {
    let resources: Value = items.iter().map(|item| item.sent.clone()).collect();
    let read: Value = items.iter().filter_map(|item| item.read.clone()).collect();
    let page = |resources: &Value, counts: [Value; 3]| {
        let [total, start, size] = counts;
        let page: Map<String, Value> = [
            ("Resources", resources.clone()),
            ("totalResults", total),
            ("startIndex", start),
            ("itemsPerPage", size),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into_iter()
        .collect();
        Value::Object(page)
    };
    let none = || [Value::Null, Value::Null, Value::Null];
    let counts = || [json!(200), json!(1), json!(items.len())];
    let as_text = [json!("200"), json!("1"), json!(items.len().to_string())];
    let odd = [json!("many"), json!([1]), json!(true)];
    [
        (
            "Resources of every form.",
            Form {
                sent: page(&resources, counts()),
                read: Some(page(&read, counts())),
            },
        ),
        (
            "Counts as text, and no resources.",
            Form {
                sent: page(&Value::Null, as_text),
                read: Some(page(&json!([]), counts())),
            },
        ),
        (
            "Counts that are none.",
            Form {
                sent: page(&resources, odd),
                read: Some(page(&read, none())),
            },
        ),
        (
            "Nothing but resources.",
            Form {
                sent: json!({ "Resources": resources }),
                read: Some(page(&read, none())),
            },
        ),
        (
            "Not even resources.",
            Form {
                sent: json!({ "addedLater": 1 }),
                read: Some(page(&json!([]), none())),
            },
        ),
    ]
    .map(|(about, form)| (about.to_owned(), form))
    .into()
}

/// The answer around the result. Members that say nothing may be missing.
fn body(meta: &Meta, result: Value) -> Value {
    if meta.is_scim() {
        return result;
    }
    let envelope = |result: Value| json!({ "success": true, "Result": result, "addedLater": null });
    match meta.nested {
        true => envelope(envelope(result).to_string().into()),
        false => envelope(result),
    }
}
