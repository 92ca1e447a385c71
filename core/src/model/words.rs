//! Words that the service is known to use, as enums that keep those that are not known.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _, ser::Error as _};

use super::read::{FieldValue, Lenient, Mode, Read, Refusal};

/// An enum of words.
pub trait Words: From<String> + JsonSchema + Lenient {
    /// Completes "must be …" in an error.
    const MUST_BE: &'static str;

    /// Whether the service is known to take it.
    fn is_known(&self) -> bool;
}

/// A word as an argument: one that the service is not known to take is refused.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Known<T>(pub T);

impl<T: Words> Known<T> {
    fn checked(text: &str) -> Option<Self> {
        let word = T::from(text.to_owned());
        word.is_known().then_some(Self(word))
    }
}

impl<T: Words> From<T> for Known<T> {
    fn from(word: T) -> Self {
        Self(word)
    }
}

impl<T: Words> From<String> for Known<T> {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl<T: Words> From<&str> for Known<T> {
    fn from(text: &str) -> Self {
        Self(text.to_owned().into())
    }
}

impl<T: Words> Serialize for Known<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.is_known() {
            true => self.0.serialize(serializer),
            false => Err(S::Error::custom(format!("must be {}", T::MUST_BE))),
        }
    }
}

/// For what may be left out.
impl<T: Words> Lenient for Known<T> {
    const EXPECTING: &'static str = T::MUST_BE;
    const REFUSAL: Refusal = Refusal::TextValue;

    fn text(v: &str, _: Mode) -> Option<Read<Self>> {
        Self::checked(v).map(Read::Value)
    }
}

impl<T: Words> FieldValue for Known<T> {
    fn read<'de, D: Deserializer<'de>>(d: D, _: Mode) -> Result<Read<Self>, D::Error> {
        let text = String::deserialize(d)?;
        let word = Self::checked(&text);
        word.map(Read::Value)
            .ok_or_else(|| D::Error::custom(format!("must be {}", T::MUST_BE)))
    }

    fn missing() -> Option<Self> {
        None
    }

    fn is_absent(&self) -> bool {
        false
    }
}

impl<T: Words> JsonSchema for Known<T> {
    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

/// Defines an enum of words. As a result any text is read; as an argument ([`Known`]) it has to be one of the words, or
/// something else that is `known by` a function.
macro_rules! words {
    (
        $(#[doc = $doc:literal])+
        pub enum $Name:ident, must be $must_be:literal $(, known by $known:path)? {
            $($(#[doc = $word_doc:literal])+ $Word:ident = $wire:literal,)+
        }
    ) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $Name {
            $($(#[doc = $word_doc])+ $Word,)+
            /// A word that is not known here, as it came.
            Other(String),
        }

        impl $Name {
            /// The known words, as the wire has them.
            pub const WORDS: &'static [&'static str] = &[$($wire),+];

            /// The word, as the wire has it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$Word => $wire,)+
                    Self::Other(text) => text,
                }
            }
        }

        /// No word, which no argument may be.
        impl Default for $Name {
            fn default() -> Self {
                Self::Other(String::new())
            }
        }

        impl<T: Into<String>> From<T> for $Name {
            fn from(text: T) -> Self {
                let text = text.into();
                match text.as_str() {
                    $($wire => Self::$Word,)+
                    _ => Self::Other(text),
                }
            }
        }

        impl std::fmt::Display for $Name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $Name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl $crate::model::Words for $Name {
            const MUST_BE: &'static str = $must_be;

            fn is_known(&self) -> bool {
                let known = !matches!(self, Self::Other(_));
                known $(|| $known(self))?
            }
        }

        impl $crate::model::Lenient for $Name {
            const EXPECTING: &'static str = "text";

            fn text(v: &str, _: $crate::model::Mode) -> Option<$crate::model::Read<Self>> {
                Some($crate::model::Read::Value(v.into()))
            }

            fn boolean(v: bool, mode: $crate::model::Mode) -> Option<$crate::model::Read<Self>> {
                $crate::model::tolerated(mode, || Some(v.to_string().into()))
            }

            fn number(
                v: &serde_json::Number,
                mode: $crate::model::Mode,
            ) -> Option<$crate::model::Read<Self>> {
                $crate::model::tolerated(mode, || Some(v.to_string().into()))
            }
        }

        impl schemars::JsonSchema for $Name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($Name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": "string",
                    "description": concat!($($doc, "\n"),+),
                    "x-words": [$({
                        "name": stringify!($Word),
                        "wire": $wire,
                        "doc": concat!($($word_doc, "\n"),+),
                    }),+],
                })
            }
        }
    };
}
