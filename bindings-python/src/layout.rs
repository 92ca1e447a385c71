//! The fields of a class, by either of their names.

use std::collections::HashMap;

use pyo3::{
    exceptions::PyTypeError,
    prelude::*,
    types::{PyDict, PyTuple, PyType},
};

use crate::{field::Field, not_given};

/// Attribute under which a class keeps its layout.
const ATTRIBUTE: &str = "_layout";

/// Makes the signature of a class when somebody asks for it.
#[pyclass(frozen, module = "cyberark_identity._native")]
struct Signature;

#[pymethods]
impl Signature {
    fn __get__<'py>(
        &self,
        _object: &Bound<'py, PyAny>,
        class: &Bound<'py, PyType>,
    ) -> PyResult<Bound<'py, PyAny>> {
        Layout::of(class)?.get().signature(class.py())
    }
}

/// The fields of a record class, or the arguments of an operation.
#[pyclass(frozen, module = "cyberark_identity._native")]
pub(crate) struct Layout {
    /// Python name and field, in the order of definition.
    pub(crate) fields: Vec<(String, Py<Field>)>,
    by_name: HashMap<String, usize>,
    by_wire: HashMap<String, usize>,
}

impl Layout {
    pub(crate) fn new(fields: Vec<(String, Py<Field>)>) -> Self {
        let by_name = fields.iter().map(|(name, _)| name.clone());
        let by_name = by_name.zip(0..).collect();
        let wires = fields
            .iter()
            .map(|(_, field)| field.get().wire.to_lowercase());
        let by_wire = wires.zip(0..).collect();
        Self {
            fields,
            by_name,
            by_wire,
        }
    }

    /// Collects the fields of `class`, those of its bases first, and keeps them on it.
    pub(crate) fn attach(class: &Bound<'_, PyType>) -> PyResult<()> {
        let mut fields: Vec<(String, Py<Field>)> = Vec::new();
        let bases: Vec<_> = class.mro().iter().collect();
        for base in bases.iter().rev() {
            for entry in base
                .getattr("__dict__")?
                .call_method0("items")?
                .try_iter()?
            {
                let (name, value): (String, Bound<'_, PyAny>) = entry?.extract()?;
                if let Ok(field) = value.cast_into::<Field>() {
                    fields.retain(|(known, _)| *known != name);
                    fields.push((name, field.unbind()));
                }
            }
        }
        let names: Vec<String> = fields.iter().map(|(name, _)| name.clone()).collect();
        let names = PyTuple::new(class.py(), names)?;
        class.setattr("__match_args__", names)?;
        class.setattr("__signature__", Signature)?;
        class.setattr(ATTRIBUTE, Self::new(fields))
    }

    pub(crate) fn of<'py>(class: &Bound<'py, PyType>) -> PyResult<Bound<'py, Self>> {
        match class.getattr(ATTRIBUTE) {
            Ok(layout) => Ok(layout.cast_into()?),
            Err(_) => Err(PyTypeError::new_err(
                "Record itself has no fields: use one of its subclasses",
            )),
        }
    }

    /// What `inspect.signature` and `help()` show for the class that has these fields.
    fn signature<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let inspect = py.import("inspect")?;
        let parameter = inspect.getattr("Parameter")?;
        let options = PyDict::new(py);
        options.set_item("default", not_given::sentinel(py)?)?;
        let kind = parameter.getattr("KEYWORD_ONLY")?;
        let names = self.fields.iter().map(|(name, _)| name.as_str());
        let parameters = names.map(|name| parameter.call((name, &kind), Some(&options)));
        let parameters = parameters.collect::<PyResult<Vec<_>>>()?;
        inspect.getattr("Signature")?.call1((parameters,))
    }

    /// The field of that Python name.
    pub(crate) fn named(&self, name: &str) -> Option<&Field> {
        self.at(self.by_name.get(name))
    }

    /// The field of that wire name, in any letter case.
    pub(crate) fn wired(&self, wire: &str) -> Option<&Field> {
        self.at(self.by_wire.get(&wire.to_lowercase()))
    }

    fn at(&self, index: Option<&usize>) -> Option<&Field> {
        self.fields.get(*index?).map(|(_, field)| field.get())
    }
}
