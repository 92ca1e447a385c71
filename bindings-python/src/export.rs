//! Records as dicts.

use pyo3::{
    prelude::*,
    types::{PyDict, PyList},
};
use sonic_rs::{JsonContainerTrait, JsonValueTrait, Value};

use crate::{
    kind::{Kind, plain},
    layout::{Layout, Match},
    reading::{self, Reading},
};

/// All fields under their Python names, then what there is beyond them.
pub(crate) fn dict<'py>(
    py: Python<'py>,
    record: &Value,
    layout: &Layout,
) -> PyResult<Bound<'py, PyAny>> {
    let mut fields: Vec<Slot<'py>> = layout.fields.iter().map(|_| Slot::default()).collect();
    let mut extra = None;
    let mut expected = 0;
    for (wire, member) in record.as_object().into_iter().flatten() {
        let found = layout.find(wire, expected);
        let read = match &found {
            Some(found) => value(py, member, layout.kind(found.index))?,
            None => Reading::Odd,
        };
        match (read, found) {
            (Reading::Odd, _) | (_, None) => {
                let extra = extra.get_or_insert_with(|| PyDict::new(py));
                let name = found.map_or(wire, |found| layout.wire(found.index));
                extra.set_item(name, plain(py, member)?)?;
                found.inspect(|found| fields[found.index].fill(found, None));
            }
            (Reading::Value(value), Some(found)) => fields[found.index].fill(&found, Some(value)),
            (Reading::Absent, Some(found)) => fields[found.index].fill(&found, None),
        }
        expected = found.map_or(expected, |found| found.index + 1);
    }
    let dict = layout.blank(py)?;
    for (index, field) in fields.into_iter().enumerate() {
        let value = match (field.value, layout.kind(index)) {
            (Some(value), _) => value,
            (None, Kind::List(_)) => PyList::empty(py).into_any(),
            (None, _) => continue,
        };
        dict.set_item(layout.key(py, index), value)?;
    }
    if let Some(extra) = extra {
        dict.update(extra.as_mapping())?;
    }
    Ok(dict.into_any())
}

/// A field that is being read.
#[derive(Default)]
struct Slot<'py> {
    value: Option<Bound<'py, PyAny>>,
    /// By a member that is spelled exactly like the field, which counts for more than any other.
    exact: bool,
}

impl<'py> Slot<'py> {
    fn fill(&mut self, found: &Match, value: Option<Bound<'py, PyAny>>) {
        let first = self.value.is_none() && !self.exact;
        if first || found.exact && !self.exact {
            self.value = value;
            self.exact = found.exact;
        }
    }
}

/// Members without a field, and members whose field does not understand them.
pub(crate) fn extra<'py>(
    py: Python<'py>,
    record: &Value,
    layout: &Layout,
) -> PyResult<Bound<'py, PyDict>> {
    let extra = PyDict::new(py);
    let mut expected = 0;
    for (wire, member) in record.as_object().into_iter().flatten() {
        let mut name = wire;
        if let Some(found) = layout.find(wire, expected) {
            expected = found.index + 1;
            if understood(member, layout.kind(found.index)) {
                continue;
            }
            name = layout.wire(found.index);
        }
        extra.set_item(name, plain(py, member)?)?;
    }
    Ok(extra)
}

fn value<'py>(py: Python<'py>, value: &Value, kind: &Kind) -> PyResult<Reading<Bound<'py, PyAny>>> {
    match kind {
        Kind::Record(_) | Kind::List(_) if value.is_null() => Ok(Reading::Absent),
        Kind::Record(class) if value.is_object() => {
            let layout = Layout::of(class.bind(py))?;
            dict(py, value, layout.get()).map(Reading::Value)
        }
        Kind::Record(_) => Ok(Reading::Odd),
        Kind::List(kind) => list(py, value, kind),
        kind => kind.read_value(py, value),
    }
}

fn list<'py>(py: Python<'py>, items: &Value, kind: &Kind) -> PyResult<Reading<Bound<'py, PyAny>>> {
    let list = PyList::empty(py);
    for item in reading::each(items) {
        match value(py, item, kind)? {
            Reading::Value(value) => list.append(value)?,
            Reading::Absent => {}
            Reading::Odd => return Ok(Reading::Odd),
        }
    }
    Ok(Reading::Value(list.into_any()))
}

/// Whether a field of `kind` shows everything there is in `value`.
fn understood(value: &Value, kind: &Kind) -> bool {
    if value.is_null() {
        return true;
    }
    match kind {
        Kind::Text => reading::text(value).is_some(),
        Kind::Boolean => reading::boolean(value).is_some(),
        Kind::Integer => reading::integer(value).is_some(),
        Kind::Timestamp => !matches!(reading::timestamp(value), Reading::Odd),
        Kind::Any | Kind::File => true,
        Kind::Object | Kind::Record(_) => value.is_object(),
        Kind::List(kind) => match value.as_array() {
            Some(items) => items.iter().all(|item| understood(item, kind)),
            None => understood(value, kind),
        },
    }
}
