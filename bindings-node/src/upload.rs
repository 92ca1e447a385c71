//! Arguments with files among them: the content of a file goes to core as bytes, not as JSON.

use std::{collections::HashMap, iter};

use serde::{
    Deserializer,
    de::{IntoDeserializer, Visitor, value::MapDeserializer},
    forward_to_deserialize_any,
};
use serde_json::{Error, Map, Value};

/// The arguments of a call, and the contents of the files among them by wire name.
pub(crate) struct Arguments {
    pub(crate) plain: Map<String, Value>,
    pub(crate) contents: HashMap<String, Vec<u8>>,
}

impl<'de> Deserializer<'de> for Arguments {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Error> {
        let parts = self.plain.into_iter().map(|(name, value)| {
            let part = match (self.contents.remove(&name), value) {
                (Some(content), Value::Object(about)) => Part::File { about, content },
                (_, value) => Part::Plain(value),
            };
            (name, part)
        });
        visitor.visit_map(MapDeserializer::new(parts))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// One argument, or a part of one that is a file.
enum Part {
    Plain(Value),
    File {
        about: Map<String, Value>,
        content: Vec<u8>,
    },
    Content(Vec<u8>),
}

impl<'de> IntoDeserializer<'de, Error> for Part {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Part {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Self::Plain(value) => value.deserialize_any(visitor),
            Self::Content(content) => visitor.visit_byte_buf(content),
            Self::File { about, content } => {
                let about = about
                    .into_iter()
                    .map(|(name, value)| (name, Self::Plain(value)));
                let content = iter::once(("content".to_owned(), Self::Content(content)));
                visitor.visit_map(MapDeserializer::new(about.chain(content)))
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Self::Plain(value) => value.deserialize_option(visitor),
            file => visitor.visit_some(file),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf unit unit_struct newtype_struct
        seq tuple tuple_struct map struct enum identifier ignored_any
    }
}
