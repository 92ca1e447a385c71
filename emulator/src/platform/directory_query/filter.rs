//! The filters of `UserMgmt/DirectoryServiceQuery`.

use serde_json::{Map, Value};

use super::notation;
use crate::platform::Failure;
use crate::state::users::fold;

/// A filter over things with the named fields. Operators are known from programs that send them; that `_end` compares
/// the end of the text is taken from its name, and that `_like` looks for the text anywhere from its use.
#[derive(Debug)]
pub(super) enum Filter {
    /// Every one of them; an empty list accepts everything.
    All(Vec<Filter>),
    Any(Vec<Filter>),
    Field {
        /// In the spelling of the list of fields.
        name: &'static str,
        comparison: Comparison,
        value: String,
        ignore_case: bool,
    },
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Comparison {
    Equals,
    Contains,
    EndsWith,
}

impl Filter {
    /// Reads the parameter, which is text that holds the filter, or the filter itself.
    pub(super) fn of(
        parameter: &str,
        value: &Value,
        fields: &[&'static str],
    ) -> Result<Self, Failure> {
        let read = match value {
            Value::String(text) => notation::read(text)
                .ok_or_else(|| Failure::invalid(parameter, "it holds no JSON."))?,
            other => other.clone(),
        };
        Self::parse(&read, fields).map_err(|reason| Failure::invalid(parameter, &reason))
    }

    fn parse(value: &Value, fields: &[&'static str]) -> Result<Self, String> {
        let Value::Object(members) = value else {
            return Err(format!("an object was expected, not {value}."));
        };
        let parts = members
            .iter()
            .map(|(name, value)| Self::member(name, value, fields));
        parts.collect::<Result<_, _>>().map(Self::All)
    }

    fn member(name: &str, value: &Value, fields: &[&'static str]) -> Result<Self, String> {
        let each = || {
            let parts = value
                .as_array()
                .ok_or_else(|| format!("{name} takes an array."))?;
            let parts = parts.iter().map(|part| Self::parse(part, fields));
            parts.collect::<Result<Vec<_>, String>>()
        };
        match name {
            "_and" => each().map(Self::All),
            "_or" => each().map(Self::Any),
            _ => {
                let field = fields.iter().find(|field| field.eq_ignore_ascii_case(name));
                let field = field.ok_or_else(|| {
                    format!("there is no field {name}; there are {}.", fields.join(", "))
                })?;
                Self::field(field, value)
            }
        }
    }

    fn field(name: &'static str, value: &Value) -> Result<Self, String> {
        let Value::Object(operators) = value else {
            return Err(format!("{name} takes an object with an operator."));
        };
        let comparisons = operators.iter().map(|(operator, operand)| {
            let comparison = match operator.as_str() {
                "_eq" => Comparison::Equals,
                "_like" => Comparison::Contains,
                "_end" => Comparison::EndsWith,
                _ => return Err(format!("the operator {operator} is not known.")),
            };
            let (value, ignore_case) = wanted(operand)?;
            Ok(Self::Field {
                name,
                comparison,
                value: if ignore_case {
                    fold(&value).into()
                } else {
                    value
                },
                ignore_case,
            })
        });
        comparisons.collect::<Result<_, _>>().map(Self::All)
    }

    /// Whether the thing whose fields `read` gives is accepted.
    pub(super) fn accepts<'t>(&self, read: &impl Fn(&'static str) -> &'t str) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.accepts(read)),
            Self::Any(parts) => parts.iter().any(|part| part.accepts(read)),
            Self::Field {
                name,
                comparison,
                value,
                ignore_case,
            } => {
                if *ignore_case {
                    comparison.holds(&fold(read(name)), value)
                } else {
                    comparison.holds(read(name), value)
                }
            }
        }
    }
}

impl Comparison {
    fn holds(self, text: &str, value: &str) -> bool {
        match self {
            Self::Equals => text == value,
            Self::Contains => text.contains(value),
            Self::EndsWith => text.ends_with(value),
        }
    }
}

/// The text to compare with, alone or in an object that says how letter case counts.
fn wanted(operand: &Value) -> Result<(String, bool), String> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let empty = Map::new();
    let members = operand.as_object().unwrap_or(&empty);
    let value = text(operand).or_else(|| members.get("value").and_then(text));
    let value = value.ok_or_else(|| format!("a text was expected, not {operand}."))?;
    match members.get("ignoreCase") {
        None => Ok((value, true)),
        Some(Value::Bool(ignore_case)) => Ok((value, *ignore_case)),
        Some(other) => Err(format!("ignoreCase takes a boolean, not {other}.")),
    }
}
