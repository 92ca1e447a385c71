//! Files among the arguments: their content goes to the core as bytes, not as JSON.

use bytes::Bytes;
use pyo3::{
    exceptions::PyTypeError,
    prelude::*,
    pybacked::PyBackedBytes,
    types::{PyByteArray, PyBytes, PyDict, PyMemoryView, PyString},
};
use serde::{
    Deserializer,
    de::{IntoDeserializer, Visitor, value::MapDeserializer},
    forward_to_deserialize_any,
};
use serde_json::{Error, Map, Value};

use crate::standard;

/// A file as the core takes it: one of `path`, `content` and `base64`, and perhaps `name` and `type`.
pub(crate) struct Upload(Vec<(String, Part)>);

enum Part {
    Bytes(Bytes),
    /// Bytes that travel beside the arguments: where.
    Place(u64),
    Text(String),
}

const FORMS: &str = "must be bytes, a pathlib.Path, a file opened for reading bytes, or a mapping with `path` or \
                     `content` and perhaps `name` and `type`";

impl Upload {
    /// Bytes, a path, an open file, or a mapping with the parts. A plain text is refused: it could be meant as a path
    /// or as the content.
    pub(crate) fn take(value: &Bound<'_, PyAny>) -> PyResult<Self> {
        if let Some(content) = bytes(value)? {
            return Ok(Self(vec![("content".to_owned(), Part::Bytes(content))]));
        }
        if standard::is_mapping(value)? {
            let parts = value.py().get_type::<PyDict>().call1((value,))?;
            let parts = parts.cast::<PyDict>()?.iter();
            let parts = parts.map(|(name, part)| Ok((name.extract()?, Part::take(&part)?)));
            return parts.collect::<PyResult<_>>().map(Self);
        }
        if value.hasattr("__fspath__")? {
            return Ok(Self(vec![("path".to_owned(), Part::take(value)?)]));
        }
        Self::opened(value)
    }

    /// An open file, from where it stands to its end.
    fn opened(file: &Bound<'_, PyAny>) -> PyResult<Self> {
        let Some(read) = file.getattr_opt("read")? else {
            return Err(PyTypeError::new_err(FORMS));
        };
        let content = bytes(&read.call0()?)?.ok_or_else(|| PyTypeError::new_err(FORMS))?;
        let mut parts = vec![("content".to_owned(), Part::Bytes(content))];
        let name = file.getattr_opt("name")?;
        if let Some(name) = name.and_then(|name| name.extract::<String>().ok()) {
            let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
            parts.push(("name".to_owned(), Part::Text(last.to_owned())));
        }
        Ok(Self(parts))
    }
}

impl Part {
    fn take(value: &Bound<'_, PyAny>) -> PyResult<Self> {
        if let Some(content) = bytes(value)? {
            return Ok(Self::Bytes(content));
        }
        let text = match value.is_instance_of::<PyString>() {
            true => value.clone(),
            false => value.py().import("os")?.call_method1("fspath", (value,))?,
        };
        text.extract().map(Self::Text)
    }
}

/// `bytes` stay where they are, and are kept alive. What could be changed while it is sent is copied.
fn bytes(value: &Bound<'_, PyAny>) -> PyResult<Option<Bytes>> {
    let changeable =
        value.is_instance_of::<PyByteArray>() || value.is_instance_of::<PyMemoryView>();
    let content = match value.cast::<PyBytes>() {
        Ok(bytes) => bytes.clone(),
        Err(_) if changeable => {
            let copy = value.py().get_type::<PyBytes>().call1((value,))?;
            copy.cast_into::<PyBytes>()?
        }
        Err(_) => return Ok(None),
    };
    Ok(Some(Bytes::from_owner(PyBackedBytes::from(content))))
}

/// All arguments of a call.
pub(crate) struct Arguments {
    plain: Map<String, Value>,
    uploads: Vec<(String, Upload)>,
}

impl Arguments {
    /// The arguments, and the contents of their files, which travel beside them.
    pub(crate) fn new(
        plain: Map<String, Value>,
        mut uploads: Vec<(String, Upload)>,
    ) -> (Self, Vec<Bytes>) {
        let mut contents = Vec::new();
        for part in uploads.iter_mut().flat_map(|(_, upload)| &mut upload.0) {
            if let (_, Part::Bytes(content)) = part {
                let content = std::mem::take(content);
                part.1 = Part::Place(contents.len() as u64);
                contents.push(content);
            }
        }
        (Self { plain, uploads }, contents)
    }
}

/// One argument.
enum Argument {
    Plain(Value),
    Upload(Upload),
}

impl<'de> Deserializer<'de> for Arguments {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let plain = self.plain.into_iter();
        let plain = plain.map(|(wire, value)| (wire, Argument::Plain(value)));
        let uploads = self.uploads.into_iter();
        let uploads = uploads.map(|(wire, upload)| (wire, Argument::Upload(upload)));
        visitor.visit_map(MapDeserializer::new(plain.chain(uploads)))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de> IntoDeserializer<'de, Error> for Argument {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Argument {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Self::Plain(value) => value.deserialize_any(visitor),
            Self::Upload(upload) => visitor.visit_map(MapDeserializer::new(upload.0.into_iter())),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Self::Plain(value) => value.deserialize_option(visitor),
            upload => visitor.visit_some(upload),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self {
            Self::Plain(value) => value.deserialize_enum(name, variants, visitor),
            upload => upload.deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
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
            Self::Bytes(content) => visitor.visit_bytes(&content),
            Self::Place(place) => visitor.visit_u64(place),
            Self::Text(text) => visitor.visit_string(text),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}
