//! The plain kinds. Numbers and booleans also come as text from this service.

use serde::{
    Deserialize,
    de::{
        MapAccess, SeqAccess,
        value::{MapAccessDeserializer, SeqAccessDeserializer},
    },
};
use serde_json::{Map, Number, Value};

use super::read::{Lenient, Mode, Read};

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

fn tolerated<T>(mode: Mode, read: impl FnOnce() -> Option<T>) -> Option<Read<T>> {
    match mode {
        Mode::Strict => None,
        Mode::Tolerant => read().map(Read::Value),
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
