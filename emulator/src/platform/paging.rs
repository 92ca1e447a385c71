//! The paging arguments of calls that answer in query format.

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
        })
    }

    /// The page of these lines.
    pub(crate) fn cut<R: Serialize>(
        &self,
        columns: &[Column],
        mut lines: Vec<Line<R>>,
    ) -> QueryResult<R> {
        lines.truncate(self.limit.unwrap_or(usize::MAX));
        let full_count = lines.len();
        if let (Some(size), 1..) = (self.page_size, self.page_number) {
            let skipped = (self.page_number - 1).saturating_mul(size);
            lines = lines.into_iter().skip(skipped).take(size).collect();
        }
        QueryResult::page(columns, lines, full_count)
    }
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
