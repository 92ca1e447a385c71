//! An operation as Python sees it: its arguments, and the class of its records.

use cyberark_identity::{Entry, Error, Spelling, find};
use pyo3::{
    exceptions::PyValueError,
    prelude::*,
    types::{PyDict, PyType},
};
use serde_json::Map;

use crate::{
    field::Field,
    input::{self, Mode, Place, Refused},
    layout::Layout,
    raise,
};

/// An operation of the service.
#[pyclass(frozen, module = "cyberark_identity._native")]
pub(crate) struct Operation {
    entry: &'static Entry,
    arguments: Layout,
    /// Class of the record, or of the items of a list.
    pub(crate) item: Option<Py<PyType>>,
}

/// The operation `name`, with its arguments, and the class of its records.
#[pyfunction]
#[pyo3(signature = (name, item = None, /, **arguments))]
pub(crate) fn operation(
    name: &str,
    item: Option<Py<PyType>>,
    arguments: Option<&Bound<'_, PyDict>>,
) -> PyResult<Operation> {
    let entry = find(name).ok_or_else(|| PyValueError::new_err(format!("no operation {name}")))?;
    let mut fields = Vec::new();
    for (name, field) in arguments.into_iter().flatten() {
        fields.push((name.extract()?, field.cast_into::<Field>()?.unbind()));
    }
    Ok(Operation {
        entry,
        arguments: Layout::new(fields),
        item,
    })
}

/// The name of the operation that has this name or this id in the integration catalogue.
#[pyfunction]
pub(crate) fn find_operation(py: Python<'_>, name_or_id: &str) -> PyResult<&'static str> {
    match find(name_or_id) {
        Some(entry) => Ok(entry.meta.name),
        None => {
            let problem = "there is no operation of that name or id";
            let error = Error::invalid_argument(name_or_id, "", problem);
            Err(raise::error(py, error))
        }
    }
}

impl Operation {
    /// Checks the arguments: those in `body`, and by name those in `named`, which win.
    pub(crate) fn prepare(
        &self,
        py: Python<'_>,
        body: &Bound<'_, PyAny>,
        named: &Bound<'_, PyDict>,
    ) -> PyResult<cyberark_identity::Prepared> {
        let arguments = self.arguments(body, named).map_err(|refused| {
            let name = self.entry.meta.name;
            raise::error(
                py,
                Error::invalid_argument(name, refused.place, &refused.problem),
            )
        })?;
        let prepared = self
            .entry
            .prepare(serde_json::Value::Object(arguments), Spelling::Snake);
        prepared.map_err(|error| raise::error(py, error))
    }

    fn arguments(
        &self,
        body: &Bound<'_, PyAny>,
        named: &Bound<'_, PyDict>,
    ) -> Result<Map<String, serde_json::Value>, Refused> {
        let top = Place::top();
        let named = input::named(named, &self.arguments, &top, Mode::Translate)?;
        if body.is_none() {
            return Ok(named);
        }
        let body_place = top.member("body");
        let object = input::object(body, &self.arguments, &top, Mode::Translate)?;
        let mut arguments = object.ok_or_else(|| {
            let problem = "must be a mapping, a record or a dataclass; pass single fields by name";
            Refused::new(&body_place, problem)
        })?;
        for (wire, value) in named {
            input::set(&mut arguments, wire, value);
        }
        Ok(arguments)
    }
}

#[pymethods]
impl Operation {
    /// Name, such as `scim.users.get`.
    #[getter]
    fn name(&self) -> &'static str {
        self.entry.meta.name
    }

    fn __repr__(&self) -> String {
        format!("<operation {}>", self.entry.meta.name)
    }
}
