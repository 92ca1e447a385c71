//! The plain kinds. Numbers and booleans also come as text from this service.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{
        DeserializeSeed, MapAccess, SeqAccess,
        value::{MapAccessDeserializer, SeqAccessDeserializer},
    },
};
use serde_json::{Map, Number, Value};

use super::read::{FieldValue, Lenient, Mode, Read, Reader};
use crate::drift::Sight;

/// `"True"`, `"false"`, `"1"`: the ways in which the service writes booleans as text.
#[must_use]
pub fn boolean_from_text(text: &str) -> Option<bool> {
    match text {
        "1" => Some(true),
        "0" => Some(false),
        _ if text.eq_ignore_ascii_case("true") => Some(true),
        _ if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// A whole number written as text.
#[must_use]
pub fn integer_from_text(text: &str) -> Option<i64> {
    text.trim().parse().ok()
}

/// A value of another type, which only an answer may have.
pub(crate) fn tolerated<T>(mode: Mode, read: impl FnOnce() -> Option<T>) -> Option<Read<T>> {
    match mode {
        Mode::Strict => None,
        _ => read().map(Read::Value),
    }
}

impl Lenient for String {
    const EXPECTING: &'static str = "text";

    fn text(v: &str, _: Mode) -> Option<Read<Self>> {
        Some(Read::Value(v.to_owned()))
    }

    fn boolean(v: bool, mode: Mode) -> Option<Read<Self>> {
        tolerated(mode, || Some(v.to_string()))
    }

    fn number(v: &Number, mode: Mode) -> Option<Read<Self>> {
        tolerated(mode, || Some(v.to_string()))
    }
}

impl Lenient for bool {
    const EXPECTING: &'static str = "true or false";

    fn boolean(v: bool, _: Mode) -> Option<Read<Self>> {
        Some(Read::Value(v))
    }

    fn text(v: &str, mode: Mode) -> Option<Read<Self>> {
        tolerated(mode, || boolean_from_text(v))
    }

    fn number(v: &Number, mode: Mode) -> Option<Read<Self>> {
        tolerated(mode, || boolean_from_text(&v.to_string()))
    }
}

impl Lenient for i64 {
    const EXPECTING: &'static str = "a whole number";

    fn number(v: &Number, _: Mode) -> Option<Read<Self>> {
        v.as_i64().map(Read::Value)
    }

    fn text(v: &str, mode: Mode) -> Option<Read<Self>> {
        tolerated(mode, || integer_from_text(v))
    }
}

impl Lenient for Map<String, Value> {
    const EXPECTING: &'static str = "an object";

    fn object<'de, A: MapAccess<'de>>(map: A, _: Mode) -> Result<Read<Self>, A::Error> {
        Self::deserialize(MapAccessDeserializer::new(map)).map(Read::Value)
    }
}

impl Lenient for Value {
    const EXPECTING: &'static str = "any JSON value";

    fn boolean(v: bool, _: Mode) -> Option<Read<Self>> {
        Some(Read::Value(v.into()))
    }

    fn number(v: &Number, _: Mode) -> Option<Read<Self>> {
        Some(Read::Value(Value::Number(v.clone())))
    }

    fn text(v: &str, _: Mode) -> Option<Read<Self>> {
        Some(Read::Value(v.into()))
    }

    fn object<'de, A: MapAccess<'de>>(map: A, _: Mode) -> Result<Read<Self>, A::Error> {
        Self::deserialize(MapAccessDeserializer::new(map)).map(Read::Value)
    }

    fn array<'de, A: SeqAccess<'de>>(items: A, _: Mode) -> Result<Read<Self>, A::Error> {
        Self::deserialize(SeqAccessDeserializer::new(items)).map(Read::Value)
    }
}

/// A plain kind as a field is one that has to be there; the others are `Option`s and lists.
macro_rules! required {
    ($($Kind:ty),+) => {
        $(impl FieldValue for $Kind {
            fn read<'de, D: Deserializer<'de>>(d: D, mode: Mode) -> Result<Read<Self>, D::Error> {
                Reader::<Self>::new(mode).deserialize(d)
            }

            fn missing() -> Option<Self> {
                None
            }

            fn is_absent(&self) -> bool {
                false
            }

            fn look(value: &Value, sight: &mut Sight) {
                <Self as Lenient>::look(value, sight);
            }
        })+
    };
}

required!(bool, String, Map<String, Value>);

/// A boolean of a caller that travels as text, for the calls that are known to work that way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct TextBoolean(bool);

impl From<bool> for TextBoolean {
    fn from(value: bool) -> Self {
        Self(value)
    }
}

impl Serialize for TextBoolean {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(if self.0 { "true" } else { "false" })
    }
}

impl Lenient for TextBoolean {
    const EXPECTING: &'static str = bool::EXPECTING;

    fn boolean(v: bool, _: Mode) -> Option<Read<Self>> {
        Some(Read::Value(Self(v)))
    }
}

/// Without `Option` around it, it is sent in any case: as false when the caller says nothing.
impl FieldValue for TextBoolean {
    fn read<'de, D: Deserializer<'de>>(d: D, mode: Mode) -> Result<Read<Self>, D::Error> {
        Reader::<Self>::new(mode).deserialize(d)
    }

    fn missing() -> Option<Self> {
        Some(Self(false))
    }

    fn is_absent(&self) -> bool {
        false
    }
}

impl JsonSchema for TextBoolean {
    fn schema_name() -> Cow<'static, str> {
        bool::schema_name()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = bool::json_schema(generator);
        let sent = serde_json::json!({ "type": "string", "enum": ["true", "false"] });
        schema.insert("x-sent".to_owned(), sent);
        schema
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_boolean_that_travels_as_text_is_a_boolean_to_the_caller() {
        let read = |json: &str| {
            let mut json = serde_json::Deserializer::from_str(json);
            <TextBoolean as FieldValue>::read(&mut json, Mode::Strict)
        };
        assert!(matches!(read("true"), Ok(Read::Value(TextBoolean(true)))));
        assert!(read("\"true\"").is_err());
        assert_eq!(
            serde_json::to_string(&TextBoolean(true)).unwrap(),
            "\"true\""
        );
        assert_eq!(TextBoolean::missing(), Some(TextBoolean(false)));
    }
}
