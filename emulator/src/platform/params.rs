//! Parameters of platform calls: from the query string or the JSON body, named without regard to case.

use std::borrow::Cow;

use serde_json::{Map, Value};
use uuid::Uuid;

use super::Failure;
use crate::call::{Call, Query, member};
use crate::state::Directory;
use crate::state::user::User;

/// The parameters of one call. Where a name is given twice the body wins; which one the service prefers is not known.
#[derive(Debug)]
pub(crate) struct Params<'a> {
    query: &'a Query,
    body: Map<String, Value>,
}

impl<'a> Params<'a> {
    /// Reads the body, which may be missing.
    pub(crate) fn of(call: &'a Call<'_>) -> Result<Self, Failure> {
        let body = match parse(call.body)? {
            Value::Null => Map::new(),
            Value::Object(members) => members,
            other => {
                return Err(Failure::malformed_json(&format!(
                    "Unexpected {} where an object was expected.",
                    kind(&other)
                )));
            }
        };
        Ok(Self {
            query: &call.query,
            body,
        })
    }

    /// The query string alone, for calls whose body is no JSON.
    pub(crate) fn without_body(call: &'a Call<'_>) -> Self {
        Self {
            query: &call.query,
            body: Map::new(),
        }
    }

    /// The parameter as it is, without the string conversion of the query; null counts as missing.
    pub(crate) fn value(&self, name: &str) -> Option<&Value> {
        member(&self.body, name).filter(|value| !value.is_null())
    }

    /// A scalar as text. Numbers and booleans are converted, as a lenient binder does.
    pub(crate) fn text(&self, name: &str) -> Result<Option<Cow<'_, str>>, Failure> {
        match self.value(name) {
            None => Ok(self.query.get(name).map(Cow::Borrowed)),
            Some(Value::String(text)) => Ok(Some(Cow::Borrowed(text))),
            Some(Value::Number(number)) => Ok(Some(Cow::Owned(number.to_string()))),
            Some(Value::Bool(flag)) => {
                Ok(Some(Cow::Borrowed(if *flag { "True" } else { "False" })))
            }
            Some(other) => Err(Failure::invalid(
                name,
                &format!("{} cannot be read as text.", kind(other)),
            )),
        }
    }

    /// A scalar that has to be there; blank counts as missing.
    pub(crate) fn required(&self, name: &str) -> Result<Cow<'_, str>, Failure> {
        self.text(name)?
            .filter(|text| !text.trim().is_empty())
            .ok_or_else(|| Failure::missing(name))
    }

    /// A boolean, which may also be written as text.
    pub(crate) fn boolean(&self, name: &str) -> Result<Option<bool>, Failure> {
        match self.text(name)?.as_deref().map(str::trim) {
            None | Some("") => Ok(None),
            Some(word) if word.eq_ignore_ascii_case("true") => Ok(Some(true)),
            Some(word) if word.eq_ignore_ascii_case("false") => Ok(Some(false)),
            Some(word) => Err(Failure::invalid(name, &format!("{word} is not a boolean."))),
        }
    }

    /// A field of a partial change.
    pub(crate) fn field(&self, name: &str) -> Result<Field, Failure> {
        if member(&self.body, name).is_some_and(Value::is_null) {
            return Ok(Field::Clear);
        }
        Ok(match self.text(name)? {
            None => Field::Keep,
            Some(text) if text.trim().is_empty() => Field::Clear,
            Some(text) => Field::Set(text.trim().to_owned()),
        })
    }

    /// An array; null and absence give none.
    pub(crate) fn array(&self, name: &str) -> Result<Option<&Vec<Value>>, Failure> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::Array(items)) => Ok(Some(items)),
            Some(other) => Err(Failure::wrong_cast(name, other)),
        }
    }

    /// Members of the body that are not in the list, with their values.
    pub(crate) fn others<'p>(
        &'p self,
        known: &'p [&str],
    ) -> impl Iterator<Item = (&'p str, &'p Value)> {
        self.body
            .iter()
            .filter(|(name, _)| !known.iter().any(|known| known.eq_ignore_ascii_case(name)))
            .map(|(name, value)| (name.as_str(), value))
    }

    /// The account whose id stands in the parameter.
    pub(crate) fn user<'d>(
        &self,
        directory: &'d Directory,
        name: &str,
    ) -> Result<&'d User, Failure> {
        let id = self.required(name)?;
        parse_id(&id)
            .and_then(|id| directory.users.get(&id))
            .ok_or_else(Failure::not_found)
    }

    /// The account whose id or login name stands in the parameter.
    pub(crate) fn user_or_name<'d>(
        &self,
        directory: &'d Directory,
        name: &str,
    ) -> Result<&'d User, Failure> {
        find_user(directory, &self.required(name)?)
    }

    /// The same, or the caller's account when the parameter is missing.
    pub(crate) fn user_or_caller<'d>(
        &self,
        directory: &'d Directory,
        call: &Call<'_>,
        name: &str,
    ) -> Result<&'d User, Failure> {
        match self.text(name)?.filter(|text| !text.trim().is_empty()) {
            Some(text) => find_user(directory, &text),
            None => directory
                .users
                .get(&call.caller_id())
                .ok_or_else(Failure::not_found),
        }
    }
}

/// What a partial change does to a field. Empty text clears like null.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    Keep,
    Clear,
    Set(String),
}

impl Field {
    /// Changes an optional text accordingly.
    pub(crate) fn apply<T: for<'t> From<&'t str>>(&self, target: &mut Option<T>) {
        match self {
            Self::Keep => {}
            Self::Clear => *target = None,
            Self::Set(text) => *target = Some(T::from(text.as_str())),
        }
    }
}

/// The account with this id, or else with this login name.
pub(crate) fn find_user<'d>(directory: &'d Directory, text: &str) -> Result<&'d User, Failure> {
    let text = text.trim();
    parse_id(text)
        .and_then(|id| directory.users.get(&id))
        .or_else(|| directory.users.by_name(text))
        .ok_or_else(Failure::not_found)
}

/// Reads a GUID as the service writes it; letter case does not matter.
pub(crate) fn parse_id(text: &str) -> Option<Uuid> {
    if text.len() == 36 {
        Uuid::try_parse(text).ok()
    } else {
        None
    }
}

/// Reads a body, where nothing but blanks counts as null.
pub(crate) fn parse(body: &[u8]) -> Result<Value, Failure> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Value::Null);
    }
    serde_json::from_slice(body)
        .map_err(|error| Failure::malformed_json(&reader_message(body, &error)))
}

/// The beginning of the service's message is known: the words of its JSON reader, which name the character.
fn reader_message(body: &[u8], error: &serde_json::Error) -> String {
    // That reader counts what it has read: at the first character it says line 0, position 0.
    let position = error.column().saturating_sub(1);
    let line = if position == 0 && error.line() == 1 {
        0
    } else {
        error.line()
    };
    let place = format!("Path '', line {line}, position {position}.");
    if error.is_eof() {
        return format!("Unexpected end when reading JSON. {place}");
    }
    let line = body
        .split(|byte| *byte == b'\n')
        .nth(error.line().saturating_sub(1))
        .unwrap_or_default();
    let culprit = line
        .get(error.column().saturating_sub(1))
        .map_or(' ', |byte| char::from(*byte));
    format!("Unexpected character encountered while parsing value: {culprit}. {place}")
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
