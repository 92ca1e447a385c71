//! Lists of all pages: iterators that read as far as somebody reads on.
//!
//! These are no generators: one that has raised is over, and its next turn would look like the end of the list. Here it
//! asks for the page again.

use std::sync::Arc;

use pyo3::{prelude::*, types::PyType};

use crate::{
    blocking,
    bridge::{Bridge, Gain, Task},
    node::Node,
    raise,
    ready::Ready,
    record::Handle,
    scan::Scan,
    worker,
};

/// All items of a list, one after the other. While the items of a page are read, the next pages are under way.
#[pyclass(frozen, module = "cyberark_identity._native")]
pub(crate) struct Items(List);

/// All items of a list for asyncio, one after the other. While the items of a page are read, the next pages are under
/// way.
#[pyclass(frozen, module = "cyberark_identity._native")]
pub(crate) struct AsyncItems(List);

pub(crate) struct List {
    pub(crate) scan: Arc<Scan>,
    /// Of the items.
    pub(crate) class: Py<PyType>,
}

impl List {
    fn show<'py>(&self, py: Python<'py>, item: Node) -> PyResult<Bound<'py, PyAny>> {
        Handle::open(self.class.bind(py), item)
    }
}

impl From<List> for Items {
    fn from(list: List) -> Self {
        Self(list)
    }
}

impl From<List> for AsyncItems {
    fn from(list: List) -> Self {
        Self(list)
    }
}

#[pymethods]
impl Items {
    fn __iter__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        loop {
            if let Some(item) = self.0.scan.next_ready() {
                return self.0.show(py, item).map(Some);
            }
            if !blocking::wait(py, self.0.scan.advance())? {
                return Ok(None);
            }
        }
    }
}

#[pymethods]
impl AsyncItems {
    fn __aiter__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __anext__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        match slf.get().take(py)? {
            Some(item) => Ok(Bound::new(py, Ready::new(item))?.into_any()),
            None => py
                .import("cyberark_identity._bridges")?
                .call_method1("next_item", (slf,)),
        }
    }

    /// The next item, if its page is there.
    fn take<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let item = self.0.scan.next_ready();
        item.map(|item| self.0.show(py, item)).transpose()
    }

    /// Waits for the next page. Whether there is one will be set on `future`.
    fn advance(
        &self,
        py: Python<'_>,
        bridge: &Bound<'_, Bridge>,
        future: Py<PyAny>,
    ) -> PyResult<Task> {
        let worker = worker::handle().map_err(|error| raise::error(py, error))?;
        let scan = self.0.scan.clone();
        let run = async move { scan.advance().await.map(Gain::More) };
        Ok(bridge.get().start(&worker, run, future, None))
    }
}
