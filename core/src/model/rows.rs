//! The platform's query format: `Columns`, `Results` and, in each result, `Row`.

use std::{fmt, marker::PhantomData, ops::Deref};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{DeserializeOwned, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use serde_json::Value;

use super::{Lenient, Output, Shape, from_slice, list::count};
use crate::drift::Sight;

/// Rows of a platform query.
///
/// The service wraps them as `{Count, FullCount, Columns, Results: [{Entities, Row}]}`; some calls answer with a bare
/// list instead. Both are read, and used as a slice of rows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rows<T> {
    /// The rows of this answer.
    pub items: Vec<T>,
    /// Rows in the whole result, if the service says so.
    pub full_count: Option<i64>,
}

impl<T> Deref for Rows<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.items
    }
}

impl<T> IntoIterator for Rows<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a Rows<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}

impl<T: Serialize> Serialize for Rows<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.items.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Rows<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RowsVisitor(PhantomData))
    }
}

struct RowsVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for RowsVisitor<T> {
    type Value = Rows<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("rows of a query, or a list")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Rows<T>, E> {
        Ok(Rows {
            items: Vec::new(),
            full_count: None,
        })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Rows<T>, A::Error> {
        let mut items = Vec::with_capacity(seq.size_hint().unwrap_or(0));
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Rows {
            items,
            full_count: None,
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Rows<T>, A::Error> {
        let mut rows = Rows {
            items: Vec::new(),
            full_count: None,
        };
        while let Some(key) = map.next_key::<String>()? {
            if key.eq_ignore_ascii_case("results") {
                let results = map
                    .next_value::<Option<Vec<WithRow<T>>>>()?
                    .unwrap_or_default();
                rows.items = results.into_iter().map(|result| result.row).collect();
            } else if key.eq_ignore_ascii_case("fullcount") {
                rows.full_count = map.next_value::<Count>()?.0;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(rows)
    }
}

#[derive(Deserialize)]
struct Count(#[serde(deserialize_with = "count")] Option<i64>);

#[derive(Deserialize)]
struct WithRow<T> {
    #[serde(rename = "Row")]
    row: T,
}

impl<T> Output for Rows<T>
where
    T: Serialize + DeserializeOwned + JsonSchema + Lenient + Send + 'static,
{
    const SHAPE: Shape = Shape::Rows;

    fn decode(value: &[u8]) -> serde_json::Result<Self> {
        from_slice(value)
    }

    /// What surrounds the rows is not read, and therefore not examined.
    fn look(value: &Value, sight: &mut Sight) {
        const EXPECTING: &str = "rows of a query, or a list";
        let of = |name: &str, object: &Value| {
            let mut fields = object.as_object().into_iter().flatten();
            let found = fields.find(|(this, _)| this.eq_ignore_ascii_case(name));
            found.map_or(Value::Null, |(_, value)| value.clone())
        };
        match value {
            Value::Null => {}
            Value::Array(_) => sight.items(value, T::look),
            Value::Object(_) => match of("results", value) {
                Value::Null => {}
                Value::Array(results) => {
                    let rows = results.iter().map(|result| of("row", result)).collect();
                    sight.items(&Value::Array(rows), T::look);
                }
                other => sight.changed(EXPECTING, &other),
            },
            other => sight.changed(EXPECTING, other),
        }
    }

    fn item_schema(generator: &mut SchemaGenerator) -> Option<Schema> {
        Some(generator.subschema_for::<T>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_query_format_a_bare_list_and_nothing() {
        let query = r#"{"Count":1,"FullCount":7,"Columns":[],"Results":[{"Entities":[],"Row":3}]}"#;
        let rows: Rows<i64> = serde_json::from_str(query).unwrap();
        assert_eq!((rows.items, rows.full_count), (vec![3], Some(7)));
        let counts = |count: &str| {
            let query = format!(r#"{{"FullCount":{count},"Results":null}}"#);
            serde_json::from_str::<Rows<i64>>(&query)
                .unwrap()
                .full_count
        };
        assert_eq!(
            (counts("\"7\""), counts("null"), counts("[7]")),
            (Some(7), None, None)
        );
        assert_eq!(serde_json::from_str::<Rows<i64>>("[1,2]").unwrap().len(), 2);
        assert!(
            serde_json::from_str::<Rows<i64>>("null")
                .unwrap()
                .is_empty()
        );
    }
}
