//! Argument types that carry their own rule, so that no operation has to check them.

use std::{borrow::Cow, fmt, marker::PhantomData};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{DeserializeSeed, Error, Visitor},
    ser::Error as _,
};

use super::read::{FieldValue, Lenient, Mode, Read, Reader, Refusal};

/// A text with a rule, checked when it is read from a caller and again when it is written.
macro_rules! checked_text {
    ($(#[$meta:meta])* $Name:ident, $rule:path, $expecting:literal, $schema:tt) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
        pub struct $Name(String);

        impl $Name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl<T: Into<String>> From<T> for $Name {
            fn from(text: T) -> Self {
                Self(text.into())
            }
        }

        impl fmt::Display for $Name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Serialize for $Name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $rule(&self.0).map_err(S::Error::custom)?;
                serializer.serialize_str(&self.0)
            }
        }

        /// For the items of a list, and for what may be left out.
        impl Lenient for $Name {
            const EXPECTING: &'static str = $expecting;
            const REFUSAL: Refusal = Refusal::TextValue;

            fn text(v: &str, _: Mode) -> Option<Read<Self>> {
                $rule(v).ok().map(|()| Read::Value(Self(v.to_owned())))
            }
        }

        impl FieldValue for $Name {
            fn read<'de, D: Deserializer<'de>>(d: D, _: Mode) -> Result<Read<Self>, D::Error> {
                let text = String::deserialize(d)?;
                $rule(&text).map_err(D::Error::custom)?;
                Ok(Read::Value(Self(text)))
            }

            fn missing() -> Option<Self> {
                None
            }

            fn is_absent(&self) -> bool {
                false
            }
        }

        impl JsonSchema for $Name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($Name).into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    };
}

checked_text! {
    /// Id of an object in the directory. Not empty; no `/`, `\` or control character, and not `.` or `..`, because it
    /// may become a segment of a path.
    Id, check_id, "an id: not empty, and without `/`, `\\` and control characters", { "type": "string", "minLength": 1 }
}

checked_text! {
    /// A name. Not empty, and without control characters.
    Name, check_name, "a name: not empty, and without control characters", { "type": "string", "minLength": 1 }
}

fn check_name(text: &str) -> Result<(), &'static str> {
    match text {
        "" => Err("must not be empty"),
        _ if text.trim().is_empty() => Err("must not be blank"),
        _ if has_control(text) => Err("must not contain control characters"),
        _ => Ok(()),
    }
}

fn has_control(text: &str) -> bool {
    // Nearly every id is ASCII, whose bytes are looked at in a fraction of the time.
    match text.is_ascii() {
        true => text.bytes().any(|byte| byte.is_ascii_control()),
        false => text.contains(char::is_control),
    }
}

fn check_id(text: &str) -> Result<(), &'static str> {
    check_name(text)?;
    match text {
        "." | ".." => Err("must be an id, not a relative path"),
        _ if text.bytes().any(|byte| matches!(byte, b'/' | b'\\')) => {
            Err("must be an id, without `/` or `\\`")
        }
        _ => Ok(()),
    }
}

/// A value that may be left out, sent as null, or given, which are three different things to the service.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Nullable<T> {
    /// Left out.
    #[default]
    Absent,
    /// Sent as null.
    Null,
    /// Sent.
    Value(T),
}

impl<T> From<T> for Nullable<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

impl From<&str> for Nullable<String> {
    fn from(text: &str) -> Self {
        Self::Value(text.to_owned())
    }
}

impl<T: Serialize> Serialize for Nullable<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Value(value) => value.serialize(serializer),
            Self::Absent | Self::Null => serializer.serialize_none(),
        }
    }
}

impl<T: Lenient> FieldValue for Nullable<T> {
    fn read<'de, D: Deserializer<'de>>(d: D, mode: Mode) -> Result<Read<Self>, D::Error> {
        d.deserialize_option(NullableVisitor(mode, PhantomData))
    }

    fn missing() -> Option<Self> {
        Some(Self::Absent)
    }

    fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }
}

struct NullableVisitor<T>(Mode, PhantomData<T>);

impl<'de, T: Lenient> Visitor<'de> for NullableVisitor<T> {
    type Value = Read<Nullable<T>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTING)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Read::Value(Nullable::Null))
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, d: D) -> Result<Self::Value, D::Error> {
        Ok(match Reader::<T>::new(self.0).deserialize(d)? {
            Read::Value(value) => Read::Value(Nullable::Value(value)),
            Read::Absent => Read::Absent,
            Read::Other(other) => Read::Other(other),
        })
    }
}

impl<T: JsonSchema> JsonSchema for Nullable<T> {
    fn schema_name() -> Cow<'static, str> {
        Option::<T>::schema_name()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = Option::<T>::json_schema(generator);
        schema.insert("x-nullable".to_owned(), true.into());
        schema
    }
}

/// A list that needs at least one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NonEmpty<T>(Vec<T>);

impl<T> Default for NonEmpty<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> From<Vec<T>> for NonEmpty<T> {
    fn from(items: Vec<T>) -> Self {
        Self(items)
    }
}

impl<T> FromIterator<T> for NonEmpty<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self(items.into_iter().collect())
    }
}

impl<T: Serialize> Serialize for NonEmpty<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.as_slice() {
            [] => Err(S::Error::custom(EMPTY_LIST)),
            items => items.serialize(serializer),
        }
    }
}

impl<T: Lenient> FieldValue for NonEmpty<T> {
    fn read<'de, D: Deserializer<'de>>(d: D, mode: Mode) -> Result<Read<Self>, D::Error> {
        Ok(match <Vec<T> as FieldValue>::read(d, mode)? {
            Read::Value(items) if items.is_empty() => return Err(D::Error::custom(EMPTY_LIST)),
            Read::Value(items) => Read::Value(Self(items)),
            Read::Absent => Read::Absent,
            Read::Other(other) => Read::Other(other),
        })
    }

    fn missing() -> Option<Self> {
        None
    }

    fn is_absent(&self) -> bool {
        false
    }
}

impl<T: JsonSchema> JsonSchema for NonEmpty<T> {
    fn schema_name() -> Cow<'static, str> {
        Vec::<T>::schema_name()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = Vec::<T>::json_schema(generator);
        schema.insert("minItems".to_owned(), 1.into());
        schema
    }
}

const EMPTY_LIST: &str = "must have at least one item";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_could_leave_their_path_are_refused() {
        for id in ["", " ", ".", "..", "a/b", "a\\b", "a\0b", "a\nb"] {
            assert!(check_id(id).is_err(), "{id:?}");
        }
        for id in [
            "7f1c0e52-3b8d-4a6e-9c41-5d2f8e0b7a13",
            "12",
            "Sales & Æon",
            "a..b",
        ] {
            assert!(check_id(id).is_ok(), "{id:?}");
        }
    }
}
