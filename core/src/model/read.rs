//! Reading by kind: lenient for what the service sends, strict for what a caller gives.
//!
//! Every field of a record or request is read by [`FieldValue::read`]. In [`Mode::Tolerant`] a value that cannot
//! be understood comes back as [`Read::Other`], so the record can keep it; in [`Mode::Strict`] it is an error.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{
        DeserializeSeed, Error as _, MapAccess, SeqAccess, Unexpected, Visitor,
        value::{MapAccessDeserializer, SeqAccessDeserializer},
    },
};
use serde_json::Value;

use super::File;
use crate::drift::{Look, Sight};

/// How forgiving a read is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// What a caller gives: a wrong type or an unknown name is an error with its path.
    Strict,
    /// What the service sends: nothing fails, what is not understood is kept.
    Tolerant,
    /// What the service sent and a caller sends back: the same, but what a language has put under `extra` goes where it
    /// came from.
    Returned,
}

/// What came of reading one field.
#[derive(Debug)]
pub enum Read<T> {
    /// Understood.
    Value(T),
    /// Null, or a value that stands for "none" such as the never date.
    Absent,
    /// Not of this kind; kept as it came.
    Other(Value),
}

/// What an error says of a value that a kind refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// That it has a wrong type.
    Type,
    /// The same, but that a text has a wrong value.
    TextValue,
    /// Nothing that shows the value.
    Silent,
}

/// A kind of value: which JSON forms it understands.
pub trait Lenient: Serialize + Sized {
    /// Completes "expected …" in an error.
    const EXPECTING: &'static str;

    /// What an error says of a value that is refused.
    const REFUSAL: Refusal = Refusal::Type;

    /// From a JSON boolean.
    fn boolean(_: bool, _: Mode) -> Option<Read<Self>> {
        None
    }

    /// From a JSON number.
    fn number(_: &serde_json::Number, _: Mode) -> Option<Read<Self>> {
        None
    }

    /// From a JSON string.
    fn text(_: &str, _: Mode) -> Option<Read<Self>> {
        None
    }

    /// From a JSON object.
    ///
    /// # Errors
    /// What the parser reports, and in strict mode an object where none belongs.
    fn object<'de, A: MapAccess<'de>>(map: A, mode: Mode) -> Result<Read<Self>, A::Error> {
        match mode {
            Mode::Strict => Err(A::Error::invalid_type(
                Unexpected::Map,
                &Expected(Self::EXPECTING),
            )),
            _ => Value::deserialize(MapAccessDeserializer::new(map)).map(Read::Other),
        }
    }

    /// From a JSON array.
    ///
    /// # Errors
    /// What the parser reports, and in strict mode an array where none belongs.
    fn array<'de, A: SeqAccess<'de>>(items: A, mode: Mode) -> Result<Read<Self>, A::Error> {
        match mode {
            Mode::Strict => Err(A::Error::invalid_type(
                Unexpected::Seq,
                &Expected(Self::EXPECTING),
            )),
            _ => Value::deserialize(SeqAccessDeserializer::new(items)).map(Read::Other),
        }
    }

    /// Compares a value that the service sent with this kind.
    fn look(value: &Value, sight: &mut Sight) {
        if let Ok(Read::Other(_)) = Reader::<Self>::new(Mode::Tolerant).deserialize(value) {
            sight.changed(Self::EXPECTING, value);
        }
    }
}

