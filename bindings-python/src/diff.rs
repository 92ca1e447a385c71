//! The difference of two resources.

use cyberark_identity::ops::scim;
use pyo3::prelude::*;
use serde_json::Value;

/// The PATCH operations, as dicts, that make one resource into another; both under wire names.
#[pyfunction]
pub(crate) fn diff<'py>(
    py: Python<'py>,
    before: &Bound<'py, PyAny>,
    after: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let before: Value = pythonize::depythonize(before)?;
    let after: Value = pythonize::depythonize(after)?;
    let operations = scim::diff(&before, &after);
    Ok(pythonize::pythonize(py, &operations)?)
}
