//! From Python objects to JSON under wire names: dicts in either spelling, records, and dataclasses.
//!
//! Arguments of calls are only translated, because the core checks them and names the mistake. Fields of a record that
//! a caller makes are checked here.

use cyberark_identity::{Error, Timestamp};
use pyo3::{
    exceptions::{PyTypeError, PyValueError},
    prelude::*,
    types::{PyBool, PyByteArray, PyBytes, PyDict, PyFloat, PyInt, PyString, PyType},
};
use serde_json::{Map, Value};

use crate::{kind::Kind, layout::Layout, not_given, record::Record, standard};

/// What happens to names and values that do not fit.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// They are passed on, for the core to judge.
    Translate,
    /// They are an error.
    Strict,
}

/// Where in the input something is, such as `emails[0].value`.
#[derive(Clone)]
pub(crate) struct Place(String);

impl Place {
    pub(crate) fn top() -> Self {
        Self(String::new())
    }

    pub(crate) fn member(&self, name: &str) -> Self {
        match self.0.as_str() {
            "" => Self(name.to_owned()),
            place => Self(format!("{place}.{name}")),
        }
    }

    fn item(&self, index: usize) -> Self {
        Self(format!("{}[{index}]", self.0))
    }
}

/// An input that cannot become JSON.
pub(crate) struct Refused {
    pub(crate) place: String,
    pub(crate) problem: String,
}

impl Refused {
    pub(crate) fn new(place: &Place, problem: impl Into<String>) -> Self {
        Self {
            place: place.0.clone(),
            problem: problem.into(),
        }
    }
}

impl Refused {
    /// The error of the core that says so.
    pub(crate) fn of(self, operation: &str) -> Error {
        Error::invalid_argument(operation, self.place, &self.problem)
    }
}

type Taken<T> = Result<T, Refused>;

/// Names and values.
type Entries<'py> = Vec<(String, Bound<'py, PyAny>)>;

/// The members of a new record of `class`, of its fields by their Python names.
pub(crate) fn record(
    class: &Bound<'_, PyType>,
    fields: Option<&Bound<'_, PyDict>>,
    mode: Mode,
) -> PyResult<Map<String, Value>> {
    let Some(fields) = fields else {
        return Ok(Map::new());
    };
    let layout = Layout::of(class)?;
    named(fields, layout.get(), &Place::top(), mode).or_else(|refused| {
        let problem = format!("{}: `{}` {}", class.name()?, refused.place, refused.problem);
        Err(PyTypeError::new_err(problem))
    })
}

/// The members of a record as it is.
pub(crate) fn members(record: &Record) -> serde_json::Result<Map<String, Value>> {
    match serde_json::to_value(record.node.value())? {
        Value::Object(members) => Ok(members),
        _ => Ok(Map::new()),
    }
}

/// Sets a member, in place of one that is spelled in another letter case.
pub(crate) fn set(object: &mut Map<String, Value>, wire: String, value: Value) {
    let known = object.keys().find(|key| key.eq_ignore_ascii_case(&wire));
    let key = known.cloned().unwrap_or(wire);
    object.insert(key, value);
}

/// Keyword arguments, by Python name only. Those that are not given are left out.
pub(crate) fn named(
    fields: &Bound<'_, PyDict>,
    layout: &Layout,
    place: &Place,
    mode: Mode,
) -> Taken<Map<String, Value>> {
    let mut object = Map::new();
    for (name, value) in fields {
        let name = key(&name, place)?;
        let place = place.member(&name);
        if not_given::is(&value) {
            continue;
        }
        let Some(field) = layout.named(&name) else {
            return Err(Refused::new(&place, unknown(layout)));
        };
        let value = of_kind(&value, &field.kind, &place, mode)?;
        object.insert(field.wire.clone(), value);
    }
    Ok(object)
}

