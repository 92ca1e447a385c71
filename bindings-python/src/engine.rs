//! The way from Python into the core: one client, used from any thread, loop and process.

use std::sync::Arc;

use cyberark_identity::{CallOptions, Prepared, paging::Paging};
use futures_util::TryFutureExt;
use pyo3::{prelude::*, types::PyDict};

use crate::{
    blocking,
    bridge::{Bridge, Gain, Shown, Task},
    doctor::{self, Lacking},
    home,
    limits::Limits,
    link::Link,
    listener,
    lists::{AsyncItems, Items, List},
    operation::Operation,
    parts::{self, Parts, call_here, revoke_here},
    raise,
    scan::Scan,
    settings::{self, Settings},
    timeout::Timeout,
};

/// The native half of a client.
#[pyclass(frozen, module = "cyberark_identity._native")]
pub(crate) struct Engine {
    link: Arc<Link>,
    /// URL of the tenant.
    #[pyo3(get)]
    tenant_url: String,
}

impl Engine {
    /// Checks everything that can be checked before sending.
    fn prepare(&self, py: Python<'_>, call: &Call<'_, '_>) -> PyResult<Ready> {
        let parts = self.link.parts().map_err(|error| raise::error(py, error))?;
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

impl Engine {
    /// What is needed for something other than an operation. Errors refer to it by `name`.
    fn besides_calls(
        &self,
        py: Python<'_>,
        name: &str,
        timeout: Option<Timeout>,
        headers: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<(Arc<Parts>, CallOptions)> {
        let headers = headers.map(settings::headers).transpose()?;
        let ready = || {
            Ok((
                self.link.parts()?,
                settings::options(name, timeout, headers)?,
            ))
        };
        ready().map_err(|error| raise::error(py, error))
    }

    fn list(
        &self,
        py: Python<'_>,
        operation: &Operation,
        arguments: &Bound<'_, PyDict>,
        (page_size, concurrency): (i64, usize),
        timeout: Option<Timeout>,
        headers: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<List> {
        let name = operation.meta().name;
        let headers = headers.map(settings::headers).transpose()?;
        let question = operation.question(py, arguments)?;
        let scan = || {
            let options = settings::options(name, timeout, headers)?;
            let paging = Paging::new(name, page_size)?.with_concurrency(concurrency)?;
            Scan::new(self.link.clone(), question, paging, options)
        };
        let scan = scan().map_err(|error| raise::error(py, error))?;
        let scan = scan.at_home(listener::look(py)?, home::copy_context(py)?);
        Ok(List::new(scan, operation.item(py)?))
    }
}

/// The report on drift, as a tuple.
type Told = (u64, Vec<Row>, u64, String);
type Row = (
    &'static str,
    String,
    &'static str,
    &'static str,
    &'static str,
    u64,
);

/// A call as Python gives it.
struct Call<'a, 'py> {
    operation: &'a Bound<'py, Operation>,
    body: &'a Bound<'py, PyAny>,
    arguments: &'a Bound<'py, PyDict>,
    timeout: Option<Timeout>,
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
        listener::prepare(py)?;
        home::prepare(py)?;
        let build = || {
            parts::prepare()?;
            let builder = settings.builder()?;
            let client = builder.clone().build()?;
            Ok((builder, client))
        };
        let (builder, client) = build().map_err(|error| raise::error(py, error))?;
        Ok(Self {
            tenant_url: client.tenant_url().to_owned(),
            link: Arc::new(Link::new(builder, client)),
        })
    }

    /// Runs an operation and waits for its result. Other threads keep running, and Ctrl-C ends it.
    #[pyo3(signature = (operation, body, arguments, timeout = None, headers = None, *, raw = false))]
    #[allow(clippy::too_many_arguments)] // the shape of a call from Python; taken apart at once
    fn call<'py>(
        &self,
        py: Python<'py>,
        operation: &Bound<'py, Operation>,
        body: &Bound<'py, PyAny>,
        arguments: &Bound<'py, PyDict>,
        timeout: Option<Timeout>,
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
        timeout: Option<Timeout>,
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
        let run = call_here(ready.parts, ready.prepared, ready.options).map_ok(Gain::Answer);
        let operation = operation.clone().unbind();
        let shown = Some(Shown { operation, raw });
        bridge.get().start(py, run, future, shown)
    }

    /// Revokes the token of the client, and waits for that.
    #[pyo3(signature = (timeout = None, headers = None))]
    fn revoke(
        &self,
        py: Python<'_>,
        timeout: Option<Timeout>,
        headers: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let (parts, options) = self.besides_calls(py, "revoke", timeout, headers)?;
        blocking::wait(py, revoke_here(parts, options))
    }

    /// The same for event loops: `future` is set when it is done.
    #[pyo3(signature = (bridge, future, timeout = None, headers = None))]
    fn start_revoking(
        &self,
        py: Python<'_>,
        bridge: &Bound<'_, Bridge>,
        future: Py<PyAny>,
        timeout: Option<Timeout>,
        headers: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Task> {
        let (parts, options) = self.besides_calls(py, "revoke", timeout, headers)?;
        let run = revoke_here(parts, options).map_ok(|()| Gain::Done);
        bridge.get().start(py, run, future, None)
    }

    /// Checks everything between this program and its tenant, and waits for the report.
    #[pyo3(signature = (timeout = None, headers = None, lacking = None))]
    fn doctor<'py>(
        &self,
        py: Python<'py>,
        timeout: Option<Timeout>,
        headers: Option<&Bound<'py, PyAny>>,
        lacking: Option<Lacking>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (parts, options) = self.besides_calls(py, "doctor", timeout, headers)?;
        let report = blocking::wait(py, doctor::look(parts, lacking, options))?;
        doctor::show(py, &report)
    }

    /// The same for event loops: the report is set on `future`.
    #[pyo3(signature = (bridge, future, timeout = None, headers = None, lacking = None))]
    #[allow(clippy::too_many_arguments)] // as above
    fn start_doctor(
        &self,
        py: Python<'_>,
        bridge: &Bound<'_, Bridge>,
        future: Py<PyAny>,
        timeout: Option<Timeout>,
        headers: Option<&Bound<'_, PyAny>>,
        lacking: Option<Lacking>,
    ) -> PyResult<Task> {
        let (parts, options) = self.besides_calls(py, "doctor", timeout, headers)?;
        let run = doctor::look(parts, lacking, options).map_ok(Gain::Report);
        bridge.get().start(py, run, future, None)
    }

    /// All items of a list, read page by page.
    #[pyo3(signature = (operation, arguments, page_size, concurrency, timeout = None, headers = None))]
    #[allow(clippy::too_many_arguments)] // as above
    fn items(
        &self,
        py: Python<'_>,
        operation: &Bound<'_, Operation>,
        arguments: &Bound<'_, PyDict>,
        page_size: i64,
        concurrency: usize,
        timeout: Option<Timeout>,
        headers: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Items> {
        let pages = (page_size, concurrency);
        let list = self.list(py, operation.get(), arguments, pages, timeout, headers);
        list.map(Items::from)
    }

    /// The same for event loops.
    #[pyo3(signature = (operation, arguments, page_size, concurrency, timeout = None, headers = None))]
    #[allow(clippy::too_many_arguments)] // as above
    fn async_items(
        &self,
        py: Python<'_>,
        operation: &Bound<'_, Operation>,
        arguments: &Bound<'_, PyDict>,
        page_size: i64,
        concurrency: usize,
        timeout: Option<Timeout>,
        headers: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<AsyncItems> {
        let pages = (page_size, concurrency);
        let list = self.list(py, operation.get(), arguments, pages, timeout, headers);
        list.map(AsyncItems::from)
    }

    /// Ends calls in progress; later ones are refused. Closing twice is harmless.
    fn close(&self) {
        self.link.close();
    }

    /// Pacing of the client: its current limit, the load, and the last refusal.
    fn limits(&self, py: Python<'_>) -> PyResult<Limits> {
        let parts = self.link.parts().map_err(|error| raise::error(py, error))?;
        Ok(Limits(parts.limits()))
    }

    /// How answers differ from what is known: the number of answers, the differences, how many more there were, and all of it
    /// as a table. None unless the client watches for drift.
    fn drift(&self, py: Python<'_>) -> PyResult<Option<Told>> {
        let parts = self.link.parts().map_err(|error| raise::error(py, error))?;
        Ok(parts.drift().map(|report| {
            let text = report.to_string();
            let drifts = report.drifts.into_iter().map(|drift| {
                let change = drift.change.as_str();
                (
                    drift.operation,
                    drift.path,
                    change,
                    drift.expected,
                    drift.found,
                    drift.count,
                )
            });
            (report.answers, drifts.collect(), report.others, text)
        }))
    }

    /// Whether `close` was called.
    #[getter]
    fn closed(&self) -> bool {
        self.link.is_closed()
    }
}
