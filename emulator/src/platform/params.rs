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
}

/// Reads a GUID as the service writes it; letter case does not matter.
pub(crate) fn parse_id(text: &str) -> Option<Uuid> {
    if text.len() == 36 {
        Uuid::try_parse(text).ok()
    } else {
        None
    }
}

fn parse(body: &[u8]) -> Result<Value, Failure> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Value::Null);
    }
    serde_json::from_slice(body).map_err(|error| {
        Failure::malformed_json(&format!("The request body is not JSON: {error}."))
    })
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
