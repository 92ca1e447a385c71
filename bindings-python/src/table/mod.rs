//! Lists as tables, through the Arrow PyCapsule interface: columns are handed over as they are, without a Python object for
//! each value, and without depending on any other package.

mod batch;
mod column;
mod shape;
mod stream;

use arrow_array::{RecordBatch, RecordBatchIterator, ffi::FFI_ArrowSchema};
use arrow_schema::{ArrowError, SchemaRef};
use pyo3::{
    exceptions::PyRuntimeError,
    prelude::*,
    types::{PyCapsule, PyDict},
};

use crate::lists::AsyncItems;

pub(crate) use self::{
    batch::Columns,
    shape::Shape,
    stream::{Stream, capsule},
};

/// Columns in memory, for pyarrow, polars, duckdb, pandas and anything else that speaks the Arrow PyCapsule interface.
#[pyclass(frozen, module = "cyberark_identity._native")]
pub(crate) struct Table {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

impl Table {
    pub(crate) fn new(schema: SchemaRef, batches: Vec<RecordBatch>) -> Self {
        Self { schema, batches }
    }

    fn rows(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }
}

#[pymethods]
impl Table {
    /// One table of the parts of a list.
    #[staticmethod]
    fn concat(
        py: Python<'_>,
        items: &Bound<'_, AsyncItems>,
        tables: Vec<PyRef<'_, Self>>,
    ) -> PyResult<Self> {
        let batches = tables.iter().flat_map(|table| table.batches.clone());
        Ok(Self::new(items.get().schema(py)?, batches.collect()))
    }

    fn __len__(&self) -> usize {
        self.rows()
    }

    /// Number of rows.
    #[getter]
    fn num_rows(&self) -> usize {
        self.rows()
    }

    /// Names of the columns.
    #[getter]
    fn column_names(&self) -> Vec<&str> {
        self.schema
            .fields()
            .iter()
            .map(|field| field.name().as_str())
            .collect()
    }

    /// A `polars.DataFrame`.
    fn to_polars<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        python(slf.py(), "polars", slf)
    }

    /// A `pandas.DataFrame`.
    fn to_pandas<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        python(slf.py(), "pandas", slf)
    }

    /// Writes a Parquet file. `options` are those of `pyarrow.parquet.ParquetWriter`.
    #[pyo3(signature = (path, **options))]
    fn to_parquet(
        slf: &Bound<'_, Self>,
        path: &Bound<'_, PyAny>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<()> {
        parquet(slf, path, options)
    }

    pub(crate) fn __arrow_c_schema__<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        schema_capsule(py, &self.schema)
    }

    #[pyo3(signature = (requested_schema = None))]
    #[allow(unused_variables)] // a wish, by the rules of the interface
    pub(crate) fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let batches = self.batches.clone().into_iter().map(Ok);
        let reader = RecordBatchIterator::new(batches, self.schema.clone());
        stream::capsule(py, Box::new(reader))
    }

    fn __repr__(&self) -> String {
        let columns = self.column_names().join(", ");
        format!("<Table of {} rows: {columns}>", self.rows())
    }
}

pub(crate) fn schema_capsule<'py>(
    py: Python<'py>,
    schema: &SchemaRef,
) -> PyResult<Bound<'py, PyCapsule>> {
    let schema = FFI_ArrowSchema::try_from(schema.as_ref()).map_err(broken)?;
    PyCapsule::new_with_value(py, schema, c"arrow_schema")
}

/// What the module `_tables` makes of something.
pub(crate) fn python<'py>(
    py: Python<'py>,
    function: &str,
    argument: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let tables = py.import("cyberark_identity._tables")?;
    tables.call_method1(function, (argument,))
}

/// Writes something to a Parquet file.
pub(crate) fn parquet(
    source: &Bound<'_, PyAny>,
    path: &Bound<'_, PyAny>,
    options: Option<&Bound<'_, PyDict>>,
) -> PyResult<()> {
    let tables = source.py().import("cyberark_identity._tables")?;
    tables.getattr("parquet")?.call((source, path), options)?;
    Ok(())
}

pub(crate) fn broken(error: ArrowError) -> PyErr {
    PyRuntimeError::new_err(format!("no table can be made of this: {error}"))
}
