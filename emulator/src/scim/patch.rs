//! PATCH of users: a list of operations becomes a list of assignments.

use serde_json::{Map, Value};

use super::ScimError;
use super::attributes::{Attribute, Phone, assign};
use super::filter::{Filter, Operator};
use crate::call::member;
use crate::state::Directory;
use crate::state::user::User;

/// What an operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Add,
    Remove,
    Replace,
}

/// One operation as it was sent.
pub(crate) struct Operation<'b> {
    pub(crate) op: Op,
    pub(crate) path: Option<&'b str>,
    pub(crate) value: Option<&'b Value>,
}

/// The operations of a patch body, in order.
pub(crate) fn operations(body: &Map<String, Value>) -> Result<Vec<Operation<'_>>, ScimError> {
    let list = match member(body, "Operations") {
        Some(Value::Array(list)) if !list.is_empty() => list,
        Some(Value::Array(_)) | None | Some(Value::Null) => {
            return Err(ScimError::invalid_value("Operations is required."));
        }
        Some(_) => return Err(ScimError::wrong_type("Operations", "an array")),
    };
    list.iter().map(operation).collect()
}

fn operation(item: &Value) -> Result<Operation<'_>, ScimError> {
    let Value::Object(members) = item else {
        return Err(ScimError::wrong_type("Operations", "an array of objects"));
    };
    let op = match member(members, "op").and_then(Value::as_str) {
        Some(op) if op.eq_ignore_ascii_case("add") => Op::Add,
        Some(op) if op.eq_ignore_ascii_case("remove") => Op::Remove,
        Some(op) if op.eq_ignore_ascii_case("replace") => Op::Replace,
        _ => {
            return Err(ScimError::invalid_value(
                "op has to be add, remove or replace.",
            ));
        }
    };
    let path = match member(members, "path") {
        None | Some(Value::Null) => None,
        Some(Value::String(path)) => Some(path.trim()).filter(|path| !path.is_empty()),
        Some(_) => return Err(ScimError::wrong_type("path", "a string")),
    };
    Ok(Operation {
        op,
        path,
        value: member(members, "value"),
    })
}

/// Applies all operations to a copy of the account; the caller stores it when every one went through.
pub(crate) fn apply(
    directory: &Directory,
    user: &mut User,
    body: &Map<String, Value>,
) -> Result<(), ScimError> {
    for operation in operations(body)? {
        match (operation.op, operation.path) {
            // The RFC's answer to a removal without a path.
            (Op::Remove, None) => return Err(ScimError::no_target()),
            (Op::Remove, Some(path)) => assign(directory, user, &target(path)?, None)?,
            (_, Some(path)) => set(directory, user, path, required(operation.value)?)?,
            (_, None) => {
                let Value::Object(values) = required(operation.value)? else {
                    return Err(ScimError::invalid_value(
                        "Without a path the value has to be an object.",
                    ));
                };
                for (path, value) in values {
                    set(directory, user, path, value)?;
                }
            }
        }
    }
    Ok(())
}

fn required(value: Option<&Value>) -> Result<&Value, ScimError> {
    value.ok_or_else(|| ScimError::invalid_value("value is required for add and replace."))
}

fn set(directory: &Directory, user: &mut User, path: &str, value: &Value) -> Result<(), ScimError> {
    assign(directory, user, &target(path)?, Some(value))
}

/// The attribute a path points at.
fn target(path: &str) -> Result<Attribute, ScimError> {
    let Some((list, rest)) = path.split_once('[') else {
        return Attribute::named(path).ok_or_else(ScimError::no_target);
    };
    let (filter, sub_attribute) = rest.rsplit_once(']').ok_or_else(|| {
        ScimError::bad_request(
            "invalidPath",
            "The path is not valid: a closing bracket is missing.",
        )
    })?;
    filtered(list, filter, sub_attribute).ok_or_else(ScimError::no_target)
}

/// Paths with a filter were not tested against the service; those that point at something an account can hold work as
/// the RFC says.
fn filtered(list: &str, filter: &str, sub_attribute: &str) -> Option<Attribute> {
    if !sub_attribute.is_empty() && !sub_attribute.eq_ignore_ascii_case(".value") {
        return None;
    }
    match Attribute::named(list)? {
        Attribute::PhoneNumbers => {
            let filter = Filter::parse(filter).ok()?;
            let by_type = filter.attribute == "type" && filter.operator == Operator::Equals;
            Phone::from_label(&filter.value)
                .filter(|_| by_type)
                .map(Attribute::PhoneValue)
        }
        Attribute::Emails => points_at_the_mail(filter).then_some(Attribute::EmailValue),
        _ => None,
    }
}

/// There is one address, and it is the primary one at work.
fn points_at_the_mail(filter: &str) -> bool {
    let bare: String = filter.split_whitespace().collect::<Vec<_>>().join(" ");
    bare.eq_ignore_ascii_case("primary eq true")
        || Filter::parse(filter).is_ok_and(|filter| {
            filter.attribute == "type"
                && filter.operator == Operator::Equals
                && filter.value.eq_ignore_ascii_case("work")
        })
}
