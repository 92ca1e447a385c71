//! The Columns/Results/Row format in which many platform calls list things.

use std::borrow::Cow;

use serde::Serialize;

/// Type numbers of columns.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ColumnType {
    Unknown = 0,
    Boolean = 1,
    Date = 3,
    Text = 12,
    Object = 16,
}

/// Name and type of one column.
pub(crate) type Column = (&'static str, ColumnType);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ColumnHead {
    name: Cow<'static, str>,
    is_hidden: bool,
    #[serde(rename = "DDName")]
    dd_name: Option<()>,
    title: Cow<'static, str>,
    #[serde(rename = "DDTitle")]
    dd_title: Option<()>,
    description: Option<()>,
    #[serde(rename = "Type")]
    kind: u8,
    format: Option<()>,
    width: u32,
    table_key: Option<()>,
    foreign_key: Option<()>,
    table_name: Option<&'static str>,
}

impl ColumnHead {
    fn new(name: Cow<'static, str>, kind: ColumnType, table: Option<&'static str>) -> Self {
        Self {
            name: name.clone(),
            is_hidden: false,
            dd_name: None,
            title: name,
            dd_title: None,
            description: None,
            kind: kind as u8,
            format: None,
            width: 0,
            table_key: None,
            foreign_key: None,
            table_name: table,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Entity {
    #[serde(rename = "Type")]
    kind: &'static str,
    key: String,
    is_foreign_key: bool,
}

/// One line of the list with the thing it stands for.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Line<R> {
    entities: [Entity; 1],
    row: R,
}

impl<R> Line<R> {
    pub(crate) fn new(kind: &'static str, key: impl Into<String>, row: R) -> Self {
        Self {
            entities: [Entity {
                kind,
                key: key.into(),
                is_foreign_key: false,
            }],
            row,
        }
    }
}

/// A list in query format.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct QueryResult<R> {
    is_aggregate: bool,
    count: usize,
    columns: Vec<ColumnHead>,
    full_count: usize,
    results: Vec<Line<R>>,
    #[serde(rename = "ReturnID")]
    return_id: String,
}

impl<R> QueryResult<R> {
    /// A page of a longer list.
    pub(crate) fn page(columns: &[Column], results: Vec<Line<R>>, full_count: usize) -> Self {
        let heads = columns
            .iter()
            .map(|(name, kind)| ColumnHead::new(Cow::Borrowed(*name), *kind, None));
        Self::new(heads.collect(), results, full_count)
    }

    /// Rows of a table under keys that the caller chose.
    pub(crate) fn of_table(
        table: &'static str,
        columns: impl Iterator<Item = (Cow<'static, str>, ColumnType)>,
        results: Vec<Line<R>>,
        full_count: usize,
    ) -> Self {
        let heads = columns.map(|(name, kind)| ColumnHead::new(name, kind, Some(table)));
        Self::new(heads.collect(), results, full_count)
    }

    fn new(columns: Vec<ColumnHead>, results: Vec<Line<R>>, full_count: usize) -> Self {
        Self {
            is_aggregate: false,
            count: results.len(),
            columns,
            full_count,
            results,
            return_id: String::new(),
        }
    }

    /// Hands back an id for a call that follows.
    pub(crate) fn returning(mut self, id: &str) -> Self {
        self.return_id = id.to_owned();
        self
    }

    /// A list that is complete.
    pub(crate) fn complete(columns: &[Column], results: Vec<Line<R>>) -> Self {
        let full_count = results.len();
        Self::page(columns, results, full_count)
    }
}