struct Expected(&'static str);

impl serde::de::Expected for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// Reads one value of kind `T`, as a serde seed.
#[derive(Debug)]
pub struct Reader<T>(Mode, PhantomData<T>);

impl<T> Reader<T> {
    /// A reader in `mode`.
    #[must_use]
    pub fn new(mode: Mode) -> Self {
        Self(mode, PhantomData)
    }
}

impl<T: Lenient> Reader<T> {
    fn settle<E: serde::de::Error>(
        &self,
        read: Option<Read<T>>,
        found: Unexpected<'_>,
        value: impl FnOnce() -> Value,
    ) -> Result<Read<T>, E> {
        match (read, self.0) {
            (Some(read), _) => Ok(read),
            (None, Mode::Strict) => Err(Self::refuse(found)),
            (None, _) => Ok(Read::Other(value())),
        }
    }

    fn refuse<E: serde::de::Error>(found: Unexpected<'_>) -> E {
        let expected = Expected(T::EXPECTING);
        match (T::REFUSAL, found) {
            (Refusal::TextValue, Unexpected::Str(_)) => E::invalid_value(found, &expected),
            (Refusal::Silent, _) => E::invalid_type(Unexpected::Other("another value"), &expected),
            _ => E::invalid_type(found, &expected),
        }
    }

    fn absent<E: serde::de::Error>(&self, found: Unexpected<'_>) -> Result<Read<T>, E> {
        match self.0 {
            Mode::Strict => Err(E::invalid_type(found, &Expected(T::EXPECTING))),
            _ => Ok(Read::Absent),
        }
    }
}

impl<'de, T: Lenient> DeserializeSeed<'de> for Reader<T> {
    type Value = Read<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Read<T>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Lenient> Visitor<'de> for Reader<T> {
    type Value = Read<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTING)
    }

    fn visit_bool<E: serde::de::Error>(self, v: bool) -> Result<Read<T>, E> {
        self.settle(T::boolean(v, self.0), Unexpected::Bool(v), || v.into())
    }

    fn visit_i64<E: serde::de::Error>(self, v: i64) -> Result<Read<T>, E> {
        let read = T::number(&v.into(), self.0);
        self.settle(read, Unexpected::Signed(v), || v.into())
    }

    fn visit_u64<E: serde::de::Error>(self, v: u64) -> Result<Read<T>, E> {
        let read = T::number(&v.into(), self.0);
        self.settle(read, Unexpected::Unsigned(v), || v.into())
    }

    fn visit_f64<E: serde::de::Error>(self, v: f64) -> Result<Read<T>, E> {
        let read = serde_json::Number::from_f64(v).and_then(|n| T::number(&n, self.0));
        self.settle(read, Unexpected::Float(v), || v.into())
    }

    fn visit_str<E: serde::de::Error>(self, v: &str) -> Result<Read<T>, E> {
        self.settle(T::text(v, self.0), Unexpected::Str(v), || v.into())
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Read<T>, E> {
        self.absent(Unexpected::Other("null"))
    }

    fn visit_none<E: serde::de::Error>(self) -> Result<Read<T>, E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Read<T>, D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Read<T>, A::Error> {
        T::object(map, self.0)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Read<T>, A::Error> {
        T::array(items, self.0)
    }
}

/// A field of a record or request: an optional value, a list, or a required value.
pub trait FieldValue: Serialize + Sized {
    /// Reads the field.
    ///
    /// # Errors
    /// What the parser reports; in strict mode also a value of the wrong kind.
    fn read<'de, D: Deserializer<'de>>(deserializer: D, mode: Mode)
    -> Result<Read<Self>, D::Error>;

    /// The value of a field that was not there; none when it has to be.
    fn missing() -> Option<Self>;

    /// Whether to leave it out when writing.
    fn is_absent(&self) -> bool;

    /// Compares a value that the service sent with this field. Those of requests alone are never sent by it.
    fn look(_: &Value, _: &mut Sight) {}

    /// The file, for a field that is one: its content travels beside the other arguments.
    fn file(&self) -> Option<&File> {
        None
    }
}

impl<T: Lenient> FieldValue for Option<T> {
    fn read<'de, D: Deserializer<'de>>(d: D, mode: Mode) -> Result<Read<Self>, D::Error> {
        Ok(match Reader::<T>::new(mode).deserialize(d)? {
            Read::Value(value) => Read::Value(Some(value)),
            Read::Absent => Read::Absent,
            Read::Other(other) => Read::Other(other),
        })
    }

    fn missing() -> Option<Self> {
        Some(None)
    }

    fn look(value: &Value, sight: &mut Sight) {
        T::look(value, sight);
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

/// A list whose items are read by kind. A single value where a list belongs becomes a list of one.
impl<T: Lenient> Lenient for Vec<T> {
    const EXPECTING: &'static str = "a list";

    fn boolean(v: bool, mode: Mode) -> Option<Read<Self>> {
        alone(mode, || T::boolean(v, mode))
    }

    fn number(v: &serde_json::Number, mode: Mode) -> Option<Read<Self>> {
        alone(mode, || T::number(v, mode))
    }

    fn text(v: &str, mode: Mode) -> Option<Read<Self>> {
        alone(mode, || T::text(v, mode))
    }

    fn look(value: &Value, sight: &mut Sight) {
        let item: Look = T::look;
        sight.items(value, item);
    }

    fn object<'de, A: MapAccess<'de>>(map: A, mode: Mode) -> Result<Read<Self>, A::Error> {
        if mode == Mode::Strict {
            return Err(A::Error::invalid_type(
                Unexpected::Map,
                &Expected(Self::EXPECTING),
            ));
        }
        T::object(map, mode).map(wrap)
    }

    /// One item that is not understood makes the whole list stay as it came, so that nothing is lost.
    fn array<'de, A: SeqAccess<'de>>(mut items: A, mode: Mode) -> Result<Read<Self>, A::Error> {
        let mut read = Vec::new();
        let mut odd: Option<Vec<Value>> = None;
        while let Some(item) = items.next_element_seed(Reader::<T>::new(mode))? {
            match (item, &mut odd) {
                (Read::Absent, _) => {}
                (Read::Value(value), None) => read.push(value),
                (Read::Value(value), Some(odd)) => odd.push(to_value(&value)?),
                (Read::Other(value), Some(odd)) => odd.push(value),
                (Read::Other(value), None) => {
                    let mut all = read
                        .drain(..)
                        .map(|v| to_value(&v))
                        .collect::<Result<Vec<_>, _>>()?;
                    all.push(value);
                    odd = Some(all);
                }
            }
        }
        Ok(match odd {
            Some(all) => Read::Other(Value::Array(all)),
            None => Read::Value(read),
        })
    }
}

fn alone<T>(mode: Mode, read: impl FnOnce() -> Option<Read<T>>) -> Option<Read<Vec<T>>> {
    match mode {
        Mode::Strict => None,
        _ => read().map(wrap),
    }
}

fn wrap<T>(read: Read<T>) -> Read<Vec<T>> {
    match read {
        Read::Value(value) => Read::Value(vec![value]),
        Read::Absent => Read::Absent,
        Read::Other(other) => Read::Other(other),
    }
}

fn to_value<T: Serialize, E: serde::de::Error>(value: &T) -> Result<Value, E> {
    serde_json::to_value(value).map_err(E::custom)
}

impl<T: Lenient> FieldValue for Vec<T> {
    fn read<'de, D: Deserializer<'de>>(d: D, mode: Mode) -> Result<Read<Self>, D::Error> {
        Reader::<Self>::new(mode).deserialize(d)
    }

    fn missing() -> Option<Self> {
        Some(Vec::new())
    }

    fn look(value: &Value, sight: &mut Sight) {
        <Self as Lenient>::look(value, sight);
    }

    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}
