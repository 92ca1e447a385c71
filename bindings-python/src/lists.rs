//! Lists of all pages: iterators that read as far as somebody reads on.
//!
//! These are no generators: one that has raised is over, and its next turn would look like the end of the list. Here it
//! asks for the page again.

use std::sync::{Arc, OnceLock};

use arrow_schema::SchemaRef;
use pyo3::{
    prelude::*,
    types::{PyCapsule, PyDict, PyType},
};

use crate::{
    blocking,
    bridge::{Bridge, Gain, Task},
    layout::Layout,
    node::Node,
    once::Once,
    raise,
    record::view,
    scan::Scan,
    table::{self, Columns, Shape, Stream, Table},
};

/// Coroutines for an item that is there, and for one that has to be waited for.
static AWAITABLES: Once<(Py<PyAny>, Py<PyAny>)> = Once::new();

/// All items of a list, one after the other. While you read the items of a page, the next pages are fetched.
#[pyclass(frozen, module = "cyberark_identity._native")]
pub(crate) struct Items(List);

/// All items of a list for asyncio, one after the other. While you read the items of a page, the next pages are fetched.
#[pyclass(frozen, module = "cyberark_identity._native")]
pub(crate) struct AsyncItems(List);

pub(crate) struct List {
    scan: Arc<Scan>,
    /// Of the items.
    class: Py<PyType>,
    columns: OnceLock<Columns>,
}

impl List {
    pub(crate) fn new(scan: Scan, class: Py<PyType>) -> Self {
        Self {
            scan: Arc::new(scan),
            class,
            columns: OnceLock::new(),
        }
    }

    /// What is left of it, in columns.
    fn stream(&self, py: Python<'_>) -> PyResult<Stream> {
        if self.columns.get().is_none() {
            let layout = Layout::of(self.class.bind(py))?;
            let columns = Columns::of_class(Shape::of_class(py, layout.get())?);
            let _ = self.columns.set(columns);
        }
        let columns = self.columns.get().cloned().ok_or_else(raise::lost)?;
        let scan = self.scan.clone();
        Ok(Stream { scan, columns })
    }

    fn show<'py>(&self, py: Python<'py>, item: Node) -> PyResult<Bound<'py, PyAny>> {
        view(self.class.bind(py), item)
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
            if !blocking::wait_for(py, &self.0.scan)? {
                return Ok(None);
            }
        }
    }

    /// All remaining items as a table in memory.
    fn to_arrow(&self, py: Python<'_>) -> PyResult<Table> {
        let stream = self.0.stream(py)?;
        let mut batches = Vec::new();
        while let Some(batch) = stream.batch(py)? {
            batches.push(batch);
        }
        Ok(Table::new(stream.columns.schema(), batches))
    }

    /// All remaining items as a `polars.DataFrame`.
    fn to_polars<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        table::python(slf.py(), "polars", slf)
    }

    /// All remaining items as a `pandas.DataFrame`.
    fn to_pandas<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        table::python(slf.py(), "pandas", slf)
    }

    /// Writes all remaining items to a Parquet file, page by page. `options` are those of `pyarrow.parquet.ParquetWriter`.
    #[pyo3(signature = (path, **options))]
    fn to_parquet(
        slf: &Bound<'_, Self>,
        path: &Bound<'_, PyAny>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<()> {
        table::parquet(slf, path, options)
    }

    /// The remaining items as tables, one per page: for exports of any size.
    fn batches(&self, py: Python<'_>) -> PyResult<Batches> {
        self.0.stream(py).map(Batches)
    }

    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        table::schema_capsule(py, &self.0.stream(py)?.columns.schema())
    }

    #[pyo3(signature = (requested_schema = None))]
    #[allow(unused_variables)] // a wish, by the rules of the interface
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        table::capsule(py, Box::new(self.0.stream(py)?))
    }
}

/// Pages of a list as tables.
#[pyclass(frozen, module = "cyberark_identity._native")]
pub(crate) struct Batches(Stream);

#[pymethods]
impl Batches {
    fn __iter__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Table>> {
        let batch = self.0.batch(py)?;
        Ok(batch.map(|batch| Table::new(self.0.columns.schema(), vec![batch])))
    }
}

impl AsyncItems {
    pub(crate) fn schema(&self, py: Python<'_>) -> PyResult<SchemaRef> {
        Ok(self.0.stream(py)?.columns.schema())
    }
}

#[pymethods]
impl AsyncItems {
    fn __aiter__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __anext__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let awaitables = AWAITABLES.get_or_make(py, || {
            let bridges = py.import("cyberark_identity._bridges")?;
            let of = |name| Ok::<_, PyErr>(bridges.getattr(name)?.unbind());
            Ok((of("given")?, of("next_item")?))
        })?;
        let (given, next_item) = awaitables;
        match slf.get().take(py)? {
            Some(item) => given.bind(py).call1((item,)),
            None => next_item.bind(py).call1((slf,)),
        }
    }

    /// The next item, if its page has arrived.
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
        let scan = self.0.scan.clone();
        let run = async move { scan.advance().await.map(Gain::More) };
        bridge.get().start(py, run, future, None)
    }

    /// What is left of the next page as a table, if it has arrived.
    fn take_batch(&self, py: Python<'_>) -> PyResult<Option<Table>> {
        let stream = self.0.stream(py)?;
        let batch = py.detach(|| stream.ready()).map_err(table::broken)?;
        Ok(batch.map(|batch| Table::new(stream.columns.schema(), vec![batch])))
    }

    /// All remaining items as a table in memory.
    fn to_arrow<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        table::python(slf.py(), "async_arrow", slf)
    }

    /// All remaining items as a `polars.DataFrame`.
    fn to_polars<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        table::python(slf.py(), "async_polars", slf)
    }

    /// All remaining items as a `pandas.DataFrame`.
    fn to_pandas<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        table::python(slf.py(), "async_pandas", slf)
    }

    /// Writes all remaining items to a Parquet file, page by page. `options` are those of `pyarrow.parquet.ParquetWriter`.
    #[pyo3(signature = (path, **options))]
    fn to_parquet<'py>(
        slf: &Bound<'py, Self>,
        path: &Bound<'py, PyAny>,
        options: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let tables = slf.py().import("cyberark_identity._tables")?;
        tables.getattr("async_parquet")?.call((slf, path), options)
    }

    /// The remaining items as tables, one per page: for exports of any size.
    fn batches<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        table::python(slf.py(), "async_batches", slf)
    }

    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        table::schema_capsule(py, &self.0.stream(py)?.columns.schema())
    }
}
