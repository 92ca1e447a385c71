//! The value of an argument that was left out, which is not the same as None.

use pyo3::prelude::*;

use crate::once::Once;

static SENTINEL: Once<Py<NotGiven>> = Once::new();

/// The type of `NOT_GIVEN`: an argument that was left out. None, in contrast, is sent as null.
#[pyclass(frozen, module = "cyberark_identity")]
pub(crate) struct NotGiven;

#[pymethods]
impl NotGiven {
    fn __bool__(&self) -> bool {
        false
    }

    fn __repr__(&self) -> &'static str {
        "NOT_GIVEN"
    }

    fn __reduce__(&self) -> &'static str {
        "NOT_GIVEN"
    }
}

/// The only one there is.
pub(crate) fn sentinel(py: Python<'_>) -> PyResult<&Py<NotGiven>> {
    SENTINEL.get_or_make(py, || Py::new(py, NotGiven))
}

pub(crate) fn is(value: &Bound<'_, PyAny>) -> bool {
    value.is_instance_of::<NotGiven>()
}
