//! What a field holds, and how that becomes a Python object.

use cyberark_identity::Timestamp;
use pyo3::{
    IntoPyObjectExt,
    prelude::*,
    types::{PyString, PyTuple, PyType},
};
use sonic_rs::{JsonValueTrait, Value};

use crate::{
    node::Node,
    reading::{self, Reading},
    record::view,
    standard,
};

/// What a field holds.
pub(crate) enum Kind {
    Text,
    Boolean,
    Integer,
    Timestamp,
    /// A file to upload. Never in a record.
    File,
    /// Any JSON.
    Any,
    /// An object with free keys.
    Object,
    /// A record of this class.
    Record(Py<PyType>),
    List(Box<Kind>),
}

impl Kind {
    /// Reads `node` as this kind.
    pub(crate) fn read<'py>(
        &self,
        py: Python<'py>,
        node: &Node,
    ) -> PyResult<Reading<Bound<'py, PyAny>>> {
        let value = node.value();
        match self {
            Self::Record(_) | Self::List(_) if value.is_null() => Ok(Reading::Absent),
            Self::Record(class) => {
                let object = value.is_object();
                let record = object.then(|| view(class.bind(py), node.clone()));
                Ok(record.transpose()?.into())
            }
            Self::List(kind) => kind.read_list(py, node),
            _ => self.read_value(py, value),
        }
    }

    /// Reads `value` as this kind, which is not one of records and lists: they are views, and need a share in the parse.
    pub(crate) fn read_value<'py>(
        &self,
        py: Python<'py>,
        value: &Value,
    ) -> PyResult<Reading<Bound<'py, PyAny>>> {
        // Most values are texts, and every question takes its time.
        if let (Self::Text, Some(text)) = (self, value.as_str()) {
            return Ok(Reading::Value(PyString::new(py, text).into_any()));
        }
        if value.is_null() {
            return Ok(Reading::Absent);
        }
        let read = match self {
            Self::Any | Self::File => Some(plain(py, value)),
            Self::Object => value.is_object().then(|| plain(py, value)),
            Self::Text => reading::text(value).map(|text| text.into_bound_py_any(py)),
            Self::Boolean => reading::boolean(value).map(|flag| flag.into_bound_py_any(py)),
            Self::Integer => reading::integer(value).map(|number| number.into_bound_py_any(py)),
            Self::Timestamp => {
                return match reading::timestamp(value) {
                    Reading::Value(at) => Ok(moment(py, at)?.into()),
                    Reading::Absent => Ok(Reading::Absent),
                    Reading::Odd => Ok(Reading::Odd),
                };
            }
            _ => None,
        };
        Ok(read.transpose()?.into())
    }

    /// One item that is not understood makes the whole list odd, so that nobody takes a part for the whole.
    fn read_list<'py>(&self, py: Python<'py>, node: &Node) -> PyResult<Reading<Bound<'py, PyAny>>> {
        let mut list = Vec::new();
        for item in reading::items(node) {
            match self.read(py, &item)? {
                Reading::Value(value) => list.push(value),
                Reading::Absent => {}
                Reading::Odd => return Ok(Reading::Odd),
            }
        }
        Ok(Reading::Value(PyTuple::new(py, list)?.into_any()))
    }

    /// What a field reads as when there is nothing, or nothing understood.
    pub(crate) fn nothing<'py>(&self, py: Python<'py>) -> Bound<'py, PyAny> {
        match self {
            Self::List(_) => PyTuple::empty(py).into_any(),
            _ => py.None().into_bound(py),
        }
    }

    pub(crate) fn clone_ref(&self, py: Python<'_>) -> Self {
        match self {
            Self::Text => Self::Text,
            Self::Boolean => Self::Boolean,
            Self::Integer => Self::Integer,
            Self::Timestamp => Self::Timestamp,
            Self::File => Self::File,
            Self::Any => Self::Any,
            Self::Object => Self::Object,
            Self::Record(class) => Self::Record(class.clone_ref(py)),
            Self::List(item) => Self::List(Box::new(item.clone_ref(py))),
        }
    }

    /// Completes "must be …".
    pub(crate) fn wanted(&self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Boolean => "true or false",
            Self::Integer => "a whole number",
            Self::Timestamp => "a datetime with a time zone",
            Self::File => "a file",
            Self::Any => "JSON",
            Self::Object => "a mapping",
            Self::Record(_) => "a record or a mapping",
            Self::List(_) => "a list",
        }
    }
}

/// Plain Python objects: dict, list, str, int, float, bool, None.
pub(crate) fn plain<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    Ok(pythonize::pythonize(py, value)?)
}

/// An aware `datetime` in UTC, exact to the microsecond; none for years that Python does not have.
fn moment<'py>(py: Python<'py>, at: Timestamp) -> PyResult<Option<Bound<'py, PyAny>>> {
    let Ok(at) = jiff::Timestamp::from_microsecond(at.microseconds()) else {
        return Ok(None);
    };
    let civil = jiff::tz::Offset::UTC.to_datetime(at);
    if civil.year() < 1 {
        return Ok(None);
    }
    let small = |number: i8| number.unsigned_abs();
    let [century, year] = civil.year().to_be_bytes();
    let [_, micros @ ..] = (civil.subsec_nanosecond() / 1000).to_be_bytes();
    let [month, day] = [civil.month(), civil.day()].map(small);
    let [hour, minute, second] = [civil.hour(), civil.minute(), civil.second()].map(small);
    let [high, middle, low] = micros;
    let state = [
        century, year, month, day, hour, minute, second, high, middle, low,
    ];
    standard::utc(py, &state).map(Some)
}
