//! How an operation fails: what the service answers, and the error that comes of it. Told by the fixtures, which all languages
//! are held to.

use std::{collections::BTreeMap, fs};

use cyberark_identity::ErrorKind;
use serde_json::Value;

use crate::output::root;

/// A failure that a fixture shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// What goes wrong, in a few words.
    pub case: String,
    /// What the service answers.
    pub answer: String,
    /// Class of the error in Python and TypeScript.
    pub class: &'static str,
    /// Where this is known from, and how sure it is.
    pub source: String,
}

/// What the fixtures show.
#[derive(Debug, Default)]
pub struct Failures {
    /// What nearly every operation may be answered with.
    pub common: Vec<Failure>,
    /// The others, by operation.
    pub own: BTreeMap<String, Vec<Failure>>,
}

/// Reads the fixtures.
///
/// # Errors
/// One that cannot be read.
pub fn read() -> Result<Failures, String> {
    let mut failures = Failures {
        own: all()?,
        ..Failures::default()
    };
    let operations = failures.own.len();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for failure in failures.own.values().flatten() {
        *counts.entry(failure.case.clone()).or_default() += 1;
    }
    let is_common = |failure: &Failure| {
        counts
            .get(&failure.case)
            .is_some_and(|count| 4 * count >= 3 * operations)
    };
    for own in failures.own.values_mut() {
        for failure in own.extract_if(.., |failure| is_common(failure)) {
            let same =
                |known: &Failure| known.case == failure.case && known.answer == failure.answer;
            if !failures.common.iter().any(same) {
                failures.common.push(failure);
            }
        }
    }
    failures.common.sort_by(|a, b| a.case.cmp(&b.case));
    Ok(failures)
}

/// All failures, by operation and in the order of their names.
fn all() -> Result<BTreeMap<String, Vec<Failure>>, String> {
    let folder = root().join("tests/wire");
    let mut failures: BTreeMap<String, Vec<Failure>> = BTreeMap::new();
    for path in files(&folder)?.iter().map(|path| files(path)) {
        for path in path? {
            let told = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
            let text = fs::read_to_string(&path).map_err(|error| told(&error))?;
            let fixture: Value = serde_json::from_str(&text).map_err(|error| told(&error))?;
            let name = |part: Option<&std::ffi::OsStr>| {
                part.unwrap_or_default().to_string_lossy().into_owned()
            };
            let operation = name(path.parent().and_then(std::path::Path::file_name));
            if let Some(failure) = failure(&name(path.file_stem()), &fixture) {
                failures.entry(operation).or_default().push(failure);
            }
        }
    }
    Ok(failures)
}

/// What each class of error stands for, in a sentence without its full stop.
pub fn by_class(failures: &[Failure]) -> Vec<(&'static str, String)> {
    let mut classes: Vec<(&'static str, String)> = Vec::new();
    for failure in failures {
        let told = format!("{} ({})", failure.case, failure.answer);
        match classes
            .iter_mut()
            .find(|(class, _)| *class == failure.class)
        {
            Some((_, answers)) => {
                answers.push_str("; ");
                answers.push_str(&told);
            }
            None => classes.push((failure.class, told)),
        }
    }
    classes
}

fn files(folder: &std::path::Path) -> Result<Vec<std::path::PathBuf>, String> {
    let told = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(told)? {
        paths.push(entry.map_err(told)?.path());
    }
    paths.sort();
    Ok(paths)
}

fn failure(case: &str, fixture: &Value) -> Option<Failure> {
    let kind = fixture["error"]["kind"].as_str()?;
    let row = ErrorKind::TABLE
        .iter()
        .find(|row| format!("{:?}", row.kind) == kind)?;
    Some(Failure {
        case: case.replace('-', " "),
        answer: answer(&fixture["response"]),
        class: row.class,
        source: fixture["about"].as_str().unwrap_or_default().to_owned(),
    })
}

fn answer(response: &Value) -> String {
    let status = &response["status"];
    let body = &response["body"];
    let Some(members) = body.as_object() else {
        let text = response["text"].as_str().unwrap_or_default();
        return match text {
            "" => format!("{status}, an empty body"),
            _ if text.starts_with('<') => format!("{status}, an HTML page"),
            _ => format!("{status}, a body that is cut short"),
        };
    };
    if members.contains_key("success") {
        return envelope(body);
    }
    let code = body["scimType"].as_str();
    let code = code.map_or_else(String::new, |code| format!(", `{code}`"));
    format!("{status}{code}{}", quoted(&body["detail"]))
}

/// A platform call answers 200 whatever comes of it. The result may be an envelope of its own, written as text.
fn envelope(body: &Value) -> String {
    let inner = body["Result"].as_str();
    if let Some(inner) = inner.and_then(|text| serde_json::from_str::<Value>(text).ok()) {
        return format!("`success: true` around {}", envelope(&inner));
    }
    let code = body["ErrorCode"].as_str();
    let code = code.map_or_else(String::new, |code| format!(", code `{code}`"));
    format!(
        "`success: {}`{code}{}",
        body["success"],
        quoted(&body["Message"])
    )
}

fn quoted(text: &Value) -> String {
    let text = text.as_str().map(str::trim);
    text.map_or_else(String::new, |text| format!(", “{text}”"))
}
