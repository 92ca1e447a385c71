//! What is known about the operations, for programs.

use cyberark_identity::operation::Meta;
use pyo3::prelude::*;

/// What is known about an operation.
#[pyclass(frozen, module = "cyberark_identity")]
pub(crate) struct OperationInfo(&'static Meta);

/// Every operation, in the order of the documentation.
#[pyfunction]
pub(crate) fn operations() -> Vec<OperationInfo> {
    cyberark_identity::operations()
        .map(|entry| OperationInfo(entry.meta))
        .collect()
}

#[pymethods]
impl OperationInfo {
    /// Name, such as `scim.users.get`: also the path to its method on a client.
    #[getter]
    fn name(&self) -> &'static str {
        self.0.name
    }

    /// Its ids in the integration catalogue.
    #[getter]
    fn ids(&self) -> Vec<&'static str> {
        self.0.ids.to_vec()
    }

    /// What it does, in a sentence.
    #[getter]
    fn summary(&self) -> String {
        self.0.summary()
    }

    /// Kinds of objects it is about, such as `user` and `organization`.
    #[getter]
    fn entities(&self) -> Vec<&'static str> {
        self.0.entities().to_vec()
    }

    /// HTTP method.
    #[getter]
    fn method(&self) -> &'static str {
        self.0.verb.as_str()
    }

    /// Path below the tenant URL.
    #[getter]
    fn path(&self) -> &'static str {
        self.0.path
    }

    /// `read` or `write`.
    #[getter]
    fn access(&self) -> &'static str {
        self.0.access.as_str()
    }

    /// When it is retried automatically: `safe` and `idempotent` always, `write` only if it cannot have been carried out.
    #[getter]
    fn retry(&self) -> &'static str {
        self.0.retry.as_str()
    }

    /// The permission that the caller needs.
    #[getter]
    fn permission(&self) -> &'static str {
        self.0.permission
    }

    /// How certain these facts are: `high`, `medium` or `low`.
    #[getter]
    fn confidence(&self) -> &'static str {
        self.0.confidence.as_str()
    }

    /// What is uncertain or odd about them; empty if nothing is.
    #[getter]
    fn doubt(&self) -> &'static str {
        self.0.doubt
    }

    /// Documentation, Markdown.
    #[getter]
    fn doc(&self) -> String {
        let lines: Vec<&str> = self.0.doc.lines().map(str::trim).collect();
        lines.join("\n").trim().to_owned()
    }

    fn __repr__(&self) -> String {
        let meta = self.0;
        format!("<{}: {} {}>", meta.name, meta.verb.as_str(), meta.path)
    }
}
