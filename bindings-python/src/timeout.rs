//! Time-outs of a single call.

use std::time::Duration;

use cyberark_identity::{CallOptions, Error, Result};
use pyo3::prelude::*;

/// Time-outs of a single call, in seconds. None means the client's setting.
///
/// Args:
///     total: For the whole call: all attempts, the waits between them, and signing in.
///     connect: For making a connection, if the call needs a new one. Not longer than the client's,
///         because the connections belong to the client.
///     read: Longest silence, before the answer and within it.
#[pyclass(frozen, module = "cyberark_identity", skip_from_py_object)]
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Timeout {
    #[pyo3(get)]
    total: Option<f64>,
    #[pyo3(get)]
    connect: Option<f64>,
    #[pyo3(get)]
    read: Option<f64>,
}

#[pymethods]
impl Timeout {
    #[new]
    #[pyo3(signature = (total = None, *, connect = None, read = None))]
    fn new(total: Option<f64>, connect: Option<f64>, read: Option<f64>) -> Self {
        Self {
            total,
            connect,
            read,
        }
    }

    fn __repr__(&self) -> String {
        let text = |time: Option<f64>| time.map_or("None".to_owned(), |time| time.to_string());
        let [total, connect, read] = [self.total, self.connect, self.read].map(text);
        format!("Timeout({total}, connect={connect}, read={read})")
    }
}

/// A number alone is the time for the whole call.
impl<'py> FromPyObject<'_, 'py> for Timeout {
    type Error = PyErr;

    fn extract(given: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        match given.cast::<Self>() {
            Ok(timeout) => Ok(*timeout.get()),
            Err(_) => Ok(Self::new(Some(given.extract()?), None, None)),
        }
    }
}

impl Timeout {
    pub(crate) fn options(self, operation: &str) -> Result<CallOptions> {
        let mut options = CallOptions::new();
        if let Some(time) = self.total {
            options = options.timeout(seconds(operation, "timeout", time)?);
        }
        if let Some(time) = self.connect {
            options = options.connect_timeout(seconds(operation, "timeout.connect", time)?);
        }
        if let Some(time) = self.read {
            options = options.read_timeout(seconds(operation, "timeout.read", time)?);
        }
        Ok(options)
    }
}

fn seconds(operation: &str, argument: &str, time: f64) -> Result<Duration> {
    let time = Duration::try_from_secs_f64(time).ok();
    time.filter(|time| !time.is_zero()).ok_or_else(|| {
        Error::invalid_argument(operation, argument, "must be a number of seconds above 0")
    })
}
