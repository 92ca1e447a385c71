//! `record!` and `request!`: a struct, its wire names, and how it is read and written, from one list of fields.
//!
//! A derive would need `#[serde(flatten)]` to keep unknown fields, which doubles the cost of reading a page, and has no
//! lenient reading by kind.

use std::fmt;

use serde::de::{DeserializeSeed, Visitor};

/// A key of an object: one of the known wire names, or another.
pub(crate) enum Key {
    Known(&'static str),
    Unknown(String),
}

/// Reads a key without allocating for the known ones. The service's names are compared exactly first, then without case.
pub(crate) struct KeySeed(pub(crate) &'static [&'static str]);

impl<'de> DeserializeSeed<'de> for KeySeed {
    type Value = Key;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Key, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for KeySeed {
    type Value = Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field name")
    }

    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Key, E> {
        let exact = self.0.iter().find(|known| **known == name);
        let known = exact.or_else(|| self.0.iter().find(|known| known.eq_ignore_ascii_case(name)));
        Ok(known.map_or_else(|| Key::Unknown(name.to_owned()), |known| Key::Known(known)))
    }
}

/// Reads a field as a serde seed, so that error paths name it.
pub(crate) struct FieldSeed<T>(
    pub(crate) super::Mode,
    pub(crate) std::marker::PhantomData<T>,
);

impl<'de, T: super::FieldValue> DeserializeSeed<'de> for FieldSeed<T> {
    type Value = super::Read<T>;

    fn deserialize<D: serde::Deserializer<'de>>(self, d: D) -> Result<super::Read<T>, D::Error> {
        T::read(d, self.0)
    }
}

/// Refuses the value of an unknown field. As a seed, so that the error's path ends in the name of the field.
pub(crate) struct Unknown<'a> {
    pub(crate) name: &'a str,
    pub(crate) known: &'static [&'static str],
}

impl<'de> DeserializeSeed<'de> for Unknown<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, _: D) -> Result<(), D::Error> {
        Err(serde::de::Error::unknown_field(self.name, self.known))
    }
}

/// Extension attributes are named by URNs, which nobody can list beforehand.
pub(crate) fn is_extension(name: &str) -> bool {
    name.get(..4)
        .is_some_and(|start| start.eq_ignore_ascii_case("urn:"))
}

/// The name behind a raw identifier: `type` for `r#type`.
pub(crate) fn plain_name(identifier: &str) -> &str {
    identifier.trim_start_matches("r#")
}

/// Serialises the fields that are present, then the unknown ones.
macro_rules! write_fields {
    ($self:ident, $serializer:ident, $extra:expr, $($field:ident = $wire:literal),*) => {{
        use serde::ser::SerializeMap;
        let mut map = $serializer.serialize_map(None)?;
        $(if !$crate::model::FieldValue::is_absent(&$self.$field) {
            map.serialize_entry($wire, &$self.$field)?;
        })*
        // A field that has been set since wins over what it could not hold when it was read.
        let set: &[(&str, bool)] =
            &[$(($wire, !$crate::model::FieldValue::is_absent(&$self.$field))),*];
        for (name, value) in $extra {
            let name: &str = name;
            if !set.contains(&(name, true)) {
                map.serialize_entry(name, value)?;
            }
        }
        map.end()
    }};
}

