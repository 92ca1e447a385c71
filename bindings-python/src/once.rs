//! What is made of Python once for all: names, functions, classes.
//!
//! Not by `PyOnceLock` and `intern!` of pyo3. They take their lock before they have the interpreter, and whoever has it then may
//! fork: the child would wait for ever for a thread that it does not have. Here nothing is locked while another thread can
//! run Python: what two threads make at the same time is made twice, and one of both is kept.

use std::sync::OnceLock;

use pyo3::{
    panic::PanicException,
    prelude::*,
    types::{PyModule, PyString},
};

use crate::{raise, record::Record};

/// A place for something that is made once.
pub(crate) struct Once<T>(OnceLock<T>);

impl<T> Once<T> {
    pub(crate) const fn new() -> Self {
        Self(OnceLock::new())
    }

    /// What is there, or else what `make` makes. That may run Python, so others may be faster.
    pub(crate) fn get_or_make(
        &self,
        _attached: Python<'_>,
        make: impl FnOnce() -> PyResult<T>,
    ) -> PyResult<&T> {
        if self.0.get().is_none() {
            let made = make()?;
            // Attached all along: nobody forks in here.
            let _ = self.0.set(made);
        }
        self.0.get().ok_or_else(raise::lost)
    }
}

impl Once<Py<PyAny>> {
    /// `name` of a module.
    pub(crate) fn import<'py>(
        &self,
        py: Python<'py>,
        module: &str,
        name: &str,
    ) -> PyResult<&Bound<'py, PyAny>> {
        let make = || Ok(py.import(module)?.getattr(name)?.unbind());
        Ok(self.get_or_make(py, make)?.bind(py))
    }
}

/// A name that Python knows already when it is looked up.
pub(crate) struct Name(&'static str, OnceLock<Py<PyString>>);

impl Name {
    pub(crate) const fn new(text: &'static str) -> Self {
        Self(text, OnceLock::new())
    }

    pub(crate) fn get<'py>(&self, py: Python<'py>) -> &Bound<'py, PyString> {
        // Attached all along: making a string lets nobody else run.
        let made = self.1.get_or_init(|| PyString::intern(py, self.0).unbind());
        made.bind(py)
    }
}

/// A text that is made a string of Python once.
macro_rules! name {
    ($py:expr, $text:literal) => {{
        static NAME: $crate::once::Name = $crate::once::Name::new($text);
        NAME.get($py)
    }};
}
pub(crate) use name;

/// Lets pyo3 make what it makes behind such locks of its own, when the module is loaded.
pub(crate) fn prepare(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    let class = py.get_type::<Record>();
    // Names by which it asks for these.
    class.name()?;
    class.qualname()?;
    class.module()?;
    class.mro();
    // What every error is compared with.
    py.get_type::<PanicException>();
    // Whether there is an interpreter, and its list of objects that were dropped without one.
    py.detach(|| Python::attach(|_| ()));
    Ok(())
}
