//! Tables for notebooks.

use std::fmt::Write;

use pyo3::prelude::*;

use crate::{
    layout::Layout,
    record::Record,
    summary::{Column, columns},
};

/// Records of a list that are worth showing.
pub(crate) const ROWS: usize = 20;

/// A record as a table of its fields.
pub(crate) fn record(record: &Bound<'_, Record>) -> PyResult<String> {
    let layout = Layout::of(&record.get_type())?;
    let mut html = String::from("<table>");
    for column in columns(layout.get(), record.get()) {
        if let Some(text) = cell(record, &column)? {
            let name = escape(column.name);
            let _ = write!(html, "<tr><th>{name}</th><td>{text}</td></tr>");
        }
    }
    html.push_str("</table>");
    Ok(html)
}

/// Records as a table, with a column for each field that holds something in one of the rows.
pub(crate) fn table(
    records: &[Bound<'_, Record>],
    layout: &Layout,
    total: usize,
) -> PyResult<String> {
    let mut shown: Vec<(&str, Vec<Option<String>>)> = Vec::new();
    let all = records
        .iter()
        .flat_map(|record| columns(layout, record.get()));
    for column in all {
        if shown.iter().any(|(name, _)| *name == column.name) {
            continue;
        }
        let cells = records.iter().map(|record| cell(record, &column));
        let cells = cells.collect::<PyResult<Vec<_>>>()?;
        shown.push((column.name, cells));
    }
    shown.retain(|(_, cells)| cells.iter().any(Option::is_some));
    let names = shown
        .iter()
        .map(|(name, _)| format!("<th>{}</th>", escape(name)));
    let mut html = format!(
        "<table><thead><tr>{}</tr></thead><tbody>",
        names.collect::<String>()
    );
    for row in 0..records.len() {
        let cells = shown.iter().map(|(_, cells)| cells[row].as_deref());
        let cells = cells.map(|cell| format!("<td>{}</td>", cell.unwrap_or_default()));
        let _ = write!(html, "<tr>{}</tr>", cells.collect::<String>());
    }
    let _ = write!(html, "</tbody></table><p>{} of {total}</p>", records.len());
    Ok(html)
}

/// The text of one cell, escaped; none when there is nothing in it.
fn cell(record: &Bound<'_, Record>, column: &Column<'_>) -> PyResult<Option<String>> {
    let value = column.value(record)?;
    if value.is_none() || value.len().is_ok_and(|length| length == 0) {
        return Ok(None);
    }
    let text = match value.extract::<&str>() {
        Ok(text) if !column.is_secret() => text.to_owned(),
        _ => column.text(&value)?,
    };
    Ok(Some(escape(&text)))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
