//! What is known about the operations, for programs that want to know.

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
    /// Name, such as `scim.users.get`: the way to it from a client.
    #[getter]
    fn name(&self) -> &'static str {
        self.0.name
    }

    /// Ids of the integration catalogue that mean this operation.
    #[getter]
    fn ids(&self) -> Vec<&'static str> {
        self.0.ids.to_vec()
    }

    /// What it does, in a sentence.
    #[getter]
    fn summary(&self) -> String {
        self.0.summary()
    }

    /// Kinds of things it is about, such as `user` and `organization`.
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

    /// When it is repeated without being asked: `safe` and `idempotent` always, `write` only when it cannot have been
    /// acted upon.
    #[getter]
    fn retry(&self) -> &'static str {
        self.0.retry.as_str()
    }

    /// What the caller needs to be allowed.
    #[getter]
    fn permission(&self) -> &'static str {
        self.0.permission
    }

    /// How sure these facts are: `high`, `medium` or `low`.
    #[getter]
    fn confidence(&self) -> &'static str {
        self.0.confidence.as_str()
    }

    /// What is uncertain or odd about them; empty when nothing is.
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