/// Defines what the service sends: every field optional, unknown ones kept in `extra`.
macro_rules! record {
    ($(#[$meta:meta])* pub struct $Name:ident {
        $($(#[$fmeta:meta])* $field:ident: $ty:ty = $wire:literal,)*
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Default, PartialEq, schemars::JsonSchema)]
        #[schemars(extend("x-record" = true))]
        pub struct $Name {
            $($(#[$fmeta])* #[schemars(rename = $wire, extend("x-name" = $crate::model::plain_name(stringify!($field))))] pub $field: $ty,)*
            /// What the service sent beyond the fields above, or in a form that they cannot hold, under its wire name.
            /// It is sent back when the record is.
            #[schemars(skip)]
            pub extra: serde_json::Map<String, serde_json::Value>,
        }

        impl $Name {
            const FIELDS: &'static [&'static str] = &[$($wire),*];
        }

        impl serde::Serialize for $Name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                write_fields!(self, serializer, &self.extra, $($field = $wire),*)
            }
        }

        impl $crate::model::Lenient for $Name {
            const EXPECTING: &'static str = concat!("an object (", stringify!($Name), ")");

            fn look(value: &serde_json::Value, sight: &mut $crate::drift::Sight) {
                const FIELDS: &[(&str, $crate::drift::Look)] =
                    &[$(($wire, <$ty as $crate::model::FieldValue>::look)),*];
                sight.record(value, Self::EXPECTING, FIELDS);
            }

            #[allow(unused_imports)] // for records without fields
            fn object<'de, A: serde::de::MapAccess<'de>>(
                mut map: A,
                mode: $crate::model::Mode,
            ) -> Result<$crate::model::Read<Self>, A::Error> {
                use $crate::model::{Mode, Read, fields::{FieldSeed, Key, KeySeed, Unknown, is_extension}};
                let mut record = Self::default();
                while let Some(key) = map.next_key_seed(KeySeed(Self::FIELDS))? {
                    match key {
                        $(Key::Known($wire) => {
                            match map.next_value_seed(FieldSeed::<$ty>(mode, std::marker::PhantomData))? {
                                Read::Value(value) => record.$field = value,
                                Read::Absent => {}
                                Read::Other(value) => {
                                    record.extra.insert($wire.to_owned(), value);
                                }
                            }
                        })*
                        // A record that was read, and comes back from a language without this struct.
                        Key::Unknown(name) if mode != Mode::Tolerant && name == "extra" => {
                            let extra: serde_json::Map<_, _> = map.next_value()?;
                            record.extra.extend(extra);
                        }
                        Key::Unknown(name) if mode == Mode::Strict && !is_extension(&name) => {
                            map.next_value_seed(Unknown { name: &name, known: Self::FIELDS })?;
                        }
                        Key::Unknown(name) => {
                            record.extra.insert(name, map.next_value()?);
                        }
                        Key::Known(_) => {}
                    }
                }
                Ok(Read::Value(record))
            }
        }

        impl<'de> serde::Deserialize<'de> for $Name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                use $crate::model::{Mode, Read, Reader};
                use serde::de::{DeserializeSeed, Error};
                match Reader::<Self>::new(Mode::Tolerant).deserialize(deserializer)? {
                    Read::Value(record) => Ok(record),
                    Read::Absent => Ok(Self::default()),
                    Read::Other(_) => Err(D::Error::custom(concat!("not an object (", stringify!($Name), ")"))),
                }
            }
        }

        impl $crate::model::Output for $Name {
            const SHAPE: $crate::model::Shape = $crate::model::Shape::Record;

            fn decode(value: &[u8]) -> serde_json::Result<Self> {
                $crate::model::from_slice(value)
            }

            fn look(value: &serde_json::Value, sight: &mut $crate::drift::Sight) {
                <Self as $crate::model::Lenient>::look(value, sight);
            }

            fn item_schema(generator: &mut schemars::SchemaGenerator) -> Option<schemars::Schema> {
                Some(generator.subschema_for::<Self>())
            }
        }
    };
}

