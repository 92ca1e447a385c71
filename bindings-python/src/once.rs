//! Python objects that are created once: names, functions, classes.
//!
//! This does not use `PyOnceLock` and `intern!` of pyo3. They take their lock before they have the interpreter, and whoever has
//! it at that time may fork: the child would wait for ever for a thread that it does not have. Here nothing is locked while
//! another thread can run Python: what two threads create at the same time is created twice, and one of the two is kept.

use std::sync::OnceLock;

use pyo3::{
    panic::PanicException,
    prelude::*,
    types::{PyModule, PyString},
};

use crate::{raise, record::Record};

/// A place for something that is created once.
pub(crate) struct Once<T>(OnceLock<T>);

impl<T> Once<T> {
    pub(crate) const fn new() -> Self {
        Self(OnceLock::new())
    }

    /// What is there, or else what `make` returns. That may run Python, so another thread may be faster.
    pub(crate) fn get_or_make(
        &self,
        _attached: Python<'_>,
        make: impl FnOnce() -> PyResult<T>,
    ) -> PyResult<&T> {
        if self.0.get().is_none() {
            let made = make()?;
            // The interpreter is held throughout, so nobody can fork in here.
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

/// A name that is already a Python string when it is looked up.
pub(crate) struct Name(&'static str, OnceLock<Py<PyString>>);

impl Name {
    pub(crate) const fn new(text: &'static str) -> Self {
        Self(text, OnceLock::new())
    }

    pub(crate) fn get<'py>(&self, py: Python<'py>) -> &Bound<'py, PyString> {
        // The interpreter is held throughout: creating a string lets nobody else run.
        let made = self.1.get_or_init(|| PyString::intern(py, self.0).unbind());
        made.bind(py)
    }
}

/// A text that is turned into a Python string once.
macro_rules! name {
    ($py:expr, $text:literal) => {{
        static NAME: $crate::once::Name = $crate::once::Name::new($text);
        NAME.get($py)
    }};
}
pub(crate) use name;

/// Makes pyo3 create what it creates behind such locks of its own, while the module is loaded.
pub(crate) fn prepare(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    let class = py.get_type::<Record>();
    // The names under which it looks these up.
    class.name()?;
    class.qualname()?;
    class.module()?;
    class.mro();
    // The class that it compares every error with.
    py.get_type::<PanicException>();
    // Whether there is an interpreter, and its list of objects that were dropped without one.
    py.detach(|| Python::attach(|_| ()));
    Ok(())
}
