//! Records: objects of the service as Python objects, each a view into the parse it came from.

use std::cell::Cell;

use pyo3::{
    exceptions::{PyKeyError, PyTypeError},
    prelude::*,
    types::{PyBytes, PyDict, PyMappingProxy, PyTuple, PyType},
};
use sonic_rs::JsonValueTrait;

use crate::{
    compare, export,
    field::Field,
    html,
    input::{self, Mode},
    kind::{Kind, plain},
    layout::{About, Layout},
    node::Node,
    raise,
    reading::Reading,
    summary,
};

/// An object of the service: attributes under their Python names, and `record["wireName"]` for exactly what was sent.
///
/// Records are immutable; `replace()` makes a changed copy. What the service sends beyond the known fields is kept in
/// `extra`. An attribute is None if the service sent nothing, null, or something that cannot be understood:
/// `"wireName" in record` and `record["wireName"]` tell these apart.
#[pyclass(frozen, subclass, weakref, module = "cyberark_identity._native")]
pub(crate) struct Record {
    pub(crate) node: Node,
}

thread_local! {
    /// What the next record of this thread shows, when it comes from an answer rather than from a caller. An argument
    /// would take an object and a tuple for each record, which costs more than the record.
    static NEXT: Cell<Option<Node>> = const { Cell::new(None) };
}

/// The record of `class` that shows `node`. Nothing else of Python runs before `Record::new` takes it.
pub(crate) fn view<'py>(class: &Bound<'py, PyType>, node: Node) -> PyResult<Bound<'py, PyAny>> {
    NEXT.set(Some(node));
    let record = class.call0();
    // Left behind only when making the record failed.
    NEXT.take();
    record
}

impl Record {
    /// The value of one field; what is not there or not understood reads as nothing.
    pub(crate) fn read<'py>(&self, py: Python<'py>, field: &Field) -> PyResult<Bound<'py, PyAny>> {
        // Only what becomes a record needs a share in the parse.
        let read = match &field.kind {
            kind @ (Kind::Record(_) | Kind::List(_)) => {
                match self.node.member_at(&field.wire, &field.hint) {
                    Some(node) => kind.read(py, &node)?,
                    None => Reading::Absent,
                }
            }
            kind => match field.hint.member(self.node.value(), &field.wire) {
                Some(value) => kind.read_value(py, value)?,
                None => Reading::Absent,
            },
        };
        Ok(match read {
            Reading::Value(value) => value,
            Reading::Absent | Reading::Odd => field.kind.nothing(py),
        })
    }

    fn layout<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, Layout>> {
        Layout::of(&slf.get_type())
    }
}

#[pymethods]
impl Record {
    /// Fields are given by their Python names: `Email(value="ana@example.com", type="work")`.
    #[new]
    #[classmethod]
    #[pyo3(signature = (*others, **fields))]
    fn new(
        class: &Bound<'_, PyType>,
        others: &Bound<'_, PyTuple>,
        fields: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        if !others.is_empty() {
            let name = class.name()?;
            return Err(PyTypeError::new_err(format!(
                "{name} takes its fields by name, such as {name}(id=…)"
            )));
        }
        if fields.is_none()
            && let Some(node) = NEXT.take()
        {
            return Ok(Self { node });
        }
        let object = input::record(class, fields, Mode::Strict)?;
        let node = Node::built(&object.into()).map_err(raise::json)?;
        Ok(Self { node })
    }

    #[classattr]
    fn __signature__() -> About {
        About::Signature
    }

    #[classattr]
    fn __match_args__() -> About {
        About::MatchArgs
    }

    /// What the service sent beyond the known fields, or in a form that they cannot hold, by wire name.
    #[getter]
    fn extra<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyMappingProxy>> {
        let extra = export::extra(slf.py(), slf.get().node.value(), Self::layout(slf)?.get())?;
        Ok(PyMappingProxy::new(slf.py(), extra.as_mapping()))
    }

    /// A copy with some fields changed, given by their Python names. None is sent as null.
    #[pyo3(signature = (**changes))]
    fn replace<'py>(
        slf: &Bound<'py, Self>,
        changes: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let class = slf.get_type();
        let mut object = input::members(slf.get()).map_err(raise::json)?;
        for (wire, value) in input::record(&class, changes, Mode::Strict)? {
            input::set(&mut object, wire, value);
        }
        view(&class, Node::built(&object.into()).map_err(raise::json)?)
    }

    /// For `copy.replace` of Python 3.13.
    #[pyo3(signature = (**changes))]
    fn __replace__<'py>(
        slf: &Bound<'py, Self>,
        changes: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        Self::replace(slf, changes)
    }

    /// A dict of all fields under their Python names, nested ones included, with dates as `datetime`, and of everything else
    /// under its wire name. With `wire=True`, exactly what the service sent.
    #[pyo3(signature = (*, wire = false))]
    fn to_dict<'py>(slf: &Bound<'py, Self>, wire: bool) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        match wire {
            true => plain(py, slf.get().node.value()),
            false => export::dict(py, slf.get().node.value(), Self::layout(slf)?.get()),
        }
    }

    fn __getitem__<'py>(&self, py: Python<'py>, wire: &str) -> PyResult<Bound<'py, PyAny>> {
        match self.node.member(wire) {
            Some(node) => plain(py, node.value()),
            None => Err(PyKeyError::new_err(wire.to_owned())),
        }
    }

    fn __contains__(&self, wire: &Bound<'_, PyAny>) -> bool {
        wire.extract::<&str>()
            .is_ok_and(|wire| self.node.member(wire).is_some())
    }

    fn __eq__(slf: &Bound<'_, Self>, other: &Bound<'_, PyAny>) -> bool {
        let same_class = slf.get_type().is(other.get_type());
        other.cast::<Self>().is_ok_and(|other| {
            same_class && compare::same(slf.get().node.value(), other.get().node.value())
        })
    }

    fn __hash__(&self) -> u64 {
        compare::hash(self.node.value())
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        summary::of_record(slf)
    }

    fn _repr_html_(slf: &Bound<'_, Self>) -> PyResult<String> {
        html::record(slf)
    }

    fn __copy__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __deepcopy__<'py>(slf: Bound<'py, Self>, _memo: &Bound<'py, PyAny>) -> Bound<'py, Self> {
        slf
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let py = slf.py();
        let json = sonic_rs::to_vec(slf.get().node.value()).map_err(raise::json)?;
        let restore = py.import("cyberark_identity._native")?.getattr("restore")?;
        let arguments = (slf.get_type(), PyBytes::new(py, &json));
        (restore, arguments).into_pyobject(py)
    }
}

/// Makes a record of `class` from JSON. For pickle.
#[pyfunction]
pub(crate) fn restore<'py>(class: &Bound<'py, PyType>, json: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    if !class.is_subclass_of::<Record>()? {
        return Err(PyTypeError::new_err("not a class of records"));
    }
    let node = Node::parse(json).map_err(raise::json)?;
    if node.value().is_object() {
        return view(class, node);
    }
    Err(PyTypeError::new_err("a record is a JSON object"))
}
