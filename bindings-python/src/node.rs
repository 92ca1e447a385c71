//! Views into one shared parse: a page of users is parsed once, and every record of it points into that.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use sonic_rs::{JsonContainerTrait, JsonValueTrait, Object, Value};
use yoke::Yoke;

use crate::depth;

/// Why a text gives no view.
#[derive(Debug)]
pub(crate) enum Unreadable {
    NoJson(sonic_rs::Error),
    TooDeep,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoJson(error) => error.fmt(f),
            Self::TooDeep => write!(f, "it is nested more than {} times", depth::MOST),
        }
    }
}

impl std::error::Error for Unreadable {}

/// A JSON value together with a share in the parse that owns it.
#[derive(Clone)]
pub(crate) struct Node(Yoke<&'static Value, Arc<Value>>);

impl Node {
    /// Parses a whole JSON text.
    pub(crate) fn parse(json: &[u8]) -> Result<Self, Unreadable> {
        if depth::is_too_deep(json) {
            return Err(Unreadable::TooDeep);
        }
        let value = sonic_rs::from_slice(json).map_err(Unreadable::NoJson)?;
        Ok(Self::of(value))
    }

    /// A value of its own.
    pub(crate) fn of(value: Value) -> Self {
        Self(Yoke::attach_to_cart(Arc::new(value), |value| value))
    }

    /// From JSON that was built here rather than received.
    pub(crate) fn built(value: &serde_json::Value) -> sonic_rs::Result<Self> {
        sonic_rs::to_value(value).map(Self::of)
    }

    pub(crate) fn value(&self) -> &Value {
        self.0.get()
    }

    /// The member of that name: spelled exactly so, or else in other letter case.
    pub(crate) fn member(&self, name: &str) -> Option<Self> {
        let found = self
            .0
            .try_map_project_cloned(|value, _| member(value, name).ok_or(()));
        found.ok().map(Self)
    }

    /// The same, which looks first where `hint` says.
    pub(crate) fn member_at(&self, name: &str, hint: &Hint) -> Option<Self> {
        let found = self
            .0
            .try_map_project_cloned(|value, _| hint.member(value, name).ok_or(()));
        found.ok().map(Self)
    }

    /// The item at `index` of an array.
    pub(crate) fn item(&self, index: usize) -> Option<Self> {
        let found = self
            .0
            .try_map_project_cloned(|value, _| item(value, index).ok_or(()));
        found.ok().map(Self)
    }

    /// Number of items, for an array.
    pub(crate) fn len(&self) -> usize {
        self.value().as_array().map_or(0, |array| array.len())
    }
}

/// Where a member stood in the object in which it was found last. The objects of a list are alike, and to compare names is
/// to wait for memory.
#[derive(Default)]
pub(crate) struct Hint(AtomicUsize);

impl Hint {
    /// See [`Node::member`].
    pub(crate) fn member<'a>(&self, value: &'a Value, name: &str) -> Option<&'a Value> {
        let object = value.as_object()?;
        match object.iter().nth(self.0.load(Ordering::Relaxed)) {
            Some((key, value)) if key == name => return Some(value),
            _ => {}
        }
        let mut members = object.iter().enumerate();
        match members.find(|(_, (key, _))| *key == name) {
            Some((place, (_, value))) => {
                self.0.store(place, Ordering::Relaxed);
                Some(value)
            }
            None => member_in_other_case(object, name),
        }
    }
}

/// See [`Node::member`].
pub(crate) fn member<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    let object = value.as_object()?;
    object
        .get(&name)
        .or_else(|| member_in_other_case(object, name))
}

fn member_in_other_case<'a>(object: &'a Object, name: &str) -> Option<&'a Value> {
    let mut members = object.iter();
    members
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
}

fn item(value: &Value, index: usize) -> Option<&Value> {
    value.as_array()?.get(index)
}

/// The text of a JSON number, as it stands in JSON.
pub(crate) fn number_text(value: &Value) -> Option<String> {
    value.is_number().then(|| value.to_string())
}
