//! Looking whether a thing was made, when the answer to the request that makes it was lost.

use serde_json::{Map, Value};

use crate::{
    error::Result,
    operation::Operation,
    prepare::{self, Prepared},
    registry,
    transport::Payload,
};

/// How to look for what a request was to make.
#[derive(Debug, Clone)]
pub(crate) struct Lookup {
    /// A read that finds it, perhaps among others.
    pub(crate) read: Box<Prepared>,
    /// Wire name of the attribute that is unique.
    key: &'static str,
    /// What was sent.
    sent: Map<String, Value>,
}

/// How to look for what these arguments are to make.
pub(crate) type LookupOf = fn(&Map<String, Value>) -> Option<Lookup>;

/// What was found.
#[derive(Debug)]
pub(crate) enum Found {
    /// It is there, with the values that were sent.
    Same(Value),
    /// Something of that name is there, with other values.
    Other,
    /// Nothing of that name is there.
    Nothing,
}

impl Found {
    /// The word used in logs.
    pub(crate) fn as_str(&self) -> &'static str {
        match self {
            Self::Same(_) => "found",
            Self::Other => "other",
            Self::Nothing => "nothing",
        }
    }
}

impl Lookup {
    /// By `read`, for the thing whose `key` is the one that was sent.
    pub(crate) fn new<O: Operation>(
        read: &O,
        key: &'static str,
        sent: &Map<String, Value>,
    ) -> Option<Self> {
        Some(Self {
            read: Box::new(prepare::prepare(read).ok()?),
            key,
            sent: sent.clone(),
        })
    }

    /// Looks for it in the answer to the read.
    pub(crate) fn find(&self, payload: &Payload) -> Result<Found> {
        let Some(entry) = registry::find(self.read.meta.name) else {
            return Ok(Found::Nothing);
        };
        let value = entry.decode(payload)?;
        let items = value.get("Resources").unwrap_or(&value).as_array();
        let is_it = |item: &&Value| alike(&self.sent[self.key], &item[self.key]);
        Ok(match items.into_iter().flatten().find(is_it) {
            Some(item) if self.agrees(item) => Found::Same(item.clone()),
            Some(_) => Found::Other,
            None => Found::Nothing,
        })
    }

    fn agrees(&self, item: &Value) -> bool {
        contains(item, &Value::Object(self.sent.clone()))
    }
}

/// Whether what was sent is in what was found. What a service does not show, such as a password, tells nothing.
fn contains(found: &Value, sent: &Value) -> bool {
    match (found, sent) {
        (Value::Null, _) | (_, Value::Null) => true,
        (Value::Object(found), Value::Object(sent)) => sent
            .iter()
            .filter(|(name, _)| *name != "schemas")
            .all(|(name, sent)| contains(found.get(name).unwrap_or(&Value::Null), sent)),
        // Of several e-mail addresses the directory keeps one.
        (Value::Array(found), Value::Array(sent)) => {
            found.is_empty() || found.iter().any(|f| sent.iter().any(|s| contains(f, s)))
        }
        (found, sent) => alike(found, sent),
    }
}

/// Names are compared without case by the service; booleans and numbers may be texts.
fn alike(one: &Value, other: &Value) -> bool {
    let text = |value: &Value| match value {
        Value::String(text) => text.to_lowercase(),
        other => other.to_string(),
    };
    text(one) == text(other)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_not_shown_tells_nothing_and_what_differs_does() {
        let found = json!({
            "userName": "ana@acme.example",
            "active": "True",
            "emails": [{"value": "ana@acme.example", "type": "work", "primary": true}],
            "meta": {"resourceType": "User"},
        });
        let same = json!({
            "schemas": ["x"], "userName": "ANA@acme.example", "password": "p", "active": true,
            "emails": [{"value": "ana@acme.example"}, {"value": "other@acme.example"}],
        });
        assert!(contains(&found, &same));
        for other in [
            json!({"userName": "ana@acme.example", "active": false}),
            json!({"emails": [{"value": "other@acme.example"}]}),
        ] {
            assert!(!contains(&found, &other), "{other}");
        }
    }
}
