//! Classes of Python's standard library that values may have. pyo3 keeps them behind locks that do not survive a fork (`once.rs`).

use pyo3::{
    prelude::*,
    types::{PyBytes, PyDict},
};

use crate::once::Once;

/// Whether anybody in this process has loaded `module`.
pub(crate) fn is_loaded(py: Python<'_>, module: &str) -> PyResult<bool> {
    static MODULES: Once<Py<PyDict>> = Once::new();
    let modules = MODULES.get_or_make(py, || {
        let modules = py.import("sys")?.getattr("modules")?;
        Ok(modules.cast_into::<PyDict>()?.unbind())
    })?;
    modules.bind(py).contains(module)
}

struct Datetime {
    class: Py<PyAny>,
    utc: Py<PyAny>,
}

/// How `datetime` describes itself to pickle: two bytes for the year, one each for month to second, three for microseconds.
pub(crate) type State = [u8; 10];

fn datetime(py: Python<'_>) -> PyResult<&'static Datetime> {
    static DATETIME: Once<Datetime> = Once::new();
    DATETIME.get_or_make(py, || {
        let module = py.import("datetime")?;
        let utc = module.getattr("timezone")?.getattr("utc")?;
        Ok(Datetime {
            class: module.getattr("datetime")?.unbind(),
            utc: utc.unbind(),
        })
    })
}

/// Loads nothing: whoever has a `datetime` has loaded its module.
pub(crate) fn is_datetime(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    let py = value.py();
    Ok(is_loaded(py, "datetime")? && value.is_instance(datetime(py)?.class.bind(py))?)
}

/// A `datetime` in UTC. Made as pickle makes it, which spares CPython the reading of eight arguments.
pub(crate) fn utc<'py>(py: Python<'py>, state: &State) -> PyResult<Bound<'py, PyAny>> {
    let Datetime { class, utc } = datetime(py)?;
    class.bind(py).call1((PyBytes::new(py, state), utc))
}

/// Whether it is a mapping, of whatever class.
pub(crate) fn is_mapping(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    static MAPPING: Once<Py<PyAny>> = Once::new();
    // The private name is loaded in every interpreter.
    value.is_instance(MAPPING.import(value.py(), "_collections_abc", "Mapping")?)
}
