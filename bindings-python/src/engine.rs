//! The way from Python into the core: one client, used from any thread, loop and process.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use cyberark_identity::{CallOptions, ClientBuilder, Error, Prepared};
use pyo3::{prelude::*, types::PyDict};

use crate::{
    blocking,
    bridge::{Bridge, Task},
    operation::Operation,
    parts::{Parts, call_here},
    process::Slot,
    raise,
    settings::{self, Settings},
    worker,
};

/// The native half of a client.
#[pyclass(frozen, module = "cyberark_identity._native")]
pub(crate) struct Engine {
    /// Makes the client again in a forked child.
    builder: ClientBuilder,
    parts: Slot<Parts>,
    closed: AtomicBool,
    /// Address of the tenant.
    #[pyo3(get)]
    tenant_url: String,
}

impl Engine {
    fn parts(&self) -> Result<Arc<Parts>, Error> {
        if self.closed.load(Ordering::Acquire) {
            return Err(Error::closed());
        }
        let parts = self
            .parts
            .get_or_make(|| Ok::<_, Error>(Parts::new(self.builder.clone().build()?)))?;
        Ok(parts)
    }

    /// Checks everything that can be checked before sending.
    fn prepare(&self, py: Python<'_>, call: &Call<'_, '_>) -> PyResult<Ready> {
        let parts = self.parts().map_err(|error| raise::error(py, error))?;
        let operation = call.operation.get();
        let prepared = operation.prepare(py, call.body, call.arguments)?;
        let headers = call.headers.map(settings::headers).transpose()?;
        let options = settings::options(prepared.meta.name, call.timeout, headers);
        Ok(Ready {
            parts,
            prepared,
            options: options.map_err(|error| raise::error(py, error))?,
        })
    }
}

/// A call as Python gives it.
struct Call<'a, 'py> {
    operation: &'a Bound<'py, Operation>,
    body: &'a Bound<'py, PyAny>,
    arguments: &'a Bound<'py, PyDict>,
    timeout: Option<f64>,
    headers: Option<&'a Bound<'py, PyAny>>,
}

/// A call that may be sent.
struct Ready {
    parts: Arc<Parts>,
    prepared: Prepared,
    options: CallOptions,
}

#[pymethods]
impl Engine {
    /// Checks the settings. Opens no connection.
    #[new]
    fn new(py: Python<'_>, settings: Settings) -> PyResult<Self> {
        let build = || {
            let builder = settings.builder()?;
            let client = builder.clone().build()?;
            Ok((builder, client))
        };
        let (builder, client) = build().map_err(|error| raise::error(py, error))?;
        Ok(Self {
            builder,
            tenant_url: client.tenant_url().to_owned(),
            parts: Slot::new(Parts::new(client)),
            closed: AtomicBool::new(false),
        })
    }

    /// Runs an operation and waits for its result. Other threads go on, and Ctrl-C ends it.
    #[pyo3(signature = (operation, body, arguments, timeout = None, headers = None, *, raw = false))]
    #[allow(clippy::too_many_arguments)] // the shape of a call from Python; taken apart at once
    fn call<'py>(
        &self,
        py: Python<'py>,
        operation: &Bound<'py, Operation>,
        body: &Bound<'py, PyAny>,
        arguments: &Bound<'py, PyDict>,
        timeout: Option<f64>,
        headers: Option<&Bound<'py, PyAny>>,
        raw: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let call = Call {
            operation,
            body,
            arguments,
            timeout,
            headers,
        };
        let ready = self.prepare(py, &call)?;
        let answer = blocking::call(py, &ready.parts, ready.prepared, ready.options)?;
        answer.show(py, operation.get(), raw)
    }

    /// Starts an operation whose result will be set on `future`, a future of the running loop that `bridge` serves.
    #[pyo3(signature = (bridge, future, operation, body, arguments, timeout = None, headers = None, *, raw = false))]
    #[allow(clippy::too_many_arguments)] // as above
    fn start<'py>(
        &self,
        py: Python<'py>,
        bridge: &Bound<'py, Bridge>,
        future: Py<PyAny>,
        operation: &Bound<'py, Operation>,
        body: &Bound<'py, PyAny>,
        arguments: &Bound<'py, PyDict>,
        timeout: Option<f64>,
        headers: Option<&Bound<'py, PyAny>>,
        raw: bool,
    ) -> PyResult<Task> {
        let call = Call {
            operation,
            body,
            arguments,
            timeout,
            headers,
        };
        let ready = self.prepare(py, &call)?;
        let worker = worker::handle().map_err(|error| raise::error(py, error))?;
        let run = call_here(ready.parts, ready.prepared, ready.options);
        let operation = operation.clone().unbind();
        Ok(bridge.get().start(&worker, run, future, operation, raw))
    }

    /// Ends calls that are under way; later ones are refused. Closing twice is harmless.
    fn close(&self) {
        self.closed.store(true, Ordering::Release);
        if let Some(parts) = self.parts.take() {
            parts.close();
        }
    }

    /// Whether `close` was called.
    #[getter]
    fn closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }
}
