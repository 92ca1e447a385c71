//! Reading by kind, as the core does it: lenient where the meaning is clear, and never failing.

use cyberark_identity::{Timestamp, boolean_from_text, integer_from_text};
use sonic_rs::{JsonContainerTrait, JsonValueTrait, Value};

use crate::node::{Node, number_text};

/// What came of reading a value by its kind.
pub(crate) enum Reading<T> {
    /// Understood.
    Value(T),
    /// Null, or a value that stands for "none".
    Absent,
    /// Not of this kind.
    Odd,
}

impl<T> From<Option<T>> for Reading<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Odd, Self::Value)
    }
}

pub(crate) fn text(value: &Value) -> Option<std::borrow::Cow<'_, str>> {
    if let Some(text) = value.as_str() {
        return Some(text.into());
    }
    if let Some(flag) = value.as_bool() {
        return Some(if flag { "true" } else { "false" }.into());
    }
    number_text(value).map(Into::into)
}

pub(crate) fn boolean(value: &Value) -> Option<bool> {
    value
        .as_bool()
        .or_else(|| boolean_from_text(value.as_str()?))
        .or_else(|| boolean_from_text(&number_text(value)?))
}

pub(crate) fn integer(value: &Value) -> Option<i64> {
    value
        .as_i64()
        .or_else(|| integer_from_text(value.as_str()?))
}

pub(crate) fn timestamp(value: &Value) -> Reading<Timestamp> {
    match value.as_str().and_then(Timestamp::parse) {
        Some(Some(at)) => Reading::Value(at),
        Some(None) => Reading::Absent,
        None => Reading::Odd,
    }
}

/// The items of a list; a single value where a list belongs is a list of one. Nulls are no items.
pub(crate) fn items(node: &Node) -> impl Iterator<Item = Node> {
    let lone = node.value().as_array().is_none().then(|| node.clone());
    let items = (0..node.len()).filter_map(|index| node.item(index));
    lone.into_iter()
        .chain(items)
        .filter(|item| !item.value().is_null())
}

/// The same, without a share in the parse.
pub(crate) fn each(value: &Value) -> impl Iterator<Item = &Value> {
    let items = match value.as_array() {
        Some(items) => items.as_slice(),
        None => std::slice::from_ref(value),
    };
    items.iter().filter(|item| !item.is_null())
}
