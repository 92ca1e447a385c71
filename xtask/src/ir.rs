//! What the generators need to know, read from the registry, its JSON schemas, and the fixtures of failures.

use cyberark_identity::{Shape, groups, operation::Meta};
use schemars::SchemaGenerator;
use serde_json::Value;

use crate::failures::{self, Failure};

/// Everything that has a surface.
#[derive(Debug)]
pub struct Api {
    pub groups: Vec<Group>,
    /// Records that operations take or return, in the order in which they are met, the inner ones first.
    pub records: Vec<Record>,
    /// Words that records and arguments have, in the order in which they are met.
    pub words: Vec<Words>,
    /// What nearly every operation may be answered with instead of a result.
    pub failures: Vec<Failure>,
}

/// Words that the service is known to use; others may come.
#[derive(Debug)]
pub struct Words {
    pub name: String,
    pub doc: String,
    pub words: Vec<Word>,
}

#[derive(Debug)]
pub struct Word {
    /// CamelCase name.
    pub name: String,
    pub wire: String,
    pub doc: String,
}

#[derive(Debug)]
pub struct Group {
    /// `["scim", "users"]`.
    pub path: Vec<&'static str>,
    pub doc: String,
    pub operations: Vec<Operation>,
}

#[derive(Debug)]
pub struct Operation {
    pub meta: &'static Meta,
    /// Name within the group, snake_case.
    pub name: &'static str,
    pub doc: String,
    pub arguments: Vec<Field>,
    /// Record of the result, or of the items of a list or rows; none for text and for nothing.
    pub item: Option<String>,
    /// How it is known to fail, apart from what every operation may be answered with.
    pub failures: Vec<Failure>,
}

#[derive(Debug)]
pub struct Record {
    pub name: String,
    pub doc: String,
    pub fields: Vec<Field>,
}

#[derive(Debug)]
pub struct Field {
    /// snake_case name.
    pub name: String,
    pub wire: String,
    pub kind: Kind,
    pub required: bool,
    /// Null is a value of its own, different from leaving it out. Arguments only.
    pub nullable: bool,
    /// How it goes out.
    pub sent: Sent,
    /// Whether it goes out also when it is not given.
    pub always_sent: bool,
    pub doc: String,
}

/// How an argument goes out, for the description of requests.
#[derive(Debug)]
pub enum Sent {
    /// As it is given.
    AsGiven,
    /// As what this JSON schema describes.
    As(Value),
    /// Its members stand where it would, under names that nobody can list beforehand.
    Beside,
    Never,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    Text,
    /// One of these words.
    Words(Vec<String>),
    /// Usually one of the words of that name.
    Known(String),
    Boolean,
    Integer,
    Timestamp,
    /// A file to upload: bytes, or a path that is read while it is sent.
    File,
    /// Any JSON value.
    Any,
    /// An object with keys that nobody can list beforehand.
    Object,
    Record(String),
    List(Box<Kind>),
}

/// Reads the registry, and what the fixtures say of failures.
///
/// # Errors
/// A schema that no generator could turn into a type; the message names it.
pub fn read() -> Result<Api, String> {
    let mut generator = SchemaGenerator::default();
    let mut reader = Reader {
        records: Vec::new(),
        words: Vec::new(),
    };
    let mut failures = failures::read()?;
    let mut result = Vec::new();
    for group in groups() {
        let mut operations = Vec::new();
        for entry in group.operations {
            let schemas = entry.schemas(&mut generator);
            let definitions = Value::Object(generator.definitions().clone());
            let scope = Scope {
                definitions: &definitions,
            };
            let meta = entry.meta;
            let within = |error: String| format!("{}: {error}", meta.name);
            let item = schemas
                .item
                .map(|item| reader.kind(item.as_value(), &scope));
            operations.push(Operation {
                meta,
                name: meta.name.rsplit('.').next().unwrap_or(meta.name),
                doc: tidy(meta.doc),
                arguments: reader
                    .fields(schemas.request.as_value(), &scope)
                    .map_err(within)?,
                item: match item.transpose().map_err(within)? {
                    Some(Kind::Record(name)) => Some(name),
                    Some(other) => return Err(within(format!("the result is a {other:?}"))),
                    None => None,
                },
                failures: failures.own.remove(meta.name).unwrap_or_default(),
            });
        }
        let path = group.name.split('.').collect();
        result.push(Group {
            path,
            doc: tidy(group.doc),
            operations,
        });
    }
    Ok(Api {
        groups: result,
        records: reader.records,
        words: reader.words,
        failures: failures.common,
    })
}

impl Operation {
    /// Layout of the result.
    pub fn shape(&self) -> Shape {
        self.meta.shape
    }

    /// Whether it answers with pages that are asked for by `startIndex` and `count`.
    pub fn is_paged(&self) -> bool {
        let asks = |wire: &str| self.arguments.iter().any(|argument| argument.wire == wire);
        self.shape() == Shape::List && asks("startIndex") && asks("count")
    }

