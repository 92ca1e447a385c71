//! Short forms for `repr()`: the telling fields, and never a secret.

use pyo3::{
    prelude::*,
    types::{PyString, PyTuple},
};
use sonic_rs::JsonContainerTrait;

use crate::{
    field::Field,
    kind::{Kind, plain},
    layout::Layout,
    record::Record,
    standard,
};

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

/// `User(id='…', user_name='…', …)`: the first fields that hold something plain. A record without fields of its own, such
/// as a row of a free query, shows its members.
pub(crate) fn of_record(record: &Bound<'_, Record>) -> PyResult<String> {
    let class = record.get_type();
    let mut shown = Vec::new();
    for column in columns(Layout::of(&class)?.get(), record.get()) {
        if !column.is_plain() {
            continue;
        }
        let value = column.value(record)?;
        if value.is_none() {
            continue;
        }
        if shown.len() == FIELDS {
            shown.push("…".to_owned());
            break;
        }
        shown.push(format!("{}={}", column.name, column.text(&value)?));
    }
    Ok(format!("{}({})", class.name()?, shown.join(", ")))
}

/// Something to show of a record: one of its fields, or a member of a record that has none.
pub(crate) struct Column<'a> {
    pub(crate) name: &'a str,
    field: Option<&'a Field>,
}

/// What there is to show of a record with this layout.
pub(crate) fn columns<'a>(layout: &'a Layout, record: &'a Record) -> Vec<Column<'a>> {
    let fields = layout.fields.iter().map(|(name, field)| Column {
        name,
        field: Some(field.get()),
    });
    let is_free = layout.fields.is_empty();
    let members = record.node.value().as_object();
    let members = members.filter(|_| is_free).into_iter().flatten();
    let members = members.map(|(name, _)| Column { name, field: None });
    fields.chain(members).collect()
}

impl Column<'_> {
    pub(crate) fn value<'py>(&self, record: &Bound<'py, Record>) -> PyResult<Bound<'py, PyAny>> {
        match self.field {
            Some(field) => record.get().read(record.py(), field),
            None => match record.get().node.member(self.name) {
                Some(node) => plain(record.py(), node.value()),
                None => Ok(record.py().None().into_bound(record.py())),
            },
        }
    }

    /// The value cut short, or blanked.
    pub(crate) fn text(&self, value: &Bound<'_, PyAny>) -> PyResult<String> {
        of_value(self.wire(), value)
    }

    /// Whether the value had better not be shown.
    pub(crate) fn is_secret(&self) -> bool {
        is_secret(self.wire())
    }

    fn wire(&self) -> &str {
        self.field.map_or(self.name, |field| &field.wire)
    }

    fn is_plain(&self) -> bool {
        self.field.is_none_or(|field| is_plain(&field.kind))
    }
}

fn of_value(wire: &str, value: &Bound<'_, PyAny>) -> PyResult<String> {
    if let Ok(list) = value.cast::<PyTuple>() {
        return Ok(format!("[{}]", list.len()));
    }
    if let Ok(text) = value.extract::<&str>() {
        if is_secret(wire) {
            return Ok("***".to_owned());
        }
        if text.chars().count() > CHARACTERS {
            let start: String = text.chars().take(CHARACTERS).collect();
            let start = PyString::new(value.py(), &start);
            return Ok(format!("{}…", start.repr()?));
        }
    }
    match standard::is_datetime(value)? {
        true => Ok(value.str()?.to_string()),
        false => Ok(value.repr()?.to_string()),
    }
}

fn is_plain(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::Text | Kind::Boolean | Kind::Integer | Kind::Timestamp
    )
}

/// Whether a text of this name had better not be shown.
fn is_secret(wire: &str) -> bool {
    let wire = wire.to_lowercase();
    SECRET.iter().any(|part| wire.contains(part))
}
