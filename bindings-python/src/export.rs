//! Records as dicts.

use pyo3::{
    prelude::*,
    types::{PyDict, PyList},
};
use sonic_rs::{JsonContainerTrait, JsonValueTrait, Value};

use crate::{
    kind::{Kind, plain},
    layout::Layout,
    node::Node,
    reading::{self, Reading},
};

/// All fields under their Python names, then what there is beyond them.
pub(crate) fn dict<'py>(
    py: Python<'py>,
    node: &Node,
    layout: &Layout,
) -> PyResult<Bound<'py, PyAny>> {
    let dict = PyDict::new(py);
    for (name, field) in &layout.fields {
        let field = field.get();
        let value = match node.member(&field.wire) {
            Some(member) => value(py, &member, &field.kind)?,
            None => Reading::Absent,
        };
        match (value, &field.kind) {
            (Reading::Value(value), _) => dict.set_item(name, value)?,
            (_, Kind::List(_)) => dict.set_item(name, PyList::empty(py))?,
            _ => dict.set_item(name, py.None())?,
        }
    }
    dict.update(extra(py, node, layout)?.as_mapping())?;
    Ok(dict.into_any())
}

/// Members without a field, and members whose field does not understand them.
pub(crate) fn extra<'py>(
    py: Python<'py>,
    node: &Node,
    layout: &Layout,
) -> PyResult<Bound<'py, PyDict>> {
    let extra = PyDict::new(py);
    for (wire, member) in node.value().as_object().into_iter().flatten() {
        let known = layout.wired(wire);
        if known.is_some_and(|field| understood(member, &field.kind)) {
            continue;
        }
        extra.set_item(wire, pythonize::pythonize(py, member)?)?;
    }
    Ok(extra)
}

fn value<'py>(py: Python<'py>, node: &Node, kind: &Kind) -> PyResult<Reading<Bound<'py, PyAny>>> {
    if node.value().is_null() {
        return Ok(Reading::Absent);
    }
    match kind {
        Kind::Record(class) if node.value().is_object() => {
            let layout = Layout::of(class.bind(py))?;
            dict(py, node, layout.get()).map(Reading::Value)
        }
        Kind::Record(_) => Ok(Reading::Odd),
        Kind::List(kind) => {
            let list = PyList::empty(py);
            for item in reading::items(node) {
                match value(py, &item, kind)? {
                    Reading::Value(value) => list.append(value)?,
                    Reading::Absent => {}
                    Reading::Odd => return Ok(Reading::Odd),
                }
            }
            Ok(Reading::Value(list.into_any()))
        }
        Kind::Any | Kind::File | Kind::Object => match kind {
            Kind::Object if !node.value().is_object() => Ok(Reading::Odd),
            _ => plain(py, node).map(Reading::Value),
        },
        Kind::Text | Kind::Boolean | Kind::Integer | Kind::Timestamp => kind.read(py, node),
    }
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
