//! The fields of a class, by either of their names.

use std::collections::HashMap;

use pyo3::{exceptions::PyTypeError, prelude::*, types::PyType};

use crate::field::Field;

/// Attribute under which a class keeps its layout.
const ATTRIBUTE: &str = "_layout";

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
        let names = pyo3::types::PyTuple::new(class.py(), names)?;
        class.setattr("__match_args__", names)?;
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
