//! A list as a stream of batches, one for each page. Its consumer may call from any thread.

use std::sync::Arc;

use arrow_array::{RecordBatch, RecordBatchReader, ffi_stream::FFI_ArrowArrayStream};
use arrow_schema::{ArrowError, SchemaRef};
use pyo3::{exceptions::PyRuntimeError, prelude::*, types::PyCapsule};

use super::Columns;
use crate::{blocking, scan::Scan};

/// What is left of a list, page by page.
pub(crate) struct Stream {
    pub(crate) scan: Arc<Scan>,
    pub(crate) columns: Columns,
}

impl Stream {
    /// The next page; none at the end of the list.
    pub(crate) fn batch(&self, py: Python<'_>) -> PyResult<Option<RecordBatch>> {
        loop {
            let batch = py.detach(|| self.ready());
            if let Some(batch) = batch.map_err(super::broken)? {
                return Ok(Some(batch));
            }
            if !blocking::wait_for(py, &self.scan)? {
                return Ok(None);
            }
        }
    }

    /// The next page, if it is there.
    pub(crate) fn ready(&self) -> Result<Option<RecordBatch>, ArrowError> {
        let part = self.scan.part_ready();
        let batch = |part: crate::scan::Part| self.columns.batch(part.length(), part.rest());
        part.map(batch).transpose()
    }
}

/// Signals are handled, and other Python threads go on, whether or not the consumer holds the interpreter.
impl Iterator for Stream {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        let attached = Python::try_attach(|py| self.batch(py));
        let ended = || Err(PyRuntimeError::new_err("the interpreter has ended"));
        let batch = attached.unwrap_or_else(ended);
        batch
            .map_err(|error| ArrowError::ExternalError(Box::new(error)))
            .transpose()
    }
}

impl RecordBatchReader for Stream {
    fn schema(&self) -> SchemaRef {
        self.columns.schema()
    }
}

pub(crate) fn capsule<'py>(
    py: Python<'py>,
    reader: Box<dyn RecordBatchReader + Send>,
) -> PyResult<Bound<'py, PyCapsule>> {
    let stream = FFI_ArrowArrayStream::new(reader);
    PyCapsule::new_with_value(py, stream, c"arrow_array_stream")
}
