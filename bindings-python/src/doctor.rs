//! What the doctor found, as Python sees it.

use std::sync::Arc;

use cyberark_identity::{
    CallOptions, Error, Result,
    doctor::{Report, misconfigured},
};
use pyo3::prelude::*;

use crate::parts::Parts;

/// Why there are no credentials: message and hint.
pub(crate) type Lacking = (String, Option<String>);

/// Examines the client of `parts`, on the worker.
pub(crate) async fn look(
    parts: Arc<Parts>,
    lacking: Option<Lacking>,
    options: CallOptions,
) -> Result<Report> {
    let look = async {
        Ok(match lacking {
            Some(reason) => parts.client().doctor_without(error(reason), &options).await,
            None => parts.client().doctor(&options).await,
        })
    };
    parts.unless_closed(look).await
}

fn error((message, hint): Lacking) -> Error {
    let error = Error::configuration(message);
    match hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

/// A `Report` of the package.
pub(crate) fn show<'py>(py: Python<'py>, report: &Report) -> PyResult<Bound<'py, PyAny>> {
    let members = pythonize::pythonize(py, report)?;
    let module = py.import("cyberark_identity._doctor")?;
    let class = module.getattr("Report")?;
    class.call_method1("_of", (members, report.to_string()))
}

/// The report on settings that make no client.
#[pyfunction]
#[pyo3(signature = (message, hint))]
pub(crate) fn misconfigured_report<'py>(
    py: Python<'py>,
    message: String,
    hint: Option<String>,
) -> PyResult<Bound<'py, PyAny>> {
    show(py, &misconfigured(&error((message, hint))))
}
