//! Every field of every result is shown by fixtures in every form in which the service may write it.
//!
//! Most of these fixtures are generated; this looks at what is there, whoever wrote it.
// Clippy tells tests by their attribute, and so does not know their helpers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;

use cyberark_identity::{Shape, operation::Meta};
use cyberark_identity_tests::fixture::{self, Fixture};
use serde_json::Value;
use xtask::ir::{self, Api, Kind, Operation, Record};

/// What a form is called, and whether a value has it.
type Form = (&'static str, fn(&Value) -> bool);

#[test]
fn every_field_of_every_result_is_shown_in_every_form() {
    let api = ir::read().unwrap();
    let fixtures = fixture::all();
    let operations = api.groups.iter().flat_map(|group| &group.operations);
    let lacks: Vec<String> = operations
        .flat_map(|operation| lacks(&api, operation, &fixtures))
        .collect();
    assert!(
        lacks.is_empty(),
        "no fixture shows:\n  {}",
        lacks.join("\n  ")
    );
}

/// What is left out stays as it is; what is null is cleared. For the arguments where the service tells these apart.
#[test]
fn every_argument_that_may_be_null_is_sent_as_null_as_a_value_and_not_at_all() {
    let api = ir::read().unwrap();
    let fixtures = fixture::all();
    let has = |operation: &str, sent: fn(Option<&Value>) -> bool, name: &str| {
        fixtures.iter().any(|fixture| {
            let body = fixture.request.body.as_ref();
            let arguments = [Some(&fixture.arguments), body];
            let mut sides = arguments
                .iter()
                .map(|side| side.and_then(|side| side.get(name)));
            fixture.operation == operation && fixture.result.is_some() && sides.all(sent)
        })
    };
    let operations = api.groups.iter().flat_map(|group| &group.operations);
    let nullable = operations.flat_map(|operation| {
        let nullable = operation
            .arguments
            .iter()
            .filter(|argument| argument.nullable);
        nullable.map(|argument| (operation.meta.name, argument.wire.as_str()))
    });
    for (operation, name) in nullable {
        assert!(
            has(operation, |v| v.is_none(), name),
            "{operation}: no fixture leaves `{name}` out"
        );
        assert!(
            has(operation, |v| v.is_some_and(Value::is_null), name),
            "{operation}: no `{name}` is null"
        );
        assert!(
            has(operation, |v| v.is_some_and(|v| !v.is_null()), name),
            "{operation}: no `{name}` has a value"
        );
    }
}

fn lacks(api: &Api, operation: &Operation, fixtures: &[Fixture]) -> Vec<String> {
    let meta = operation.meta;
    let results: Vec<Value> = fixtures
        .iter()
        .filter(|fixture| fixture.operation == meta.name && fixture.result.is_some())
        .map(|fixture| result_of(meta, fixture))
        .collect();
    let mut seen = Seen {
        api,
        values: BTreeMap::new(),
    };
    seen.values.insert(String::new(), results.clone());
    let mut lacks = seen.lacks("", &layouts(meta.shape));
    if let Some(record) = seen.find(operation.item.as_deref()) {
        for item in results.iter().flat_map(|result| items(meta.shape, result)) {
            seen.note(record, "", &item);
        }
        lacks.extend(seen.lacks_of(record, ""));
    }
    let told = |lack| format!("{}: {lack}", meta.name);
    lacks.into_iter().map(told).collect()
}

/// What the service gave as the result: null where it gave nothing.
fn result_of(meta: &Meta, fixture: &Fixture) -> Value {
    let body = fixture.response.body.clone().unwrap_or_default();
    if meta.is_scim() {
        return body;
    }
    let inner = |envelope: &Value| envelope.get("Result").cloned().unwrap_or_default();
    let result = inner(&body);
    match result.as_str() {
        // An envelope within the envelope; a text that is none is the result.
        Some(text) if meta.nested => {
            serde_json::from_str(text).map_or_else(|_| result.clone(), |nested| inner(&nested))
        }
        _ => result,
    }
}

/// The objects in a result.
fn items(shape: Shape, result: &Value) -> Vec<Value> {
    let list = |name: &str| member(result, name).and_then(Value::as_array);
    let rows = |value: &Value| value.as_array().cloned().unwrap_or_default();
    match shape {
        Shape::Record => vec![result.clone()],
        Shape::List => list("Resources").cloned().unwrap_or_default(),
        Shape::Rows => list("Results").map_or_else(
            || rows(result),
            |results| results.iter().map(|result| result["Row"].clone()).collect(),
        ),
        _ => Vec::new(),
    }
}

/// A member of an object, exactly or in another letter case.
fn member<'a>(object: &'a Value, name: &str) -> Option<&'a Value> {
    let (_, value) = object
        .as_object()?
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(name))?;
    Some(value)
}

