//! What a table is: rows of the directory, seen through named columns.

use std::borrow::Cow;
use std::cmp::Ordering;

use serde::{Serialize, Serializer};

use super::BadQuery;
use super::syntax::Name;
use crate::platform::date;
use crate::platform::query_format::ColumnType;
use crate::state::Directory;
use crate::state::rights::Needs;
use crate::state::users::{fold, folded};

/// What stands in a column of a row.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value<'d> {
    Null,
    Text(Cow<'d, str>),
    Boolean(bool),
    /// Milliseconds since 1970.
    Date(i64),
}

impl<'d> Value<'d> {
    pub(super) fn text(text: impl Into<Cow<'d, str>>) -> Self {
        Self::Text(text.into())
    }

    /// Text that clients need as text: an empty one where there is none.
    pub(super) fn always_text(text: Option<&'d str>) -> Self {
        Self::text(text.unwrap_or_default())
    }

    pub(super) fn perhaps(text: Option<impl Into<Cow<'d, str>>>) -> Self {
        text.map_or(Self::Null, |text| Self::Text(text.into()))
    }

    /// How two values of one column are ordered; there is no order between null and anything.
    pub(super) fn compare(&self, other: &Value<'_>) -> Option<Ordering> {
        match (self, other) {
            (Self::Text(left), Value::Text(right)) => Some(folded(left).cmp(folded(right))),
            (Self::Boolean(left), Value::Boolean(right)) => Some(left.cmp(right)),
            (Self::Date(left), Value::Date(right)) => Some(left.cmp(right)),
            _ => None,
        }
    }

    /// What sorts the value, made once per row: folding text at every comparison would take most of the time.
    pub(super) fn sort_key(&self) -> SortKey {
        match self {
            Self::Null => SortKey::Null,
            Self::Text(text) => SortKey::Text(fold(text)),
            Self::Boolean(flag) => SortKey::Boolean(*flag),
            Self::Date(ms) => SortKey::Date(*ms),
        }
    }
}

/// A value as it is sorted; null comes first.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum SortKey {
    Null,
    Text(Box<str>),
    Boolean(bool),
    Date(i64),
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_none(),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Boolean(flag) => serializer.serialize_bool(*flag),
            Self::Date(ms) => serializer.serialize_str(&date(*ms)),
        }
    }
}

/// What a column can hold besides null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Boolean,
    Date,
}

impl Kind {
    pub(super) fn column_type(self) -> ColumnType {
        match self {
            Self::Text => ColumnType::Text,
            Self::Boolean => ColumnType::Boolean,
            Self::Date => ColumnType::Date,
        }
    }
}

/// One column of rows of type `R`.
#[derive(Debug)]
pub(super) struct Column<R: 'static> {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) read: for<'d> fn(&'d Directory, &'d R) -> Value<'d>,
}

/// One table.
#[derive(Debug)]
pub(super) struct Table<R: 'static> {
    pub(super) name: &'static str,
    pub(super) needs: Needs,
    pub(super) columns: &'static [Column<R>],
    pub(super) key: fn(&R) -> String,
    pub(super) rows: for<'d> fn(&'d Directory) -> Box<dyn Iterator<Item = &'d R> + 'd>,
    /// Finds the rows that have a text in a column by an index, if there is one for the column.
    pub(super) find: for<'d> fn(&'d Directory, &str, &str) -> Option<Vec<&'d R>>,
}

impl<R> Table<R> {
    /// The column of that name; letter case does not matter, and the table may stand in front.
    pub(super) fn column(&self, name: &Name) -> Result<&'static Column<R>, BadQuery> {
        let bare = match name.text.split_once('.') {
            Some((table, column)) if table.eq_ignore_ascii_case(self.name) => column,
            _ => &name.text,
        };
        let found = self
            .columns
            .iter()
            .find(|column| column.name.eq_ignore_ascii_case(bare));
        found.ok_or_else(|| {
            let names: Vec<&str> = self.columns.iter().map(|column| column.name).collect();
            let reason = format!(
                "{} has no column {}; it has {}",
                self.name,
                name.text,
                names.join(", ")
            );
            BadQuery::at(name.at, reason)
        })
    }
}
