//! Choosing, ordering and showing the rows of one table.

use std::borrow::Cow;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::BadQuery;
use super::condition::Test;
use super::syntax::{Name, Query, Selection};
use super::table::{Column, SortKey, Table};
use crate::call::Call;
use crate::platform::paging::Paging;
use crate::platform::query_format::{Line, QueryResult};
use crate::platform::{Failure, Outcome, Params, Payload};
use crate::state::Directory;

/// A query and where it came from.
pub(super) struct Request<'a> {
    pub(super) directory: &'a Directory,
    pub(super) call: &'a Call<'a>,
    pub(super) params: &'a Params<'a>,
    pub(super) query: &'a Query,
}

pub(super) fn select<R>(request: &Request<'_>, table: &'static Table<R>) -> Outcome {
    let directory = request.directory;
    if !directory.allows(&request.call.caller_id(), table.needs) {
        return Err(Failure::not_authorized());
    }
    let shown = shown_columns(table, &request.query.columns)?;
    let mut rows = chosen(request, table)?;
    let order = script_order(request.query, table)?;
    sort(directory, &mut rows, &order);
    let window = window(request.query.offset, request.query.limit, rows.len());
    let mut rows = rows.get(window).unwrap_or_default().to_vec();

    // The arguments act on what the script gave.
    let paging = Paging::of(request.params)?;
    let order = argument_order(&paging, table, &shown)?;
    sort(directory, &mut rows, &order);
    let (page, full_count) = paging.window(rows.len());
    let lines = rows
        .get(page)
        .unwrap_or_default()
        .iter()
        .map(|row| {
            let cells = Cells {
                directory,
                columns: &shown,
                row: *row,
            };
            Line::new(table.name, (table.key)(row), cells)
        })
        .collect();
    let heads = shown
        .iter()
        .map(|shown| (shown.label.clone(), shown.column.kind.column_type()));
    Payload::of(&QueryResult::of_table(table.name, heads, lines, full_count))
}

/// A column under the key that rows carry it with.
struct Shown<R: 'static> {
    label: Cow<'static, str>,
    column: &'static Column<R>,
}

/// A key that is asked for twice is shown once.
fn shown_columns<R>(
    table: &'static Table<R>,
    selection: &Selection,
) -> Result<Vec<Shown<R>>, BadQuery> {
    let Selection::These(wanted) = selection else {
        let all = table.columns.iter().map(|column| Shown {
            label: Cow::Borrowed(column.name),
            column,
        });
        return Ok(all.collect());
    };
    let mut shown: Vec<Shown<R>> = Vec::with_capacity(wanted.len());
    for selected in wanted {
        let column = table.column(&selected.column)?;
        if shown.iter().all(|known| known.label != selected.label) {
            shown.push(Shown {
                label: Cow::Owned(selected.label.clone()),
                column,
            });
        }
    }
    Ok(shown)
}

/// The rows that satisfy the condition, found by an index where there is one.
fn chosen<'d, R>(request: &Request<'d>, table: &'static Table<R>) -> Result<Vec<&'d R>, BadQuery> {
    let directory = request.directory;
    let Some(condition) = &request.query.condition else {
        return Ok((table.rows)(directory).collect());
    };
    let test = Test::of(table, condition)?;
    let satisfies = |row: &&R| test.holds(directory, row) == Some(true);
    let indexed = test
        .pinned()
        .into_iter()
        .find_map(|(column, text)| (table.find)(directory, column, text));
    Ok(match indexed {
        Some(candidates) => candidates.into_iter().filter(satisfies).collect(),
        None => (table.rows)(directory).filter(satisfies).collect(),
    })
}

/// Columns to sort by, each with whether the order is turned round.
type SortKeys<R> = Vec<(&'static Column<R>, bool)>;

fn script_order<R>(query: &Query, table: &Table<R>) -> Result<SortKeys<R>, BadQuery> {
    let keys = query.order.iter().map(|order| {
        let label = match &query.columns {
            Selection::All => None,
            Selection::These(columns) => columns
                .iter()
                .find(|column| column.label.eq_ignore_ascii_case(&order.column.text)),
        };
        let column = table.column(label.map_or(&order.column, |label| &label.column))?;
        Ok((column, order.descending))
    });
    keys.collect()
}

fn argument_order<R>(
    paging: &Paging,
    table: &Table<R>,
    shown: &[Shown<R>],
) -> Result<SortKeys<R>, Failure> {
    let keys = paging.sort_by().map(|text| {
        let labelled = shown
            .iter()
            .find(|shown| shown.label.eq_ignore_ascii_case(text));
        let column = match labelled {
            Some(shown) => shown.column,
            None => table
                .column(&Name {
                    text: text.to_owned(),
                    at: 0,
                })
                .map_err(|error| Failure::invalid("SortBy", &error.reason))?,
        };
        Ok((column, paging.descending()))
    });
    keys.collect()
}

/// Rows that are equal in all keys stay in the order they were in.
fn sort<R>(directory: &Directory, rows: &mut Vec<&R>, keys: &SortKeys<R>) {
    if keys.is_empty() {
        return;
    }
    let mut keyed: Vec<(Vec<SortKey>, &R)> = rows
        .iter()
        .map(|row| {
            let values = keys.iter().map(|(column, _)| (column.read)(directory, row));
            (values.map(|value| value.sort_key()).collect(), *row)
        })
        .collect();
    keyed.sort_by(|(left, _), (right, _)| {
        let orders = left.iter().zip(right).zip(keys);
        orders
            .map(|((left, right), (_, descending))| {
                let order = left.cmp(right);
                if *descending { order.reverse() } else { order }
            })
            .find(|order| order.is_ne())
            .unwrap_or(std::cmp::Ordering::Equal)
    });
    *rows = keyed.into_iter().map(|(_, row)| row).collect();
}

fn window(offset: usize, limit: Option<usize>, available: usize) -> std::ops::Range<usize> {
    let begin = offset.min(available);
    let end = limit.map_or(available, |limit| {
        begin.saturating_add(limit).min(available)
    });
    begin..end
}

/// One row, written straight from the directory.
struct Cells<'a, R: 'static> {
    directory: &'a Directory,
    columns: &'a [Shown<R>],
    row: &'a R,
}

impl<R> Serialize for Cells<'_, R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut row = serializer.serialize_map(Some(self.columns.len()))?;
        for shown in self.columns {
            let value = (shown.column.read)(self.directory, self.row);
            row.serialize_entry(&*shown.label, &value)?;
        }
        row.end()
    }
}