/// Values by the path of their field.
struct Seen<'a> {
    api: &'a Api,
    values: BTreeMap<String, Vec<Value>>,
}

/// Stands for a field that is not there.
const MISSING: &str = "(missing)";

impl<'a> Seen<'a> {
    fn find(&self, name: Option<&str>) -> Option<&'a Record> {
        let mut records = self.api.records.iter();
        records.find(|record| Some(record.name.as_str()) == name)
    }

    fn note(&mut self, record: &'a Record, path: &str, object: &Value) {
        let Some(members) = object.as_object() else {
            return;
        };
        for field in &record.fields {
            let path = format!("{path}/{}", field.wire);
            let value = member(object, &field.wire);
            let value = value.cloned().unwrap_or_else(|| MISSING.into());
            let inner = match &field.kind {
                Kind::List(item) => item.as_ref(),
                kind => kind,
            };
            if let Kind::Record(name) = inner
                && let Some(record) = self.find(Some(name))
            {
                let alone = std::slice::from_ref(&value);
                for item in value.as_array().map_or(alone, Vec::as_slice) {
                    self.note(record, &path, item);
                }
            }
            self.values.entry(path).or_default().push(value);
        }
        let others = members.iter().filter(|(key, _)| !is_field(record, key));
        let others = others.map(|(_, value)| value.clone());
        let path = format!("{path}/…");
        self.values.entry(path).or_default().extend(others);
    }

    fn lacks_of(&self, record: &'a Record, path: &str) -> Vec<String> {
        let mut lacks = self.lacks(
            &format!("{path}/…"),
            &[("a member that is unknown", |_| true)],
        );
        for field in &record.fields {
            let path = format!("{path}/{}", field.wire);
            lacks.extend(self.lacks(&path, &forms(&field.kind)));
            let inner = match &field.kind {
                Kind::List(item) => item.as_ref(),
                kind => kind,
            };
            if let Kind::Record(name) = inner
                && let Some(record) = self.find(Some(name))
            {
                lacks.extend(self.lacks_of(record, &path));
            }
        }
        lacks
    }

    fn lacks(&self, path: &str, forms: &[Form]) -> Vec<String> {
        let values = self.values.get(path).map_or(&[][..], Vec::as_slice);
        let lacking = forms.iter().filter(|(_, has)| !values.iter().any(has));
        let told = |(name, _): &Form| format!("`{path}` as {name}");
        lacking.map(told).collect()
    }
}

fn is_field(record: &Record, key: &str) -> bool {
    let mut fields = record.fields.iter();
    fields.any(|field| field.wire.eq_ignore_ascii_case(key))
}

