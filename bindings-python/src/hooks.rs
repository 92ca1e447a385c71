//! What Python hooks are given.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cyberark_identity::observe;
use pyo3::prelude::*;

use crate::raise;

/// A call that begins.
#[pyclass(frozen, module = "cyberark_identity")]
pub(crate) struct CallStart(pub(crate) Arc<Mutex<observe::CallStart>>);

impl CallStart {
    fn start(&self) -> MutexGuard<'_, observe::CallStart> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl CallStart {
    /// Id of the call, which its error and its log records carry as well.
    #[getter]
    fn call_id(&self) -> String {
        self.start().call_id.to_string()
    }

    /// Operation, such as `users.get`; `request` for `Client.request`.
    #[getter]
    fn operation(&self) -> &'static str {
        self.start().operation
    }

    /// HTTP method.
    #[getter]
    fn method(&self) -> &'static str {
        self.start().method
    }

    /// Host of the tenant.
    #[getter]
    fn host(&self) -> String {
        self.start().host.clone()
    }

    /// Path as it is sent: escaped, without a query.
    #[getter]
    fn path(&self) -> String {
        self.start().path.clone()
    }

    /// The path of the operation, with `{id}` in place of an argument; None for `Client.request`.
    #[getter]
    fn template(&self) -> Option<&'static str> {
        self.start().template
    }

    /// Retry class of the request: `safe`, `idempotent` or `write`.
    #[getter]
    fn retry(&self) -> &'static str {
        self.start().retry
    }

    /// Sends a header, such as `traceparent`, with every request of the call except those of a sign-in. A header that the
    /// caller passes to the operation takes precedence. A header that the client sets itself, such as `Authorization`, is
    /// refused with an `InvalidArgumentError`.
    fn add_header(&self, py: Python<'_>, name: &str, value: &str) -> PyResult<()> {
        let added = self.start().header(name, value);
        added.map_err(|error| raise::error(py, error))
    }

    fn __repr__(&self) -> String {
        format!("<{:?}>", self.start())
    }
}

/// A call that is over.
#[pyclass(frozen, module = "cyberark_identity")]
pub(crate) struct CallEnd(pub(crate) observe::CallEnd);

#[pymethods]
impl CallEnd {
    /// Id of the call, which its error and its log records carry as well.
    #[getter]
    fn call_id(&self) -> String {
        self.0.call_id.to_string()
    }

    /// Operation such as `users.get`.
    #[getter]
    fn operation(&self) -> &'static str {
        self.0.operation
    }

    /// `success`, `cancelled`, or the class of the error.
    #[getter]
    fn outcome(&self) -> &'static str {
        self.0.outcome.as_str()
    }

    /// Message of the error; None if there is none.
    #[getter]
    fn message(&self) -> Option<&str> {
        self.0.message.as_deref()
    }

    /// HTTP status; failures of platform calls arrive with 200. None if no answer came.
    #[getter]
    fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// Requests that were sent for it, without those of a sign-in or a look-up.
    #[getter]
    fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Seconds since its beginning.
    #[getter]
    fn duration(&self) -> f64 {
        self.0.duration.as_secs_f64()
    }

    /// Size of the request body in bytes; None if it is streamed from a file.
    #[getter]
    fn bytes_sent(&self) -> Option<u64> {
        self.0.bytes_sent
    }

    /// Size of the answer's body in bytes, decompressed; None if the call failed.
    #[getter]
    fn bytes_received(&self) -> Option<u64> {
        self.0.bytes_received
    }

    /// The service's id of the exchange (`X-CFY-TX-ID`).
    #[getter]
    fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    fn __repr__(&self) -> String {
        format!("<CallEnd({}: {})>", self.0.operation, self.0)
    }
}
