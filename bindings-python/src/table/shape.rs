//! The columns of a table: those of a class of records, or those that rows without a class turn out to have.

use std::sync::Arc;

use arrow_schema::{DataType, Field, Fields, Schema, SchemaRef, TimeUnit};
use pyo3::prelude::*;
use sonic_rs::{JsonContainerTrait, JsonValueTrait, Value};

use crate::{
    kind::Kind,
    layout::Layout,
    reading::{self, Reading},
};

/// Column beside those of a class: JSON of what the service sent beyond them.
pub(super) const EXTRA: &str = "extra";

/// The fields of a record. Knows no Python object.
#[derive(Debug, Clone)]
pub(crate) struct Shape(Arc<[Member]>);

/// A field: its column, its name on the wire, and what it holds.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) name: String,
    pub(super) wire: String,
    pub(super) form: Form,
}

/// What a column holds.
#[derive(Debug, Clone)]
pub(super) enum Form {
    Text,
    Boolean,
    Integer,
    Float,
    Timestamp,
    /// Any JSON, as text.
    Json,
    Record(Shape),
    List(Box<Form>),
}

impl Shape {
    /// That of the records of a class. A class without fields has none.
    pub(crate) fn of_class(py: Python<'_>, layout: &Layout) -> PyResult<Self> {
        let members = layout.fields.iter().map(|(name, field)| {
            let field = field.get();
            Ok(Member {
                name: name.clone(),
                wire: field.wire.clone(),
                form: Form::of(py, &field.kind)?,
            })
        });
        Ok(Self(members.collect::<PyResult<_>>()?))
    }

    /// That of rows whose columns nobody can list beforehand: in the order in which they come up.
    pub(crate) fn of_rows<'a>(rows: impl Iterator<Item = &'a Value>) -> Self {
        let mut columns: Vec<(String, Option<Form>)> = Vec::new();
        for (name, value) in rows.filter_map(|row| row.as_object()).flatten() {
            let at = columns.iter().position(|(known, _)| known == name);
            let at = at.unwrap_or_else(|| {
                columns.push((name.to_owned(), None));
                columns.len() - 1
            });
            if let Some(found) = Form::of_value(value) {
                let form = &mut columns[at].1;
                *form = Some(form.take().map_or(found.clone(), |form| form.or(found)));
            }
        }
        let members = columns.into_iter().map(|(name, form)| Member {
            wire: name.clone(),
            name,
            form: form.unwrap_or(Form::Text),
        });
        Self(members.collect())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn members(&self) -> &[Member] {
        &self.0
    }

    /// Without a class nothing is beyond it.
    pub(super) fn schema(&self, extra: bool) -> SchemaRef {
        let extra = extra.then(|| Arc::new(Field::new(EXTRA, DataType::Utf8, true)));
        let fields = self.fields();
        Arc::new(Schema::new(
            fields.iter().cloned().chain(extra).collect::<Fields>(),
        ))
    }

    pub(super) fn fields(&self) -> Fields {
        let field = |member: &Member| Field::new(&member.name, member.form.data_type(), true);
        self.0.iter().map(field).collect()
    }
}

impl Form {
    fn of(py: Python<'_>, kind: &Kind) -> PyResult<Self> {
        Ok(match kind {
            Kind::Text => Self::Text,
            Kind::Boolean => Self::Boolean,
            Kind::Integer => Self::Integer,
            Kind::Timestamp => Self::Timestamp,
            Kind::Any | Kind::File | Kind::Object => Self::Json,
            Kind::Record(class) => {
                let layout = Layout::of(class.bind(py))?;
                Self::Record(Shape::of_class(py, layout.get())?)
            }
            Kind::List(item) => Self::List(Box::new(Self::of(py, item)?)),
        })
    }

    /// Only `/Date(…)/` is a point in time: other texts may be anything.
    fn of_value(value: &Value) -> Option<Self> {
        if value.is_null() {
            return None;
        }
        Some(match value.as_str() {
            Some(text) if text.starts_with("/Date(") => match reading::timestamp(value) {
                Reading::Odd => Self::Text,
                _ => Self::Timestamp,
            },
            Some(_) => Self::Text,
            None if value.is_boolean() => Self::Boolean,
            None if value.as_i64().is_some() => Self::Integer,
            None if value.is_number() => Self::Float,
            None => Self::Json,
        })
    }

    /// What holds both.
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Boolean, Self::Boolean) => Self::Boolean,
            (Self::Integer, Self::Integer) => Self::Integer,
            (Self::Timestamp, Self::Timestamp) => Self::Timestamp,
            (Self::Integer | Self::Float, Self::Integer | Self::Float) => Self::Float,
            (Self::Json, _) | (_, Self::Json) => Self::Json,
            _ => Self::Text,
        }
    }

    pub(super) fn data_type(&self) -> DataType {
        match self {
            Self::Text | Self::Json => DataType::Utf8,
            Self::Boolean => DataType::Boolean,
            Self::Integer => DataType::Int64,
            Self::Float => DataType::Float64,
            Self::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            Self::Record(shape) => DataType::Struct(shape.fields()),
            Self::List(item) => DataType::List(Arc::new(item_field(item))),
        }
    }

    /// Whether it can hold `value`, but for what lies deeper.
    pub(super) fn holds(&self, value: &Value) -> bool {
        match self {
            Self::Text => reading::text(value).is_some(),
            Self::Boolean => reading::boolean(value).is_some(),
            Self::Integer => reading::integer(value).is_some(),
            Self::Float => value.is_number(),
            Self::Timestamp => !matches!(reading::timestamp(value), Reading::Odd),
            Self::Json => true,
            Self::Record(_) => value.is_object(),
            Self::List(item) => match value.as_array() {
                Some(items) => items.iter().all(|one| one.is_null() || item.holds(one)),
                None => item.holds(value),
            },
        }
    }
}

pub(super) fn item_field(item: &Form) -> Field {
    Field::new_list_field(item.data_type(), true)
}
