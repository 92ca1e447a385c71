//! Answers: checked and parsed without Python, then shown to it.

use bytes::Bytes;
use cyberark_identity::{Error, Payload, Shape};
use pyo3::{
    IntoPyObjectExt,
    prelude::*,
    types::{PyBytes, PyDict},
};
use sonic_rs::JsonValueTrait;

use crate::{
    kind::plain, listing::Listing, node::Node, operation::Operation, page::Page, reading,
    record::view,
};

/// The proven value of an answer.
pub(crate) enum Value {
    Nothing,
    Text(String),
    Boolean(Option<bool>),
    Any(Node),
    Record(Node),
    Rows(Listing),
    List(Listing),
}

/// A proven answer.
pub(crate) struct Answer {
    value: Value,
    payload: Payload,
}

impl Answer {
    /// Parses the value and checks its layout.
    pub(crate) fn read(payload: Payload) -> Result<Self, Error> {
        let value = value(&payload)?;
        Ok(Self { value, payload })
    }

    /// The list, without the answer around it; none when it is something else.
    pub(crate) fn into_list(self) -> Option<Listing> {
        match self.value {
            Value::List(list) => Some(list),
            _ => None,
        }
    }

    /// What the caller of `operation` gets: the result, or with `raw` the result together with the answer.
    pub(crate) fn show<'py>(
        self,
        py: Python<'py>,
        operation: &Operation,
        raw: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let value = self.value.show(py, operation)?;
        if !raw {
            return Ok(value);
        }
        let response = Response {
            status: self.payload.status.as_u16(),
            headers: self.payload.headers,
            body: self.payload.body,
            recovered: self.payload.recovered,
            value: value.unbind(),
        };
        Ok(Bound::new(py, response)?.into_any())
    }
}

impl Value {
    fn show<'py>(self, py: Python<'py>, operation: &Operation) -> PyResult<Bound<'py, PyAny>> {
        let class = operation.item.as_ref().map(|class| class.clone_ref(py));
        match (self, class) {
            (Self::Text(text), _) => text.into_bound_py_any(py),
            (Self::Boolean(truth), _) => truth.into_bound_py_any(py),
            (Self::Any(node), _) => plain(py, node.value()),
            (Self::Record(node), Some(class)) => view(class.bind(py), node),
            (Self::Rows(rows), Some(class)) => Page::rows(py, rows, class),
            (Self::List(list), Some(class)) => Page::list(py, list, class),
            _ => Ok(py.None().into_bound(py)),
        }
    }
}

fn value(payload: &Payload) -> Result<Value, Error> {
    let shape = payload.meta.shape;
    if shape == Shape::Nothing {
        return Ok(Value::Nothing);
    }
    let json: &[u8] = match payload.value.as_ref() {
        b"" => b"null",
        json => json,
    };
    let node = Node::parse(json).map_err(|error| payload.unreadable(error))?;
    let unreadable = |problem: &str| payload.unreadable(problem);
    match shape {
        Shape::Text => match reading::text(node.value()) {
            Some(text) => Ok(Value::Text(text.into_owned())),
            None => Err(unreadable("expected text")),
        },
        Shape::Boolean if node.value().is_null() => Ok(Value::Boolean(None)),
        Shape::Boolean => match reading::boolean(node.value()) {
            Some(truth) => Ok(Value::Boolean(Some(truth))),
            None => Err(unreadable("expected true or false")),
        },
        Shape::Any => Ok(Value::Any(node)),
        Shape::Record if node.value().is_object() => Ok(Value::Record(node)),
        Shape::Record if node.value().is_null() => Ok(Value::Record(Node::of(sonic_rs::json!({})))),
        Shape::Record => Err(unreadable("expected an object")),
        Shape::Rows => Listing::rows(node).map(Value::Rows).map_err(unreadable),
        Shape::List => Listing::list(node).map(Value::List).map_err(unreadable),
        Shape::Nothing => Ok(Value::Nothing),
    }
}

/// The result of a call, with the answer it was read from.
#[pyclass(frozen, module = "cyberark_identity")]
pub(crate) struct Response {
    /// HTTP status.
    #[pyo3(get)]
    status: u16,
    headers: http::HeaderMap,
    body: Bytes,
    /// Whether the answer to the write itself was lost; this is then the answer to a read that found what it created.
    #[pyo3(get)]
    recovered: bool,
    /// The result, as the typed method returns it.
    #[pyo3(get)]
    value: Py<PyAny>,
}

#[pymethods]
impl Response {
    /// Headers by their lower-case names.
    #[getter]
    fn headers<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let headers = PyDict::new(py);
        for name in self.headers.keys() {
            let values = self.headers.get_all(name).iter();
            let values: Vec<_> = values
                .map(|v| String::from_utf8_lossy(v.as_bytes()))
                .collect();
            headers.set_item(name.as_str(), values.join(", "))?;
        }
        Ok(headers)
    }

    /// The whole body, unchanged.
    #[getter]
    fn body<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.body)
    }

    /// The service's id of this exchange (`X-CFY-TX-ID`).
    #[getter]
    fn request_id(&self) -> Option<&str> {
        self.headers.get("x-cfy-tx-id")?.to_str().ok()
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let value = self.value.bind(py).repr()?;
        Ok(format!("Response(status={}, value={value})", self.status))
    }
}
