//! An operation as Python sees it: its arguments, and the class of its records.

use bytes::Bytes;
use cyberark_identity::{Entry, Error, Prepared, Spelling, find, operation::Meta, with_contents};
use pyo3::{
    exceptions::{PyTypeError, PyValueError},
    prelude::*,
    types::{PyDict, PyType},
};
use serde_json::Map;

use crate::{
    field::Field,
    input::{self, Mode, Place, Refused},
    kind::Kind,
    layout::Layout,
    not_given, raise,
    scan::Question,
    upload::{Arguments, Upload},
};

/// An operation of the service.
#[pyclass(frozen, module = "cyberark_identity._native")]
pub(crate) struct Operation {
    what: What,
    /// Class of the record, or of the items of a list.
    pub(crate) item: Option<Py<PyType>>,
}

enum What {
    /// One of the registry.
    Registered(Registered),
    /// A single request that no operation of the registry describes.
    Request(Box<Prepared>),
}

struct Registered {
    entry: &'static Entry,
    arguments: Layout,
}

/// The operation `name`, with its arguments, and the class of its records.
#[pyfunction]
#[pyo3(signature = (name, item = None, /, **arguments))]
pub(crate) fn operation(
    py: Python<'_>,
    name: &str,
    item: Option<Py<PyType>>,
    arguments: Option<&Bound<'_, PyDict>>,
) -> PyResult<Operation> {
    let entry = find(name).ok_or_else(|| PyValueError::new_err(format!("no operation {name}")))?;
    let mut fields = Vec::new();
    for (name, field) in arguments.into_iter().flatten() {
        fields.push((name.extract()?, field.cast_into::<Field>()?.unbind()));
    }
    let arguments = Layout::new(py, fields);
    Ok(Operation {
        what: What::Registered(Registered { entry, arguments }),
        item,
    })
}

/// A request that no operation describes, to be run like one.
#[pyfunction]
pub(crate) fn request(
    method: &str,
    path: &str,
    query: Vec<(String, String)>,
    body: &Bound<'_, PyAny>,
) -> PyResult<Operation> {
    let refused = |refused: Refused| refused.of("request");
    let prepared = match body.is_none() {
        true => Prepared::raw(method, path, &query, None),
        false => input::any(body, &Place::top().member("body"))
            .map_err(refused)
            .and_then(|body| Prepared::raw(method, path, &query, Some(&body))),
    };
    let prepared = prepared.map_err(|error| raise::error(body.py(), error))?;
    Ok(Operation {
        what: What::Request(Box::new(prepared)),
        item: None,
    })
}

/// The name of the operation that has this name or this id in the integration catalogue.
#[pyfunction]
pub(crate) fn find_operation(py: Python<'_>, name_or_id: &str) -> PyResult<&'static str> {
    match find(name_or_id) {
        Some(entry) => Ok(entry.meta.name),
        None => {
            let problem = "there is no operation of that name or id";
            let error = Error::invalid_argument(name_or_id, "", problem);
            Err(raise::error(py, error))
        }
    }
}

impl Operation {
    /// Checks the arguments: those in `body`, and by name those in `named`, which win.
    pub(crate) fn prepare(
        &self,
        py: Python<'_>,
        body: &Bound<'_, PyAny>,
        named: &Bound<'_, PyDict>,
    ) -> PyResult<Prepared> {
        match &self.what {
            What::Registered(registered) => registered.prepare(body, named),
            What::Request(prepared) => Ok(prepared.as_ref().clone()),
        }
        .map_err(|error| raise::error(py, error))
    }

    /// The arguments of a list, under wire names.
    pub(crate) fn question(&self, py: Python<'_>, named: &Bound<'_, PyDict>) -> PyResult<Question> {
        let What::Registered(registered) = &self.what else {
            return Err(PyTypeError::new_err("not an operation that lists"));
        };
        let nothing = py.None().into_bound(py);
        match registered.plain(&nothing, named) {
            Ok(arguments) => Ok(Question {
                entry: registered.entry,
                arguments,
            }),
            Err(refused) => {
                let error = refused.of(registered.entry.meta.name);
                Err(raise::error(py, error))
            }
        }
    }

    /// Class of the record, or of the items of a list.
    pub(crate) fn item(&self, py: Python<'_>) -> PyResult<Py<PyType>> {
        let class = self.item.as_ref().map(|class| class.clone_ref(py));
        class.ok_or_else(|| PyTypeError::new_err("not an operation that gives records"))
    }

    pub(crate) fn meta(&self) -> &'static Meta {
        match &self.what {
            What::Registered(registered) => registered.entry.meta,
            What::Request(prepared) => prepared.meta,
        }
    }
}

impl Registered {
    fn prepare(
        &self,
        body: &Bound<'_, PyAny>,
        named: &Bound<'_, PyDict>,
    ) -> Result<Prepared, Error> {
        let arguments = self.arguments(body, named);
        let (arguments, contents) =
            arguments.map_err(|refused| refused.of(self.entry.meta.name))?;
        with_contents(contents, || self.entry.prepare(arguments, Spelling::Snake))
    }

    fn arguments(
        &self,
        body: &Bound<'_, PyAny>,
        named: &Bound<'_, PyDict>,
    ) -> Result<(Arguments, Vec<Bytes>), Refused> {
        let uploads = self.uploads(body, named)?;
        let mut plain = self.plain(body, named)?;
        plain.retain(|wire, _| !uploads.iter().any(|(upload, _)| upload == wire));
        Ok(Arguments::new(plain, uploads))
    }

    /// The arguments that are files.
    fn uploads(
        &self,
        body: &Bound<'_, PyAny>,
        named: &Bound<'_, PyDict>,
    ) -> Result<Vec<(String, Upload)>, Refused> {
        let mut uploads = Vec::new();
        for (name, field) in &self.arguments.fields {
            let field = field.get();
            if !matches!(field.kind, Kind::File) {
                continue;
            }
            let place = Place::top().member(name);
            let by_name = named.get_item(name).ok().flatten();
            let given = by_name.filter(|value| !not_given::is(value));
            let given = match given {
                Some(value) => Some(value),
                None => input::member(body, name, &field.wire, &place)?,
            };
            if let Some(value) = given {
                let upload = Upload::take(&value);
                let refused =
                    |error: PyErr| Refused::new(&place, error.value(value.py()).to_string());
                uploads.push((field.wire.clone(), upload.map_err(refused)?));
            }
        }
        Ok(uploads)
    }

    /// The arguments that are JSON.
    fn plain(
        &self,
        body: &Bound<'_, PyAny>,
        named: &Bound<'_, PyDict>,
    ) -> Result<Map<String, serde_json::Value>, Refused> {
        let top = Place::top();
        let named = input::named(named, &self.arguments, &top, Mode::Translate)?;
        if body.is_none() {
            return Ok(named);
        }
        let body_place = top.member("body");
        let object = input::object(body, &self.arguments, &top, Mode::Translate)?;
        let mut arguments = object.ok_or_else(|| {
            let problem = "must be a mapping, a record or a dataclass; pass single fields by name";
            Refused::new(&body_place, problem)
        })?;
        for (wire, value) in named {
            input::set(&mut arguments, wire, value);
        }
        Ok(arguments)
    }
}

#[pymethods]
impl Operation {
    /// Name, such as `scim.users.get`.
    #[getter]
    fn name(&self) -> &'static str {
        self.meta().name
    }

    fn __repr__(&self) -> String {
        format!("<operation {}>", self.meta().name)
    }
}
