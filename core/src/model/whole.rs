//! A resource that replaces another: taken as it was read, checked when it was written by hand.

use std::{borrow::Cow, ops::Deref};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{
    Deserializer, Serialize, Serializer,
    de::{DeserializeSeed, Error, value::MapDeserializer},
};
use serde_json::{Map, Value};

use super::read::{FieldValue, Lenient, Mode, Read, Reader};

/// Parts a path within the resource from the problem in the text of an error, until the outer path is known.
const SEPARATOR: char = '\u{1f}';

/// A resource as a whole, to replace what the service has.
///
/// One with `meta`, which only the service writes, was read from it: it goes back as it is, with attributes that
/// nobody here knows. One without was written by hand, and an unknown attribute in it is a mistake; extensions, whose
/// names are URNs, are never unknown.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Whole<T>(T);

impl<T> From<T> for Whole<T> {
    fn from(resource: T) -> Self {
        Self(resource)
    }
}

impl<T> Deref for Whole<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Serialize> Serialize for Whole<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<T: Lenient> FieldValue for Whole<T> {
    fn read<'de, D: Deserializer<'de>>(d: D, mode: Mode) -> Result<Read<Self>, D::Error> {
        let Read::Value(resource) = Map::read(d, Mode::Strict)? else {
            return Err(D::Error::custom("expected an object"));
        };
        let was_read = resource
            .iter()
            .any(|(name, value)| name.eq_ignore_ascii_case("meta") && value.is_object());
        let mode = match mode {
            Mode::Strict if was_read => Mode::Returned,
            mode => mode,
        };
        match read_tracked(resource, mode) {
            Ok(resource) => Ok(Read::Value(Self(resource))),
            Err(error) => Err(D::Error::custom(error)),
        }
    }

    fn missing() -> Option<Self> {
        None
    }

    fn is_absent(&self) -> bool {
        false
    }
}

/// Reads the members of a resource; an error begins with its path.
fn read_tracked<T: Lenient>(resource: Map<String, Value>, mode: Mode) -> Result<T, String> {
    let mut track = serde_path_to_error::Track::new();
    let fields = MapDeserializer::<_, serde_json::Error>::new(resource.into_iter());
    let tracked = serde_path_to_error::Deserializer::new(fields, &mut track);
    match Reader::<T>::new(mode).deserialize(tracked) {
        Ok(Read::Value(resource)) => Ok(resource),
        Ok(_) => Err(format!("expected {}", T::EXPECTING)),
        Err(error) => Err(format!("{}{SEPARATOR}{error}", track.path())),
    }
}

/// Completes the path `outer` of an error by the path within a resource, where the error has one.
pub(crate) fn split_located(outer: String, problem: String) -> (String, String) {
    match problem.split_once(SEPARATOR) {
        Some((".", problem)) => (outer, problem.to_owned()),
        Some((inner, problem)) => (format!("{outer}.{inner}"), problem.to_owned()),
        None => (outer, problem),
    }
}

impl<T: JsonSchema> JsonSchema for Whole<T> {
    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    record! {
        /// A thing with parts.
        pub struct Thing {
            /// Whether it is used.
            used: Option<bool> = "used",
            /// Its parts.
            parts: Vec<Part> = "parts",
        }
    }

    record! {
        /// A part of it.
        pub struct Part {
            /// How many.
            count: Option<i64> = "count",
        }
    }

    fn read(thing: Value) -> Result<Value, (String, String)> {
        match Whole::<Thing>::read(thing, Mode::Strict) {
            Ok(Read::Value(whole)) => Ok(serde_json::to_value(whole).unwrap()),
            Ok(other) => panic!("{other:?}"),
            Err(error) => Err(split_located("thing".to_owned(), error.to_string())),
        }
    }

    #[test]
    fn what_was_read_goes_back_whole() {
        let was_read = json!({
            "used": "maybe", "parts": [{"count": 1, "color": "red"}], "size": 7, "meta": {"location": "x"}
        });
        let sent = read(was_read.clone()).unwrap();
        assert_eq!(sent.as_object().unwrap().len(), 4);
        for (name, value) in was_read.as_object().unwrap() {
            assert_eq!(sent.get(name), Some(value), "{name}");
        }
    }

    #[test]
    fn what_a_language_keeps_under_extra_goes_back_where_it_came_from() {
        let sent = read(json!({
            "parts": [{"count": 1, "extra": {"color": "red"}}], "extra": {"size": 7}, "meta": {}
        }));
        let expected = json!({"parts": [{"count": 1, "color": "red"}], "size": 7, "meta": {}});
        assert_eq!(sent, Ok(expected));
    }

    #[test]
    fn letter_case_does_not_make_it_written_by_hand() {
        let sent = read(json!({"USED": "False", "META": {}, "size": 7}));
        let expected = json!({"used": false, "META": {}, "size": 7});
        assert_eq!(sent, Ok(expected));
    }

    #[test]
    fn what_was_written_by_hand_is_checked_with_the_path_of_the_mistake() {
        let extended = json!({"used": true, "urn:x": {"any": 1}});
        assert_eq!(read(extended.clone()), Ok(extended));
        let cases = [
            (json!({"usd": true}), "thing.usd", "unknown field"),
            (json!({"used": "maybe"}), "thing.used", "true or false"),
            (
                json!({"parts": [{"cont": 1}]}),
                "thing.parts[0].cont",
                "unknown field",
            ),
            (json!("x"), "thing", "an object"),
        ];
        for (thing, field, problem) in cases {
            let (at, said) = read(thing).unwrap_err();
            assert_eq!(at, field);
            assert!(said.contains(problem), "{said}");
        }
    }
}
