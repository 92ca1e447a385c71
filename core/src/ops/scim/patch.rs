//! Operations of a SCIM PATCH (RFC 7644, section 3.5.2).

use schemars::JsonSchema;
use serde::{
    Deserialize, Serialize, Serializer,
    ser::{Error as _, SerializeMap},
};
use serde_json::{Map, Value};

use crate::model::{Lenient, Mode, Read};

/// What a PATCH operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Op {
    /// Adds values.
    Add,
    /// Removes what `path` names.
    Remove,
    /// Replaces values.
    Replace,
}

/// One operation of a PATCH; they are applied in order.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-record" = true))]
pub struct PatchOperation {
    /// `add`, `remove` or `replace`.
    #[schemars(extend("x-name" = "op", "x-required" = true))]
    pub op: Op,
    /// Attribute path such as `active` or `name.familyName`. Needed for `remove`; without it, `value` is an object of
    /// attributes, whose keys may be dotted (`name.formatted`). Paths with a filter are not known to work on users.
    #[serde(default)]
    #[schemars(extend("x-name" = "path"))]
    pub path: Option<String>,
    /// New value. Needed for `add` and `replace`.
    #[serde(default)]
    #[schemars(extend("x-name" = "value"))]
    pub value: Option<Value>,
}

impl PatchOperation {
    /// Sets the attribute at `path`.
    pub fn replace(path: impl Into<String>, value: impl Into<Value>) -> Self {
        Self {
            op: Op::Replace,
            path: Some(path.into()),
            value: Some(value.into()),
        }
    }

    /// Adds to the attribute at `path`.
    pub fn add(path: impl Into<String>, value: impl Into<Value>) -> Self {
        Self {
            op: Op::Add,
            path: Some(path.into()),
            value: Some(value.into()),
        }
    }

    /// Removes what `path` names.
    pub fn remove(path: impl Into<String>) -> Self {
        Self {
            op: Op::Remove,
            path: Some(path.into()),
            value: None,
        }
    }

    /// Sets several attributes at once; keys may be dotted.
    #[must_use]
    pub fn replace_all(values: Map<String, Value>) -> Self {
        Self {
            op: Op::Replace,
            path: None,
            value: Some(Value::Object(values)),
        }
    }

    /// Adds members to a group, by their ids.
    pub fn add_members<T: Into<Value>>(ids: impl IntoIterator<Item = T>) -> Self {
        let member = |id: T| Value::Object(Map::from_iter([("value".to_owned(), id.into())]));
        let members: Vec<Value> = ids.into_iter().map(member).collect();
        Self::add("members", members)
    }

    /// Removes one member from a group, by its id. A production connector does it this way; the answer was not recorded.
    #[must_use]
    pub fn remove_member(id: &str) -> Self {
        // A JSON string is what a filter takes for a value (RFC 7644, section 3.4.2.2).
        Self::remove(format!("members[value eq {}]", Value::from(id)))
    }

    /// What RFC 7644 asks of each operation.
    fn check(&self) -> Result<(), &'static str> {
        match (self.op, &self.path, &self.value) {
            (Op::Remove, None, _) => Err("`remove` needs a `path`"),
            (Op::Add | Op::Replace, _, None) => Err("`add` and `replace` need a `value`"),
            (Op::Add | Op::Replace, None, Some(value)) if !value.is_object() => {
                Err("without a `path`, `value` must be an object of attributes")
            }
            (_, Some(path), _) if path.trim().is_empty() => Err("`path` must not be empty"),
            _ => Ok(()),
        }
    }
}

impl Serialize for PatchOperation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.check().map_err(S::Error::custom)?;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("op", &self.op)?;
        if let Some(path) = &self.path {
            map.serialize_entry("path", path)?;
        }
        if let Some(value) = &self.value {
            map.serialize_entry("value", value)?;
        }
        map.end()
    }
}

impl Lenient for PatchOperation {
    const EXPECTING: &'static str = "an object (PatchOperation)";

    fn object<'de, A: serde::de::MapAccess<'de>>(map: A, _: Mode) -> Result<Read<Self>, A::Error> {
        use serde::de::{Error, value::MapAccessDeserializer};

        let operation = Self::deserialize(MapAccessDeserializer::new(map))?;
        operation.check().map_err(A::Error::custom)?;
        Ok(Read::Value(operation))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_a_list_of_objects_and_an_id_cannot_leave_its_quotes() {
        let added = serde_json::to_string(&PatchOperation::add_members(["a"])).unwrap();
        assert_eq!(
            added,
            r#"{"op":"add","path":"members","value":[{"value":"a"}]}"#
        );
        let removed = PatchOperation::remove_member(r#"a"] or [b"#);
        assert_eq!(
            removed.path.as_deref(),
            Some(r#"members[value eq "a\"] or [b"]"#)
        );
    }

    #[test]
    fn incomplete_operations_are_refused() {
        assert!(PatchOperation::replace("active", false).check().is_ok());
        assert!(PatchOperation::remove("").check().is_err());
        let pathless = PatchOperation {
            path: None,
            ..PatchOperation::replace("x", 1)
        };
        assert!(pathless.check().is_err());
        assert!(
            PatchOperation {
                value: None,
                ..pathless
            }
            .check()
            .is_err()
        );
    }
}
