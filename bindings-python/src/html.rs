//! Tables for notebooks.

use std::fmt::Write;

use pyo3::prelude::*;

use crate::{field::Field, layout::Layout, record::Record, summary};

/// Rows shown of a list.
pub(crate) const ROWS: usize = 20;

/// A record as a table of its fields.
pub(crate) fn record(record: &Bound<'_, Record>) -> PyResult<String> {
    let layout = Layout::of(&record.get_type())?;
    let mut html = String::from("<table>");
    for (name, field) in &layout.get().fields {
        if let Some(text) = cell(record, field.get())? {
            let _ = write!(html, "<tr><th>{name}</th><td>{text}</td></tr>");
        }
    }
    html.push_str("</table>");
    Ok(html)
}

/// Records as a table, with a column for each field that holds something in one of the rows shown.
pub(crate) fn table(
    records: &[Bound<'_, Record>],
    layout: &Layout,
    total: usize,
) -> PyResult<String> {
    let shown = &records[..records.len().min(ROWS)];
    let mut columns: Vec<(&str, Vec<Option<String>>)> = Vec::new();
    for (name, field) in &layout.fields {
        let cells = shown.iter().map(|record| cell(record, field.get()));
        let cells = cells.collect::<PyResult<Vec<_>>>()?;
        if cells.iter().any(Option::is_some) {
            columns.push((name, cells));
        }
    }
    let mut html = String::from("<table><thead><tr>");
    for (name, _) in &columns {
        let _ = write!(html, "<th>{name}</th>");
    }
    html.push_str("</tr></thead><tbody>");
    for row in 0..shown.len() {
        html.push_str("<tr>");
        for (_, cells) in &columns {
            let text = cells[row].as_deref().unwrap_or_default();
            let _ = write!(html, "<td>{text}</td>");
        }
        html.push_str("</tr>");
    }
    html.push_str("</tbody></table>");
    let _ = write!(html, "<p>{} of {total}</p>", shown.len());
    Ok(html)
}

/// The text of one cell, escaped; none when the field holds nothing.
fn cell(record: &Bound<'_, Record>, field: &Field) -> PyResult<Option<String>> {
    let value = record.get().read(record.py(), field)?;
    if value.is_none() || value.len().is_ok_and(|length| length == 0) {
        return Ok(None);
    }
    let text = match value.extract::<&str>() {
        Ok(text) if !summary::is_secret(&field.wire) => text.to_owned(),
        _ => summary::of_value(field, &value)?,
    };
    Ok(Some(escape(&text)))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