    /// The only required argument, when there is exactly one and it is a text: it may be given without its name.
    pub fn leading(&self) -> Option<&Field> {
        let mut required = self.arguments.iter().filter(|argument| argument.required);
        let first = required
            .next()
            .filter(|argument| argument.kind == Kind::Text);
        first.filter(|_| required.next().is_none() && self.arguments.len() == 1)
    }
}

struct Scope<'a> {
    definitions: &'a Value,
}

struct Reader {
    records: Vec<Record>,
    words: Vec<Words>,
}

impl Reader {
    fn fields(&mut self, schema: &Value, scope: &Scope<'_>) -> Result<Vec<Field>, String> {
        let properties = schema["properties"].as_object();
        let mut fields = Vec::new();
        for (wire, property) in properties.into_iter().flatten() {
            let name = property["x-name"].as_str();
            let name = name.ok_or_else(|| format!("`{wire}` has no x-name"))?;
            fields.push(Field {
                name: name.to_owned(),
                wire: wire.clone(),
                kind: self
                    .kind(property, scope)
                    .map_err(|error| format!("`{wire}`: {error}"))?,
                required: property["x-required"] == true,
                nullable: property["x-nullable"] == true,
                sent: match property.get("x-sent") {
                    None => Sent::AsGiven,
                    Some(Value::Bool(false)) => Sent::Never,
                    Some(word) if word == "beside" => Sent::Beside,
                    Some(schema) => Sent::As(schema.clone()),
                },
                always_sent: property["x-always-sent"] == true,
                doc: tidy(property["description"].as_str().unwrap_or_default()),
            });
        }
        Ok(fields)
    }

    fn kind(&mut self, schema: &Value, scope: &Scope<'_>) -> Result<Kind, String> {
        if schema == &Value::Bool(true) {
            return Ok(Kind::Any);
        }
        if schema["x-file"] == true {
            return Ok(Kind::File);
        }
        if let Some(reference) = schema["$ref"].as_str() {
            return self.reference(reference, scope);
        }
        if let Some(either) = schema["anyOf"].as_array() {
            let mut some = either.iter().filter(|one| one["type"] != "null");
            let first = some.next().ok_or("anyOf of nothing but null")?;
            return self.kind(first, scope);
        }
        if let Some(words) = schema["enum"].as_array() {
            return words_of(words.iter());
        }
        // Words of which each has its own documentation.
        if let Some(words) = schema["oneOf"].as_array() {
            return words_of(words.iter().map(|word| &word["const"]));
        }
        match type_of(schema) {
            Some("string") if schema["format"] == "date-time" => Ok(Kind::Timestamp),
            Some("string") => Ok(Kind::Text),
            Some("boolean") => Ok(Kind::Boolean),
            Some("integer") => Ok(Kind::Integer),
            Some("array") => Ok(Kind::List(Box::new(self.kind(&schema["items"], scope)?))),
            Some("object") => Ok(Kind::Object),
            Some(other) => Err(format!("no type for `{other}`")),
            None => Ok(Kind::Any),
        }
    }

    fn reference(&mut self, reference: &str, scope: &Scope<'_>) -> Result<Kind, String> {
        let name = reference.rsplit('/').next().unwrap_or(reference);
        let schema = &scope.definitions[name];
        if let Some(words) = schema["x-words"].as_array() {
            self.note_words(name, schema, words);
            return Ok(Kind::Known(name.to_owned()));
        }
        if schema["x-record"] != true {
            return self.kind(schema, scope);
        }
        if !self.records.iter().any(|record| record.name == name) {
            let fields = self.fields(schema, scope)?;
            let doc = tidy(schema["description"].as_str().unwrap_or_default());
            self.records.push(Record {
                name: name.to_owned(),
                doc,
                fields,
            });
        }
        Ok(Kind::Record(name.to_owned()))
    }
}

impl Reader {
    fn note_words(&mut self, name: &str, schema: &Value, words: &[Value]) {
        if self.words.iter().any(|known| known.name == name) {
            return;
        }
        let text = |value: &Value| tidy(value.as_str().unwrap_or_default());
        self.words.push(Words {
            name: name.to_owned(),
            doc: text(&schema["description"]),
            words: words
                .iter()
                .map(|word| Word {
                    name: text(&word["name"]),
                    wire: text(&word["wire"]),
                    doc: text(&word["doc"]),
                })
                .collect(),
        });
    }
}

/// The type, not counting null.
fn type_of(schema: &Value) -> Option<&str> {
    match &schema["type"] {
        Value::String(one) => Some(one),
        Value::Array(several) => several
            .iter()
            .filter_map(Value::as_str)
            .find(|one| *one != "null"),
        _ => None,
    }
}

fn words_of<'a>(words: impl Iterator<Item = &'a Value>) -> Result<Kind, String> {
    let texts = words
        .filter(|word| !word.is_null())
        .map(|word| word.as_str().map(str::to_owned));
    texts
        .collect::<Option<Vec<_>>>()
        .map(Kind::Words)
        .ok_or_else(|| "an enum of more than texts".to_owned())
}

/// Documentation without the blank that `///` leaves before each line.
fn tidy(doc: &str) -> String {
    let lines: Vec<&str> = doc
        .lines()
        .map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end())
        .collect();
    lines.join("\n").trim().to_owned()
}
