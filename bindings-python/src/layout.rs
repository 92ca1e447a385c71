//! The fields of a class, by either of their names.

use pyo3::{
    exceptions::{PyAttributeError, PyTypeError},
    prelude::*,
    types::{PyDict, PyString, PyTuple, PyType},
};

use crate::{
    field::Field,
    kind::Kind,
    not_given,
    once::{Once, name},
    record::Record,
};

/// What a class of records says about its fields, found out when somebody asks: most classes of a process are never used.
#[pyclass(frozen, module = "cyberark_identity._native")]
pub(crate) enum About {
    Signature,
    /// For `match`.
    MatchArgs,
}

#[pymethods]
impl About {
    fn __get__<'py>(
        &self,
        _object: &Bound<'py, PyAny>,
        class: &Bound<'py, PyType>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = class.py();
        let layout = Layout::of(class)
            .map_err(|error| PyAttributeError::new_err(error.value(py).to_string()))?;
        match self {
            Self::Signature => layout.get().signature(py),
            Self::MatchArgs => Ok(PyTuple::new(py, &layout.get().keys)?.into_any()),
        }
    }
}

/// The fields of a record class, or the arguments of an operation.
#[pyclass(frozen, module = "cyberark_identity._native")]
pub(crate) struct Layout {
    /// Where the class lies whose layout this is. A class without one of its own finds that of a base.
    class: usize,
    /// Python name and field, in the order of definition.
    pub(crate) fields: Vec<(String, Py<Field>)>,
    /// The Python names as Python has them, so that no dict makes them anew.
    keys: Vec<Py<PyString>>,
    /// None under each of them. A copy has room for all from the beginning.
    blank: Once<Py<PyDict>>,
}

/// A field that a member belongs to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Match {
    pub(crate) index: usize,
    /// Whether the member is spelled exactly like the field.
    pub(crate) exact: bool,
}

/// The fields that `base` itself defines. Only classes of records do.
fn own_fields(base: &Bound<'_, PyAny>) -> PyResult<Vec<(String, Py<Field>)>> {
    let record = base.py().get_type::<Record>();
    let mut fields = Vec::new();
    if base.is(&record) || !base.cast::<PyType>()?.is_subclass(&record)? {
        return Ok(fields);
    }
    let members = base.getattr(name!(base.py(), "__dict__"))?;
    for member in members
        .call_method0(name!(base.py(), "items"))?
        .try_iter()?
    {
        let (name, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = member?.extract()?;
        if let Ok(field) = value.cast_into::<Field>() {
            fields.push((name.extract()?, field.unbind()));
        }
    }
    Ok(fields)
}

/// Under which a class keeps its layout. Always the same object, by which Python remembers where it has found it.
fn attribute(py: Python<'_>) -> &Bound<'_, PyString> {
    name!(py, "_layout")
}

impl Layout {
    /// Of the arguments of an operation.
    pub(crate) fn new(py: Python<'_>, fields: Vec<(String, Py<Field>)>) -> Self {
        let keys = fields.iter().map(|(name, _)| name);
        let keys = keys
            .map(|name| PyString::intern(py, name).unbind())
            .collect();
        Self {
            class: 0,
            fields,
            keys,
            blank: Once::new(),
        }
    }

    /// Of a class, which gets it with the first question.
    pub(crate) fn of<'py>(class: &Bound<'py, PyType>) -> PyResult<Bound<'py, Self>> {
        if let Ok(found) = class.getattr(attribute(class.py())) {
            let layout = found.cast_into::<Self>()?;
            if layout.get().class == class.as_ptr().addr() {
                return Ok(layout);
            }
        }
        Self::attach(class)
    }

    /// Collects the fields of `class`, those of its bases first, and keeps them on it.
    fn attach<'py>(class: &Bound<'py, PyType>) -> PyResult<Bound<'py, Self>> {
        let py = class.py();
        if class.is(py.get_type::<Record>()) {
            return Err(PyTypeError::new_err(
                "Record itself has no fields: use one of its subclasses",
            ));
        }
        let mut fields: Vec<(String, Py<Field>)> = Vec::new();
        for base in class.mro().iter().rev() {
            for (name, field) in own_fields(&base)? {
                fields.retain(|(known, _)| *known != name);
                fields.push((name, field));
            }
        }
        let layout = Self {
            class: class.as_ptr().addr(),
            ..Self::new(py, fields)
        };
        let layout = Bound::new(py, layout)?;
        class.setattr(attribute(py), &layout)?;
        Ok(layout)
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
        let mut fields = self.fields.iter();
        fields
            .find(|(known, _)| known == name)
            .map(|(_, field)| field.get())
    }

    /// The wire name of a field, whose member may be in another letter case.
    pub(crate) fn wire(&self, index: usize) -> &str {
        self.fields
            .get(index)
            .map_or("", |(_, field)| &field.get().wire)
    }

    /// The field of that wire name, in any letter case.
    pub(crate) fn wired(&self, wire: &str) -> Option<&Field> {
        let mut fields = self.fields.iter().map(|(_, field)| field.get());
        fields.find(|field| field.wire.eq_ignore_ascii_case(wire))
    }

    /// The field for a member. Members mostly come in the same order, so the one after the last is looked at first.
    pub(crate) fn find(&self, wire: &str, expected: usize) -> Option<Match> {
        let is = |(_, field): &(String, Py<Field>)| field.get().wire == wire;
        let found = match self.fields.get(expected) {
            Some(field) if is(field) => Some(expected),
            _ => self.fields.iter().position(is),
        };
        if let Some(index) = found {
            return Some(Match { index, exact: true });
        }
        let mut fields = self.fields.iter();
        let index = fields.position(|(_, field)| field.get().wire.eq_ignore_ascii_case(wire))?;
        Some(Match {
            index,
            exact: false,
        })
    }

    pub(crate) fn kind(&self, index: usize) -> &Kind {
        &self.fields[index].1.get().kind
    }

    /// The Python name of a field.
    pub(crate) fn key<'py>(&self, py: Python<'py>, index: usize) -> &Bound<'py, PyString> {
        self.keys[index].bind(py)
    }

    /// A dict in which every field is None.
    pub(crate) fn blank<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let blank = self.blank.get_or_make(py, || {
            let blank = PyDict::new(py);
            for key in &self.keys {
                blank.set_item(key, py.None())?;
            }
            Ok(blank.unbind())
        })?;
        blank.bind(py).copy()
    }
}