/// What a result as a whole may come as. Of records and nothing, the fields and the envelope tell.
fn layouts(shape: Shape) -> Vec<Form> {
    match shape {
        Shape::Nothing | Shape::Record => Vec::new(),
        Shape::Text => vec![("text", Value::is_string), ("a number", Value::is_number)],
        Shape::Boolean => {
            let mut forms = BOOLEANS.to_vec();
            forms.push(("null", Value::is_null));
            forms
        }
        Shape::Any => vec![
            ("an object", Value::is_object),
            ("a list", Value::is_array),
            ("null", Value::is_null),
        ],
        Shape::Rows => vec![
            ("rows of a query", |result| result["Results"].is_array()),
            ("a query in another letter case", |result| {
                result.get("Results").is_none() && member(result, "Results").is_some()
            }),
            ("a bare list", Value::is_array),
            ("null", Value::is_null),
        ],
        Shape::List => vec![
            ("a page with its counts", |page| {
                page["totalResults"].is_number()
            }),
            ("a page with counts as text", |page| {
                page["totalResults"].is_string()
            }),
            ("a page without counts", |page| {
                page.get("totalResults").is_none()
            }),
            ("a page with null for its resources", |page| {
                page.get("Resources").is_some_and(Value::is_null)
            }),
            ("a page without resources", |page| {
                page.get("Resources").is_none()
            }),
        ],
    }
}

const BOOLEANS: [Form; 4] = [
    ("true or false", Value::is_boolean),
    ("`\"True\"` or `\"False\"`", |v| v == "True" || v == "False"),
    ("`\"true\"` or `\"false\"`", |v| v == "true" || v == "false"),
    ("1 or 0", |v| v == 1 || v == 0 || v == "1" || v == "0"),
];

/// What a field of that kind may come as.
fn forms(kind: &Kind) -> Vec<Form> {
    let mut forms: Vec<Form> = match kind {
        Kind::Boolean => BOOLEANS.to_vec(),
        Kind::Integer => vec![
            ("a number", Value::is_i64),
            ("a number in a text", |v| {
                v.as_str()
                    .is_some_and(|text| text.trim().parse::<i64>().is_ok())
            }),
            ("a number that is not whole", Value::is_f64),
        ],
        Kind::Timestamp => vec![
            ("`/Date(ms)/`", |v| starts(v, "/Date(1")),
            ("a date of ISO 8601", |v| starts(v, "2")),
            ("the never date", |v| v == "/Date(-62135596800000)/"),
            ("a text that is no date", |v| v == "soon"),
        ],
        Kind::Object => vec![
            ("an object", Value::is_object),
            ("something else", |v| !v.is_object() && v != MISSING),
        ],
        Kind::Record(_) => vec![
            ("an object", Value::is_object),
            ("something else", |v| v.is_string() && v != MISSING),
        ],
        Kind::List(item) => lists(item),
        Kind::Any => vec![("an object", Value::is_object), ("a text", is_text)],
        Kind::Text | Kind::Words(_) | Kind::Known(_) | Kind::File => vec![
            ("a text", is_text),
            ("a number", Value::is_number),
            ("an object or a list", |v| v.is_object() || v.is_array()),
        ],
    };
    forms.push(("null", Value::is_null));
    forms.push(("missing", |v| v == MISSING));
    forms
}

fn lists(item: &Kind) -> Vec<Form> {
    let mut forms: Vec<Form> = vec![
        ("a list", |v| {
            v.as_array().is_some_and(|list| list.len() > 1)
        }),
        ("an empty list", |v| v.as_array().is_some_and(Vec::is_empty)),
        ("a list with nulls", |v| {
            v.as_array().is_some_and(|list| list.contains(&Value::Null))
        }),
        ("a lone item", |v| {
            !v.is_array() && !v.is_null() && v != MISSING
        }),
    ];
    if *item != Kind::Any {
        forms.push(("a list with an odd item", |v| {
            let strange = |item: &Value| item == "flat" || item.get("odd").is_some();
            v.as_array().is_some_and(|list| list.iter().any(strange))
        }));
    }
    forms
}

fn is_text(value: &Value) -> bool {
    value.is_string() && value != MISSING
}

fn starts(value: &Value, with: &str) -> bool {
    value.as_str().is_some_and(|text| text.starts_with(with))
}
