//! An awaitable that has its result already: an item of a page that is there costs no turn of the event loop.

use std::sync::Mutex;

use pyo3::{
    exceptions::{PyRuntimeError, PyStopIteration},
    prelude::*,
};

/// Awaiting it gives its value, once.
#[pyclass(frozen, module = "cyberark_identity._native")]
pub(crate) struct Ready(Mutex<Option<Py<PyAny>>>);

impl Ready {
    pub(crate) fn new(value: Bound<'_, PyAny>) -> Self {
        Self(Mutex::new(Some(value.unbind())))
    }
}

#[pymethods]
impl Ready {
    fn __await__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __iter__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __next__(&self) -> PyResult<()> {
        let value = self.0.lock().ok().and_then(|mut value| value.take());
        Err(match value {
            Some(value) => PyStopIteration::new_err((value,)),
            None => PyRuntimeError::new_err("cannot reuse already awaited item"),
        })
    }
}