/// An object with names in either spelling: a record, a mapping, or a dataclass.
pub(crate) fn object(
    value: &Bound<'_, PyAny>,
    layout: &Layout,
    place: &Place,
    mode: Mode,
) -> Taken<Option<Map<String, Value>>> {
    if let Ok(record) = value.cast::<Record>() {
        let members = members(record.get());
        return members
            .map(Some)
            .map_err(|error| Refused::new(place, error.to_string()));
    }
    let Some(entries) = entries(value, place)? else {
        return Ok(None);
    };
    let mut object = Map::new();
    for (name, value) in entries {
        let place = place.member(&name);
        if not_given::is(&value) {
            continue;
        }
        let field = layout.named(&name).or_else(|| layout.wired(&name));
        match field {
            Some(field) => {
                let value = of_kind(&value, &field.kind, &place, mode)?;
                object.insert(field.wire.clone(), value);
            }
            None if mode == Mode::Strict && !name.starts_with("urn:") => {
                return Err(Refused::new(&place, unknown(layout)));
            }
            None => {
                object.insert(name, any(&value, &place)?);
            }
        }
    }
    Ok(Some(object))
}

/// What `value`, a mapping or dataclass, has for `field` under either name.
pub(crate) fn member<'py>(
    value: &Bound<'py, PyAny>,
    name: &str,
    wire: &str,
    place: &Place,
) -> Taken<Option<Bound<'py, PyAny>>> {
    let mut entries = entries(value, place)?.into_iter().flatten();
    let found = entries.find(|(key, _)| key == name || key.eq_ignore_ascii_case(wire));
    Ok(found.map(|(_, value)| value))
}

/// Names and values of a mapping or dataclass; none for anything else.
fn entries<'py>(value: &Bound<'py, PyAny>, place: &Place) -> Taken<Option<Entries<'py>>> {
    let failed = |error: PyErr| Refused::new(place, error.to_string());
    if let Ok(dict) = value.cast::<PyDict>() {
        let entries = dict
            .iter()
            .map(|(name, value)| Ok((key(&name, place)?, value)));
        return entries.collect::<Taken<_>>().map(Some);
    }
    if standard::is_mapping(value).map_err(failed)? {
        let mut entries = Vec::new();
        let items = value
            .call_method0("items")
            .and_then(|items| items.try_iter());
        for entry in items.map_err(failed)? {
            let entry = entry.and_then(|entry| entry.extract::<(Bound<'_, PyAny>, _)>());
            let (name, value) = entry.map_err(failed)?;
            entries.push((key(&name, place)?, value));
        }
        return Ok(Some(entries));
    }
    dataclass(value).map_err(failed)
}

/// Fields of a dataclass object. In one, None is how a field is left out.
fn dataclass<'py>(value: &Bound<'py, PyAny>) -> PyResult<Option<Entries<'py>>> {
    let fields = value.get_type().getattr_opt("__dataclass_fields__")?;
    let Some(fields) = fields else {
        return Ok(None);
    };
    let mut entries = Vec::new();
    for name in fields.try_iter()? {
        let name = name?.extract::<String>()?;
        let value = value.getattr(name.as_str())?;
        if !value.is_none() {
            entries.push((name, value));
        }
    }
    Ok(Some(entries))
}

fn key(name: &Bound<'_, PyAny>, place: &Place) -> Taken<String> {
    let text = name.cast::<PyString>().ok();
    let text = text.and_then(|text| text.extract::<String>().ok());
    text.ok_or_else(|| Refused::new(place, "has a key that is not text"))
}

fn unknown(layout: &Layout) -> String {
    let names: Vec<&str> = layout
        .fields
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    format!("is no field; there are {}", names.join(", "))
}

