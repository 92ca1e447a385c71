//! Errors of the core as Python exceptions. The classes are defined in Python; this picks one and fills it.

use cyberark_identity::Error;
use pyo3::{
    exceptions::{PyRuntimeError, PyValueError},
    prelude::*,
    types::PyDict,
};

use crate::once::Once;

static CLASSES: Once<Py<PyModule>> = Once::new();

/// The exception for `error`. One of ours that a function of the caller raised is passed on unchanged.
pub(crate) fn error(py: Python<'_>, error: Error) -> PyErr {
    if let Some(raised) = raised(&error).filter(|raised| is_ours(py, raised)) {
        return raised.clone_ref(py);
    }
    exception(py, &error).map_or_else(|failure| failure, PyErr::from_value)
}

fn exception<'py>(py: Python<'py>, error: &Error) -> PyResult<Bound<'py, PyAny>> {
    let classes = CLASSES.get_or_make(py, || {
        let module = py.import("cyberark_identity._generated.errors")?;
        Ok(module.unbind())
    })?;
    let details = error.details();
    let attributes = PyDict::new(py);
    attributes.set_item("hint", &details.hint)?;
    attributes.set_item("operation", &details.operation)?;
    let call_id = details.call_id.map(|id| id.to_string());
    attributes.set_item("call_id", call_id)?;
    attributes.set_item("delivery", details.delivery.as_str())?;
    attributes.set_item("status", details.status)?;
    attributes.set_item("code", &details.code)?;
    attributes.set_item("message_id", &details.message_id)?;
    attributes.set_item("error_id", &details.error_id)?;
    attributes.set_item("request_id", &details.request_id)?;
    attributes.set_item("field", &details.field)?;
    attributes.set_item(
        "retry_after",
        details.retry_after.map(|wait| wait.as_secs_f64()),
    )?;
    attributes.set_item("attempts", details.attempts)?;
    let class = classes.bind(py).getattr(details.kind.class())?;
    let exception = class.call((details.message.as_str(),), Some(&attributes))?;
    exception.setattr("_curl", error.as_curl())?;
    let cause = match raised(error) {
        Some(raised) => Some(raised.clone_ref(py)),
        None => cause(error).map(PyRuntimeError::new_err),
    };
    if let Some(cause) = cause {
        exception.setattr("__cause__", cause.into_value(py))?;
    }
    Ok(exception)
}

/// What a function of the caller raised.
fn raised(error: &Error) -> Option<&PyErr> {
    std::error::Error::source(error)?.downcast_ref()
}

fn is_ours(py: Python<'_>, raised: &PyErr) -> bool {
    let base = py.import("cyberark_identity._errors");
    let base = base.and_then(|module| module.getattr("IdentityError"));
    base.is_ok_and(|base| raised.matches(py, base).unwrap_or(false))
}

/// The messages of the layers below, the outermost first.
fn cause(error: &Error) -> Option<String> {
    let mut texts: Vec<String> = Vec::new();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        texts.push(cause.to_string());
        source = cause.source();
    }
    texts.dedup();
    (!texts.is_empty()).then(|| texts.join(": "))
}

/// JSON of our own that cannot be read or written.
pub(crate) fn json(error: impl std::error::Error) -> PyErr {
    PyValueError::new_err(error.to_string())
}

/// A call that ended without a result or an error of the core: a panic was caught.
pub(crate) fn lost() -> PyErr {
    PyRuntimeError::new_err("internal error: the call ended without a result (please report this)")
}
