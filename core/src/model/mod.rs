//! How results are read (leniently) and requests are written (exactly).

#[macro_use]
pub(crate) mod fields;
mod file;
mod list;
mod read;
mod rows;
mod scalar;
mod secret;
mod shelf;
mod timestamp;
mod values;
mod whole;
#[macro_use]
mod words;
mod known;

pub(crate) use fields::{is_extension, plain_name};
pub use file::File;
pub(crate) use file::Source;
pub use known::{AccountState, AttributeKind, PhoneKind, PrincipalKind, RoleKind, SortOrder};
pub use list::ListResponse;
pub use read::{FieldValue, Lenient, Mode, Read, Reader, Refusal};
pub use rows::Rows;
pub(crate) use scalar::tolerated;
pub use scalar::{TextBoolean, boolean_from_text, integer_from_text};
pub use secret::Secret;
pub use shelf::with_contents;
pub use timestamp::Timestamp;
pub use values::{Id, Name, NonEmpty, Nullable};
pub use whole::Whole;
pub(crate) use whole::split_located;
pub use words::{Known, Words};

use schemars::{Schema, SchemaGenerator};
use serde::{
    Serialize,
    de::{DeserializeOwned, DeserializeSeed, Error},
};
use serde_json::Value;

use crate::drift::Sight;

/// How the value of an answer is laid out, so that bindings can read it without knowing the operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Success alone is the answer.
    Nothing,
    /// One text.
    Text,
    /// True or false, or null where the service does not say.
    Boolean,
    /// Any JSON value: the form is not known.
    Any,
    /// One object.
    Record,
    /// Rows of the platform's query format, or a bare list of them.
    Rows,
    /// One page of a SCIM list.
    List,
}

impl Shape {
    /// The word used between the layers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Text => "text",
            Self::Boolean => "boolean",
            Self::Any => "any",
            Self::Record => "record",
            Self::Rows => "rows",
            Self::List => "list",
        }
    }
}

/// What an operation gives back.
pub trait Output: Serialize + Sized + Send + 'static {
    /// Layout of the value.
    const SHAPE: Shape;

    /// Reads the value, taken out of its envelope.
    ///
    /// # Errors
    /// Broken JSON, or a value of another layout.
    fn decode(value: &[u8]) -> serde_json::Result<Self>;

    /// Compares a value, taken out of its envelope, with what is known. Where nothing is, nothing is compared.
    fn look(_: &Value, _: &mut Sight) {}

    /// Schema of the record, or of the items for lists; none where there is no record.
    fn item_schema(generator: &mut SchemaGenerator) -> Option<Schema>;
}

impl Output for () {
    const SHAPE: Shape = Shape::Nothing;

    fn decode(_: &[u8]) -> serde_json::Result<Self> {
        Ok(())
    }

    fn item_schema(_: &mut SchemaGenerator) -> Option<Schema> {
        None
    }
}

impl Output for String {
    const SHAPE: Shape = Shape::Text;

    fn decode(value: &[u8]) -> serde_json::Result<Self> {
        scalar_from_slice(value)?.ok_or_else(|| Error::custom("there is no text"))
    }

    fn look(value: &Value, sight: &mut Sight) {
        <Self as Lenient>::look(value, sight);
    }

    fn item_schema(_: &mut SchemaGenerator) -> Option<Schema> {
        None
    }
}

/// None where the service does not say.
impl Output for Option<bool> {
    const SHAPE: Shape = Shape::Boolean;

    fn decode(value: &[u8]) -> serde_json::Result<Self> {
        scalar_from_slice(value)
    }

    fn look(value: &Value, sight: &mut Sight) {
        <Self as FieldValue>::look(value, sight);
    }

    fn item_schema(_: &mut SchemaGenerator) -> Option<Schema> {
        None
    }
}

/// For answers whose form is not known.
impl Output for Value {
    const SHAPE: Shape = Shape::Any;

    fn decode(value: &[u8]) -> serde_json::Result<Self> {
        from_slice(value)
    }

    fn item_schema(_: &mut SchemaGenerator) -> Option<Schema> {
        None
    }
}

/// A value of this kind, or null.
fn scalar_from_slice<T: Lenient>(value: &[u8]) -> serde_json::Result<Option<T>> {
    let mut json = serde_json::Deserializer::from_slice(value);
    match Reader::<T>::new(Mode::Tolerant).deserialize(&mut json)? {
        Read::Value(value) => Ok(Some(value)),
        Read::Absent => Ok(None),
        Read::Other(_) => Err(Error::custom(format_args!("expected {}", T::EXPECTING))),
    }
}

pub(crate) fn from_slice<T: DeserializeOwned>(value: &[u8]) -> serde_json::Result<T> {
    serde_json::from_slice(value)
}
