//! Short forms for `repr()`: the telling fields, and never a secret.

use pyo3::{prelude::*, types::PyTuple};

use crate::{field::Field, kind::Kind, layout::Layout, record::Record};

/// Fields shown of a record.
const FIELDS: usize = 6;
/// Characters shown of a text.
const CHARACTERS: usize = 60;
/// Parts of names behind which secrets are expected.
const SECRET: [&str; 6] = [
    "password",
    "secret",
    "token",
    "credential",
    "apikey",
    "privatekey",
];

/// `User(id='…', user_name='…', …)`: the first fields that hold something plain.
pub(crate) fn of_record(record: &Bound<'_, Record>) -> PyResult<String> {
    let class = record.get_type();
    let layout = Layout::of(&class)?;
    let mut shown = Vec::new();
    for (name, field) in &layout.get().fields {
        let field = field.get();
        if !is_plain(&field.kind) {
            continue;
        }
        let value = record.get().read(record.py(), field)?;
        if value.is_none() {
            continue;
        }
        if shown.len() == FIELDS {
            shown.push("…".to_owned());
            break;
        }
        shown.push(format!("{name}={}", of_value(field, &value)?));
    }
    Ok(format!("{}({})", class.name()?, shown.join(", ")))
}

/// The value of a field, cut short or blanked.
pub(crate) fn of_value(field: &Field, value: &Bound<'_, PyAny>) -> PyResult<String> {
    if matches!(field.kind, Kind::Text) && is_secret(&field.wire) {
        return Ok("***".to_owned());
    }
    if let Ok(list) = value.cast::<PyTuple>() {
        return Ok(format!("[{}]", list.len()));
    }
    if let Ok(text) = value.extract::<&str>()
        && text.chars().count() > CHARACTERS
    {
        let start: String = text.chars().take(CHARACTERS).collect();
        let start = pyo3::types::PyString::new(value.py(), &start);
        return Ok(format!("{}…", start.repr()?));
    }
    if matches!(field.kind, Kind::Timestamp) {
        return Ok(value.str()?.to_string());
    }
    Ok(value.repr()?.to_string())
}

fn is_plain(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::Text | Kind::Boolean | Kind::Integer | Kind::Timestamp
    )
}

/// Whether a text of this name had better not be shown.
pub(crate) fn is_secret(wire: &str) -> bool {
    let wire = wire.to_lowercase();
    SECRET.iter().any(|part| wire.contains(part))
}
