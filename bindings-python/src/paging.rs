//! Reading a list page by page: what to ask for next is decided by the core, and the calls are made by Python.

use std::sync::{Mutex, MutexGuard, PoisonError};

use cyberark_identity::paging;
use pyo3::prelude::*;

use crate::{operation::Operation, page::Page, raise};

/// The state of reading one list.
#[pyclass(frozen, module = "cyberark_identity._native")]
pub(crate) struct Paging(Mutex<paging::Paging>);

impl Paging {
    fn state(&self) -> MutexGuard<'_, paging::Paging> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl Paging {
    /// Starts at the first item, with pages of `count` items.
    #[new]
    fn new(py: Python<'_>, operation: &Bound<'_, Operation>, count: i64) -> PyResult<Self> {
        let state = paging::Paging::new(operation.get().meta().name, count);
        match state {
            Ok(state) => Ok(Self(Mutex::new(state))),
            Err(error) => Err(raise::error(py, error)),
        }
    }

    /// Start and size of the page to ask for; None when the list has been read.
    fn next_page(&self) -> Option<(i64, i64)> {
        self.state().next_page()
    }

    /// Takes note of a page, and tells for each of its items whether it is new.
    fn accept(&self, py: Python<'_>, page: &Bound<'_, Page>) -> PyResult<Vec<bool>> {
        let new = self.state().accept(&page.get().facts());
        new.map_err(|error| raise::error(py, error))
    }
}
