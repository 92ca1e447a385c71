//! The one descriptor behind every attribute of every record.

use std::sync::OnceLock;

use pyo3::{
    exceptions::{PyAttributeError, PyTypeError},
    prelude::*,
    types::PyType,
};

use crate::{documentation, kind::Kind, node::Hint, record::Record};

// A field of a record: its name on the wire, and what it holds. Reading it on a record converts just that value; on the
// class it is the field itself. No documentation comment, because `__doc__` is that of each field.
#[pyclass(frozen, module = "cyberark_identity._native")]
pub(crate) struct Field {
    /// Name on the wire.
    #[pyo3(get)]
    pub(crate) wire: String,
    pub(crate) kind: Kind,
    /// Where it stood in the record that was read last.
    pub(crate) hint: Hint,
    owner: OnceLock<Owner>,
}

struct Owner {
    class: String,
    name: String,
}

impl Field {
    fn new(wire: String, kind: Kind) -> Self {
        Self {
            wire,
            kind,
            hint: Hint::default(),
            owner: OnceLock::new(),
        }
    }

    fn name(&self) -> &str {
        self.owner.get().map_or(&self.wire, |owner| &owner.name)
    }
}

#[pymethods]
impl Field {
    fn __set_name__(&self, class: &Bound<'_, PyType>, name: String) -> PyResult<()> {
        let class = class.name()?.to_string();
        self.owner.get_or_init(|| Owner { class, name });
        Ok(())
    }

    fn __get__<'py>(
        slf: &Bound<'py, Self>,
        object: &Bound<'py, PyAny>,
        _class: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        if object.is_none() {
            return Ok(slf.clone().into_any());
        }
        object.cast::<Record>()?.get().read(slf.py(), slf.get())
    }

    fn __set__(&self, _object: &Bound<'_, PyAny>, _value: &Bound<'_, PyAny>) -> PyResult<()> {
        let name = self.name();
        Err(PyAttributeError::new_err(format!(
            "records do not change: make a changed copy with replace({name}=…)"
        )))
    }

    fn __delete__(&self, _object: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(PyAttributeError::new_err("records do not change"))
    }

    /// Documentation of the field, for `help()`.
    #[getter]
    fn __doc__(&self) -> String {
        let owner = self.owner.get();
        let doc = owner.and_then(|owner| documentation::of_field(&owner.class, &self.wire));
        let doc = doc.unwrap_or_default();
        format!("{doc} (`{}` on the wire)", self.wire)
            .trim_start()
            .to_owned()
    }

    fn __repr__(&self) -> String {
        match self.owner.get() {
            Some(owner) => format!("<field {}.{}: {:?}>", owner.class, owner.name, self.wire),
            None => format!("<field {:?}>", self.wire),
        }
    }
}

/// A field that holds text.
#[pyfunction]
pub(crate) fn text(wire: String) -> Field {
    Field::new(wire, Kind::Text)
}

/// A field that holds true or false.
#[pyfunction]
pub(crate) fn boolean(wire: String) -> Field {
    Field::new(wire, Kind::Boolean)
}

/// A field that holds a whole number.
#[pyfunction]
pub(crate) fn integer(wire: String) -> Field {
    Field::new(wire, Kind::Integer)
}

/// A field that holds a point in time.
#[pyfunction]
pub(crate) fn timestamp(wire: String) -> Field {
    Field::new(wire, Kind::Timestamp)
}

/// An argument that is a file.
#[pyfunction]
pub(crate) fn file(wire: String) -> Field {
    Field::new(wire, Kind::File)
}

/// A field that holds any JSON.
#[pyfunction]
pub(crate) fn anything(wire: String) -> Field {
    Field::new(wire, Kind::Any)
}

/// A field that holds an object with free keys.
#[pyfunction]
pub(crate) fn mapping(wire: String) -> Field {
    Field::new(wire, Kind::Object)
}

/// A field that holds a record of `class`.
#[pyfunction]
pub(crate) fn record(wire: String, class: &Bound<'_, PyType>) -> PyResult<Field> {
    if !class.is_subclass_of::<Record>()? {
        return Err(PyTypeError::new_err("not a class of records"));
    }
    Ok(Field::new(wire, Kind::Record(class.clone().unbind())))
}

/// A field that holds a list of what `item` holds.
#[pyfunction]
pub(crate) fn each(py: Python<'_>, item: &Bound<'_, Field>) -> Field {
    let item = item.get();
    Field::new(
        item.wire.clone(),
        Kind::List(Box::new(item.kind.clone_ref(py))),
    )
}