/// A value that belongs where `kind` is.
fn of_kind(value: &Bound<'_, PyAny>, kind: &Kind, place: &Place, mode: Mode) -> Taken<Value> {
    let taken = match kind {
        Kind::Record(class) => {
            let layout = Layout::of(class.bind(value.py()));
            let layout = layout.map_err(|error| Refused::new(place, error.to_string()))?;
            match object(value, layout.get(), place, mode)? {
                Some(object) => Value::Object(object),
                None => any(value, place)?,
            }
        }
        Kind::List(kind) => match items(value, place)? {
            Some(items) => {
                let items = items.iter().enumerate();
                let items = items.map(|(n, item)| of_kind(item, kind, &place.item(n), mode));
                Value::Array(items.collect::<Taken<_>>()?)
            }
            None => any(value, place)?,
        },
        // Taken apart from the rest: see `upload`.
        Kind::File => Value::Null,
        _ => any(value, place)?,
    };
    match mode {
        Mode::Strict if !fits(&taken, kind) => {
            Err(Refused::new(place, format!("must be {}", kind.wanted())))
        }
        _ => Ok(taken),
    }
}

/// Any value: what JSON has, dates, records, mappings, dataclasses, and lists of these.
pub(crate) fn any(value: &Bound<'_, PyAny>, place: &Place) -> Taken<Value> {
    if is_scalar(value) {
        let plain = pythonize::depythonize(value);
        return plain.map_err(|error| Refused::new(place, error.to_string()));
    }
    let failed = |error: PyErr| Refused::new(place, error.to_string());
    if standard::is_datetime(value).map_err(failed)? {
        return moment_text(value).map_err(failed);
    }
    if let Some(object) = object(
        value,
        &Layout::new(value.py(), Vec::new()),
        place,
        Mode::Translate,
    )? {
        return Ok(Value::Object(object));
    }
    if let Some(items) = items(value, place)? {
        let items = items.iter().enumerate();
        let items = items.map(|(n, item)| any(item, &place.item(n)));
        return Ok(Value::Array(items.collect::<Taken<_>>()?));
    }
    let kind = value.get_type();
    Err(Refused::new(
        place,
        format!("cannot be sent: it is a {kind}"),
    ))
}

fn is_scalar(value: &Bound<'_, PyAny>) -> bool {
    value.is_none()
        || value.is_instance_of::<PyString>()
        || value.is_instance_of::<PyBool>()
        || value.is_instance_of::<PyInt>()
        || value.is_instance_of::<PyFloat>()
}

/// The items of a list or of any other iterable that is neither text nor a mapping.
fn items<'py>(value: &Bound<'py, PyAny>, place: &Place) -> Taken<Option<Vec<Bound<'py, PyAny>>>> {
    let is_text = value.is_instance_of::<PyString>()
        || value.is_instance_of::<PyBytes>()
        || value.is_instance_of::<PyByteArray>();
    let failed = |error: PyErr| Refused::new(place, error.to_string());
    if is_text || value.is_instance_of::<Record>() || standard::is_mapping(value).map_err(failed)? {
        return Ok(None);
    }
    let Ok(iterator) = value.try_iter() else {
        return Ok(None);
    };
    let items = iterator.collect::<PyResult<Vec<_>>>();
    items.map(Some).map_err(failed)
}

/// ISO 8601. Without a time zone nobody could tell which moment is meant.
fn moment_text(moment: &Bound<'_, PyAny>) -> PyResult<Value> {
    if moment.call_method0("utcoffset")?.is_none() {
        return Err(PyValueError::new_err(
            "must be a datetime with a time zone, such as datetime.now(timezone.utc)",
        ));
    }
    let text: String = moment.call_method0("isoformat")?.extract()?;
    let at = Timestamp::parse(&text).flatten();
    Ok(Value::String(at.map_or(text, |at| at.to_string())))
}

fn fits(value: &Value, kind: &Kind) -> bool {
    if value.is_null() {
        return true;
    }
    match kind {
        Kind::Text => value.is_string(),
        Kind::Boolean => value.is_boolean(),
        Kind::Integer => value.is_i64(),
        Kind::Timestamp => value
            .as_str()
            .is_some_and(|text| Timestamp::parse(text).is_some()),
        Kind::Any | Kind::File => true,
        Kind::Object | Kind::Record(_) => value.is_object(),
        Kind::List(_) => value.is_array(),
    }
}