/// Defines the arguments of an operation, or an object among them: read strictly, with the path of a mistake; absent
/// ones are not written.
///
/// `from field` makes the request from the text of that field alone. `sent by function` names the function that puts
/// the written fields into the layout of the wire, where that differs; then the schemas of the fields say how they are
/// sent. `x-sent` is the schema of what goes out, false for a field that does not, and `"beside"` for an object whose
/// members go out instead of it; `x-always-sent` marks one that goes out whether it is given or not.
macro_rules! request {
    ($(#[$meta:meta])* pub struct $Name:ident $(from $from:ident)? $(sent by $arrange:path)? {
        $($(#[$fmeta:meta])* $field:ident: $ty:ty = $wire:literal,)*
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Default, PartialEq, schemars::JsonSchema)]
        #[schemars(extend("x-record" = true))]
        pub struct $Name {
            $($(#[$fmeta])* #[schemars(rename = $wire, extend("x-name" = $crate::model::plain_name(stringify!($field)), "x-required" = <$ty as $crate::model::FieldValue>::missing().is_none()))] pub $field: $ty,)*
        }

        impl serde::Serialize for $Name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                write_fields!(self, serializer, [] as [(&str, &str); 0], $($field = $wire),*)
            }
        }

        impl<'de> serde::Deserialize<'de> for $Name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Arguments;

                impl<'de> serde::de::Visitor<'de> for Arguments {
                    type Value = $Name;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("an object with the arguments")
                    }

                    #[allow(unused_mut, unused_variables, unused_imports)] // for requests without arguments
                    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<$Name, A::Error> {
                        use serde::de::Error;
                        use $crate::model::{FieldValue, Mode, Read, fields::{FieldSeed, Key, KeySeed, Unknown}};
                        const FIELDS: &[&str] = &[$($wire),*];
                        $(let mut $field: Option<$ty> = None;)*
                        while let Some(key) = map.next_key_seed(KeySeed(FIELDS))? {
                            match key {
                                $(Key::Known($wire) => {
                                    let read = map.next_value_seed(FieldSeed::<$ty>(Mode::Strict, std::marker::PhantomData))?;
                                    if let Read::Value(value) = read {
                                        $field = Some(value);
                                    }
                                })*
                                Key::Known(_) => {}
                                Key::Unknown(name) => map.next_value_seed(Unknown { name: &name, known: FIELDS })?,
                            }
                        }
                        Ok($Name {
                            $($field: match $field.or_else(<$ty as FieldValue>::missing) {
                                Some(value) => value,
                                None => return Err(A::Error::missing_field($wire)),
                            },)*
                        })
                    }
                }

                deserializer.deserialize_map(Arguments)
            }
        }

        impl $crate::model::Lenient for $Name {
            const EXPECTING: &'static str = concat!("an object (", stringify!($Name), ")");

            fn object<'de, A: serde::de::MapAccess<'de>>(
                map: A,
                _: $crate::model::Mode,
            ) -> Result<$crate::model::Read<Self>, A::Error> {
                let map = serde::de::value::MapAccessDeserializer::new(map);
                serde::Deserialize::deserialize(map).map($crate::model::Read::Value)
            }
        }

        impl $crate::operation::Arguments for $Name {
            #[allow(unused_mut)] // for requests without arguments
            fn files(&self) -> Vec<(&'static str, &$crate::model::File)> {
                let mut files = Vec::new();
                $(if let Some(file) = $crate::model::FieldValue::file(&self.$field) {
                    files.push(($wire, file));
                })*
                files
            }

            $(fn arrange(
                &self,
                fields: serde_json::Map<String, serde_json::Value>,
            ) -> Result<serde_json::Map<String, serde_json::Value>, $crate::operation::Mistake> {
                $arrange(self, fields)
            })?
        }

        $(impl<T: Into<String>> From<T> for $Name {
            #[allow(clippy::needless_update)] // for requests with a single argument
            fn from(text: T) -> Self {
                Self { $from: text.into().into(), ..Self::default() }
            }
        })?
    };
}

#[cfg(test)]
mod tests {
    use crate::{Piece, Spelling, find};

    #[test]
    fn a_field_that_is_set_replaces_what_it_could_not_hold() {
        let mut email: crate::ops::scim::users::Email =
            serde_json::from_value(serde_json::json!({ "value": ["odd"], "x": 1 })).unwrap();
        let written = serde_json::to_value(&email).unwrap();
        assert_eq!(written, serde_json::json!({ "value": ["odd"], "x": 1 }));
        email.value = Some("a@b".to_owned());
        assert_eq!(
            serde_json::to_string(&email).unwrap(),
            r#"{"value":"a@b","x":1}"#
        );
    }

    #[test]
    fn what_a_record_was_read_with_is_sent_back_and_a_typing_error_is_not() {
        let create = find("scim.users.create").unwrap();
        let prepare = |email| {
            let arguments = serde_json::json!({ "userName": "a@b", "emails": [email] });
            create.prepare(arguments, Spelling::Camel)
        };
        let kept = prepare(serde_json::json!({ "value": "a@b", "extra": { "verified": "yes" } }));
        let body = kept.unwrap().body.unwrap();
        let [Piece::Bytes(body)] = body.pieces() else {
            panic!("not in memory");
        };
        let body: serde_json::Value = serde_json::from_slice(body).unwrap();
        assert_eq!(body["emails"][0]["verified"], "yes");
        let refused = prepare(serde_json::json!({ "value": "a@b", "verified": "yes" }));
        let field = refused.unwrap_err().details().field.clone();
        assert_eq!(field.as_deref(), Some("emails[0].verified"));
    }
}
