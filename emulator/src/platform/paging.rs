//! The paging arguments of calls that answer in query format.

use std::ops::Range;

use serde::Serialize;
use serde_json::{Map, Value};

use super::query_format::{Column, Line, QueryResult};
use super::{Failure, Params};
use crate::call::member;

/// `Args` of a call; without them everything is one page.
#[derive(Debug, Default)]
pub(crate) struct Paging {
    /// Counted from 1; 0 asks for everything.
    page_number: usize,
    page_size: Option<usize>,
    limit: Option<usize>,
    /// Columns, separated by commas.
    sort_by: String,
    descending: bool,
}

impl Paging {
    pub(crate) fn of(params: &Params<'_>) -> Result<Self, Failure> {
        let args = match params.value("Args") {
            None => return Ok(Self::default()),
            Some(Value::Object(args)) => args,
            Some(other) => return Err(Failure::wrong_cast("Args", other)),
        };
        Ok(Self {
            page_number: number(args, "PageNumber")?.unwrap_or(1),
            page_size: number(args, "PageSize")?.filter(|size| *size > 0),
            limit: number(args, "Limit")?.filter(|limit| *limit > 0),
            sort_by: member(args, "SortBy")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned(),
            descending: descending(args)?,
        })
    }

    /// The columns to sort by. Only some of the calls that take these arguments sort.
    pub(crate) fn sort_by(&self) -> impl Iterator<Item = &str> {
        self.sort_by
            .split(',')
            .map(str::trim)
            .filter(|column| !column.is_empty())
    }

    pub(crate) fn descending(&self) -> bool {
        self.descending
    }

    /// Which of so many lines belong to the page, and how many there are in all pages.
    pub(crate) fn window(&self, available: usize) -> (Range<usize>, usize) {
        let full_count = available.min(self.limit.unwrap_or(usize::MAX));
        let (Some(size), 1..) = (self.page_size, self.page_number) else {
            return (0..full_count, full_count);
        };
        let begin = (self.page_number - 1).saturating_mul(size).min(full_count);
        let end = begin.saturating_add(size).min(full_count);
        (begin..end, full_count)
    }

    /// The page of these lines.
    pub(crate) fn cut<R: Serialize>(
        &self,
        columns: &[Column],
        lines: Vec<Line<R>>,
    ) -> QueryResult<R> {
        let (page, full_count) = self.window(lines.len());
        let lines = lines
            .into_iter()
            .skip(page.start)
            .take(page.len())
            .collect();
        QueryResult::page(columns, lines, full_count)
    }
}

/// `Ascending`, or `Direction`, whose true means ascending too; either may be text.
fn descending(args: &Map<String, Value>) -> Result<bool, Failure> {
    for name in ["Ascending", "Direction"] {
        let word = match member(args, name) {
            None | Some(Value::Null) => continue,
            Some(Value::Bool(ascending)) => return Ok(!ascending),
            Some(Value::String(word)) => word.trim().to_ascii_lowercase(),
            Some(other) => return Err(Failure::wrong_cast(name, other)),
        };
        match word.as_str() {
            "" => {}
            "true" | "asc" | "ascending" => return Ok(false),
            "false" | "desc" | "descending" => return Ok(true),
            _ => return Err(Failure::invalid(name, "a boolean is needed.")),
        }
    }
    Ok(false)
}

/// A number, which clients also write as text. Negative ones mean "no bound" like zero.
fn number(args: &Map<String, Value>, name: &str) -> Result<Option<usize>, Failure> {
    let number = match member(args, name) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Number(number)) => number.as_i64(),
        Some(Value::String(text)) => text.trim().parse().ok(),
        Some(_) => None,
    };
    match number {
        Some(number) => Ok(Some(usize::try_from(number).unwrap_or(0))),
        None => Err(Failure::invalid(name, "a whole number is needed.")),
    }
}
