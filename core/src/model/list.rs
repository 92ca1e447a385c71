//! One page of a SCIM list (RFC 7644, section 3.4.2).

use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{DeserializeOwned, DeserializeSeed},
};

use serde_json::Value;

use super::{Lenient, Mode, Output, Read, Reader, Shape, from_slice};
use crate::drift::{Look, Sight};

/// One page of a SCIM list, used as a slice of its resources.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
pub struct ListResponse<T> {
    /// The resources of this page. The service may leave the member out if nothing matches.
    #[serde(
        rename = "Resources",
        default = "Vec::new",
        deserialize_with = "null_as_empty"
    )]
    pub resources: Vec<T>,
    /// Matches in total, before paging.
    #[serde(rename = "totalResults", default, deserialize_with = "count")]
    pub total_results: Option<i64>,
    /// Position of the first resource, counting from 1.
    #[serde(rename = "startIndex", default, deserialize_with = "count")]
    pub start_index: Option<i64>,
    /// Resources in this page, as the service counts them.
    #[serde(rename = "itemsPerPage", default, deserialize_with = "count")]
    pub items_per_page: Option<i64>,
}

fn null_as_empty<'de, T, D>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// A number beside a list. The list is useful even without it.
pub(super) fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    Ok(
        match Reader::new(Mode::Tolerant).deserialize(deserializer)? {
            Read::Value(count) => Some(count),
            Read::Absent | Read::Other(_) => None,
        },
    )
}

impl<T> Deref for ListResponse<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.resources
    }
}

impl<T> IntoIterator for ListResponse<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.resources.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a ListResponse<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.resources.iter()
    }
}

impl<T> Output for ListResponse<T>
where
    T: Serialize + DeserializeOwned + JsonSchema + Lenient + Send + 'static,
{
    const SHAPE: Shape = Shape::List;

    fn decode(value: &[u8]) -> serde_json::Result<Self> {
        from_slice(value)
    }

    fn look(value: &Value, sight: &mut Sight) {
        let fields: [(&str, Look); 5] = [
            ("schemas", <Vec<String> as Lenient>::look),
            ("Resources", <Vec<T> as Lenient>::look),
            ("totalResults", <i64 as Lenient>::look),
            ("startIndex", <i64 as Lenient>::look),
            ("itemsPerPage", <i64 as Lenient>::look),
        ];
        sight.record(value, "a list of resources", &fields);
    }

    fn item_schema(generator: &mut SchemaGenerator) -> Option<Schema> {
        Some(generator.subschema_for::<T>())
    }
}
