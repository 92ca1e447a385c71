//! Wire fixtures: `tests/wire/<operation>/<case>.json`. A file with `answers` is as many fixtures, called `<case>#<number>`:
//! each answer has what differs from the members beside `answers`.

use std::{fs, path::PathBuf};

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::tests_folder;

/// One case of one operation: what a caller gives, what goes out, what comes in, and what the caller gets.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fixture {
    /// Folder name.
    #[serde(skip)]
    pub operation: String,
    /// File name.
    #[serde(skip)]
    pub case: String,
    /// Where the facts come from, and how sure they are.
    pub about: String,
    /// Arguments under their wire names.
    pub arguments: Value,
    /// What has to go out.
    pub request: Request,
    /// What comes in.
    pub response: Response,
    /// The result, as JSON; null for an operation that returns nothing.
    #[serde(default, deserialize_with = "given")]
    pub result: Option<Value>,
    /// Or the error.
    pub error: Option<Expected>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Request {
    pub method: String,
    pub path: String,
    #[serde(default)]
    pub query: String,
    /// JSON body.
    #[serde(default)]
    pub body: Option<Value>,
    /// Parts of a form.
    #[serde(default)]
    pub parts: Option<Vec<Part>>,
}

/// A part of a form.
#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// The `Content-Disposition`.
    pub disposition: String,
    #[serde(default)]
    pub content_type: Option<String>,
    pub text: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Response {
    pub status: u16,
    #[serde(default = "json")]
    pub content_type: String,
    /// JSON body.
    #[serde(default)]
    pub body: Option<Value>,
    /// Body that is not JSON, or not valid.
    #[serde(default)]
    pub text: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    pub kind: String,
    pub message: String,
    #[serde(default)]
    pub code: Option<String>,
    #[serde(default)]
    pub message_id: Option<String>,
    #[serde(default)]
    pub error_id: Option<String>,
}

fn given<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

fn json() -> String {
    "application/json; charset=utf-8".to_owned()
}

impl Response {
    /// The body as sent.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        match (&self.body, &self.text) {
            (Some(body), _) => body.to_string().into_bytes(),
            (None, Some(text)) => text.clone().into_bytes(),
            (None, None) => Vec::new(),
        }
    }
}

/// All fixtures, sorted by operation and case.
///
/// # Panics
/// For a file that is not a fixture.
#[must_use]
#[allow(clippy::panic)]
pub fn all() -> Vec<Fixture> {
    let mut files: Vec<PathBuf> = folders(&tests_folder("wire"))
        .iter()
        .flat_map(folders)
        .collect();
    files.sort();
    let load = |path: &PathBuf| load(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    files.iter().flat_map(load).collect()
}

fn folders(path: &PathBuf) -> Vec<PathBuf> {
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

fn load(path: &PathBuf) -> Result<Vec<Fixture>, Box<dyn std::error::Error>> {
    let mut shared: Map<String, Value> = serde_json::from_str(&fs::read_to_string(path)?)?;
    let name = |part: Option<&std::ffi::OsStr>| {
        part.map(|p| p.to_string_lossy().into_owned())
            .unwrap_or_default()
    };
    let operation = name(path.parent().and_then(std::path::Path::file_name));
    let case = name(path.file_stem());
    let Some(answers) = shared.remove("answers") else {
        return Ok(vec![read(shared, operation, case)?]);
    };
    let answers: Vec<Map<String, Value>> = serde_json::from_value(answers)?;
    let numbered = answers.into_iter().enumerate();
    numbered
        .map(|(index, answer)| {
            let mut members = shared.clone();
            members.extend(answer);
            read(members, operation.clone(), format!("{case}#{}", index + 1))
        })
        .collect()
}

fn read(
    members: Map<String, Value>,
    operation: String,
    case: String,
) -> Result<Fixture, Box<dyn std::error::Error>> {
    let fixture: Fixture = serde_json::from_value(members.into())?;
    if fixture.result.is_some() == fixture.error.is_some() {
        return Err("a fixture ends in either `result` or `error`".into());
    }
    Ok(Fixture {
        operation,
        case,
        ..fixture
    })
}
