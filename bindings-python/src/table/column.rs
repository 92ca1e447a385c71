//! Columns under construction: one value after the other, read leniently, as records read them.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, ListArray, StructArray,
    builder::{
        ArrayBuilder, BooleanBuilder, Float64Builder, Int64Builder, StringBuilder,
        TimestampMicrosecondBuilder,
    },
};
use arrow_buffer::{NullBufferBuilder, OffsetBufferBuilder};
use arrow_schema::ArrowError;
use serde_json::{Map, Value as Json};
use sonic_rs::{JsonContainerTrait, JsonValueTrait, Object, Value};

use super::shape::{Form, Shape, item_field};
use crate::reading::{self, Reading};

/// What a column could not hold, as JSON; none when it holds everything.
pub(super) type Rest = Option<Json>;

/// A column under construction.
pub(super) enum Column {
    Text(StringBuilder),
    Boolean(BooleanBuilder),
    Integer(Int64Builder),
    Float(Float64Builder),
    Timestamp(TimestampMicrosecondBuilder),
    Json(StringBuilder),
    Record(Record),
    List(List),
}

/// A column for each field of a record.
pub(super) struct Record {
    shape: Shape,
    columns: Vec<Column>,
    /// Which column came after which in the last record that had it, and which came first. Records are alike, but their fields need
    /// not come in the order of the columns.
    followers: Vec<usize>,
    present: NullBufferBuilder,
}

/// The items of all lists in one column.
pub(super) struct List {
    form: Form,
    items: Box<Column>,
    lengths: OffsetBufferBuilder<i32>,
    present: NullBufferBuilder,
}

impl Column {
    fn new(form: &Form, rows: usize) -> Self {
        match form {
            Form::Text => Self::Text(StringBuilder::with_capacity(rows, rows * 16)),
            Form::Boolean => Self::Boolean(BooleanBuilder::with_capacity(rows)),
            Form::Integer => Self::Integer(Int64Builder::with_capacity(rows)),
            Form::Float => Self::Float(Float64Builder::with_capacity(rows)),
            Form::Timestamp => {
                let builder = TimestampMicrosecondBuilder::with_capacity(rows);
                Self::Timestamp(builder.with_timezone("UTC"))
            }
            Form::Json => Self::Json(StringBuilder::new()),
            Form::Record(shape) => Self::Record(Record::new(shape, rows)),
            Form::List(item) => Self::List(List {
                form: (**item).clone(),
                items: Box::new(Self::new(item, rows)),
                lengths: OffsetBufferBuilder::new(rows),
                present: NullBufferBuilder::new(rows),
            }),
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Text(builder) | Self::Json(builder) => builder.len(),
            Self::Boolean(builder) => builder.len(),
            Self::Integer(builder) => builder.len(),
            Self::Float(builder) => builder.len(),
            Self::Timestamp(builder) => builder.len(),
            Self::Record(record) => record.present.len(),
            Self::List(list) => list.present.len(),
        }
    }

    /// Nothing was sent. A list without items is empty, as in records.
    fn append_nothing(&mut self) {
        match self {
            Self::List(list) => list.append_empty(),
            _ => self.append_null(),
        }
    }

    fn append_null(&mut self) {
        match self {
            Self::Text(builder) | Self::Json(builder) => builder.append_null(),
            Self::Boolean(builder) => builder.append_null(),
            Self::Integer(builder) => builder.append_null(),
            Self::Float(builder) => builder.append_null(),
            Self::Timestamp(builder) => builder.append_null(),
            Self::Record(record) => record.append_null(),
            Self::List(list) => list.append_null(),
        }
    }

    fn append(&mut self, value: &Value) -> Rest {
        // Most values are texts, and every question takes its time.
        if let (Self::Text(builder), Some(text)) = (&mut *self, value.as_str()) {
            builder.append_value(text);
            return None;
        }
        if value.is_null() {
            self.append_nothing();
            return None;
        }
        let understood = match self {
            Self::Text(builder) => put(reading::text(value), |text| builder.append_option(text)),
            Self::Boolean(builder) => put(reading::boolean(value), |truth| {
                builder.append_option(truth);
            }),
            Self::Integer(builder) => put(reading::integer(value), |number| {
                builder.append_option(number);
            }),
            Self::Float(builder) => put(value.as_f64(), |number| builder.append_option(number)),
            Self::Timestamp(builder) => {
                let (at, understood) = match reading::timestamp(value) {
                    Reading::Value(at) => (Some(at.microseconds()), true),
                    Reading::Absent => (None, true),
                    Reading::Odd => (None, false),
                };
                builder.append_option(at);
                understood
            }
            Self::Json(builder) => put(sonic_rs::to_string(value).ok(), |json| {
                builder.append_option(json);
            }),
            Self::Record(record) => match value.as_object() {
                Some(object) => return record.append(object),
                None => {
                    record.append_null();
                    false
                }
            },
            Self::List(list) => match list.items_of(value) {
                Some(items) => return list.append(items),
                None => {
                    list.append_null();
                    false
                }
            },
        };
        (!understood).then(|| json(value)).flatten()
    }

    fn finish(self) -> Result<ArrayRef, ArrowError> {
        Ok(match self {
            Self::Text(mut builder) | Self::Json(mut builder) => Arc::new(builder.finish()),
            Self::Boolean(mut builder) => Arc::new(builder.finish()),
            Self::Integer(mut builder) => Arc::new(builder.finish()),
            Self::Float(mut builder) => Arc::new(builder.finish()),
            Self::Timestamp(mut builder) => Arc::new(builder.finish()),
            Self::Record(record) => Arc::new(record.finish()?),
            Self::List(list) => Arc::new(list.finish()?),
        })
    }
}

impl Record {
    pub(super) fn new(shape: &Shape, rows: usize) -> Self {
        let columns = shape.members().iter();
        Self {
            columns: columns
                .map(|member| Column::new(&member.form, rows))
                .collect(),
            followers: (0..=shape.members().len()).collect(),
            present: NullBufferBuilder::new(rows),
            shape: shape.clone(),
        }
    }

    /// Gives back what is beyond the columns, at its place.
    pub(super) fn append(&mut self, object: &Object) -> Rest {
        let row = self.present.len();
        let mut rest = Map::new();
        let mut place = 0;
        for (wire, value) in object {
            let left = match self.position(wire, place) {
                Some(at) if self.columns[at].len() == row => {
                    self.followers[place] = at;
                    place = at + 1;
                    self.columns[at].append(value)
                }
                _ => json(value),
            };
            if let Some(left) = left {
                rest.insert(wire.to_owned(), left);
            }
        }
        for column in &mut self.columns {
            if column.len() == row {
                column.append_nothing();
            }
        }
        self.present.append_non_null();
        (!rest.is_empty()).then_some(rest.into())
    }

    /// `place`: 0 for the first of a record, else one more than the column of the one before.
    fn position(&self, wire: &str, place: usize) -> Option<usize> {
        let members = self.shape.members();
        let expected = self.followers[place];
        if members
            .get(expected)
            .is_some_and(|member| member.wire == wire)
        {
            return Some(expected);
        }
        let exact = members.iter().position(|member| member.wire == wire);
        exact.or_else(|| {
            let alike = |name: &str| name.eq_ignore_ascii_case(wire);
            members.iter().position(|member| alike(&member.wire))
        })
    }

    fn append_null(&mut self) {
        self.columns.iter_mut().for_each(Column::append_nothing);
        self.present.append_null();
    }

    fn finish(mut self) -> Result<StructArray, ArrowError> {
        let rows = self.present.len();
        let nulls = self.present.finish();
        StructArray::try_new_with_length(self.shape.fields(), self.arrays()?, nulls, rows)
    }

    /// The columns by themselves.
    pub(super) fn arrays(self) -> Result<Vec<ArrayRef>, ArrowError> {
        self.columns.into_iter().map(Column::finish).collect()
    }
}

impl List {
    /// The items of a value; none when one of them does not belong here, so that nobody takes a part for the whole.
    fn items_of<'a>(&self, value: &'a Value) -> Option<&'a [Value]> {
        let items = match value.as_array() {
            Some(items) => items.as_slice(),
            None => std::slice::from_ref(value),
        };
        let fits = |item: &Value| item.is_null() || self.form.holds(item);
        items.iter().all(fits).then_some(items)
    }

    fn append(&mut self, items: &[Value]) -> Rest {
        let mut count = 0;
        // Mostly nothing is left, and then nothing is allocated.
        let mut rests: Vec<Json> = Vec::new();
        for item in items.iter().filter(|item| !item.is_null()) {
            if let Some(left) = self.items.append(item) {
                rests.resize(count, Json::Null);
                rests.push(left);
            }
            count += 1;
        }
        self.lengths.push_length(count);
        self.present.append_non_null();
        (!rests.is_empty()).then(|| {
            rests.resize(count, Json::Null);
            rests.into()
        })
    }

    fn append_empty(&mut self) {
        self.lengths.push_length(0);
        self.present.append_non_null();
    }

    fn append_null(&mut self) {
        self.lengths.push_length(0);
        self.present.append_null();
    }

    fn finish(mut self) -> Result<ListArray, ArrowError> {
        let field = Arc::new(item_field(&self.form));
        let nulls = self.present.finish();
        ListArray::try_new(field, self.lengths.finish(), self.items.finish()?, nulls)
    }
}

/// Appends what was understood, or null. Whether it was understood.
fn put<T>(found: Option<T>, append: impl FnOnce(Option<T>)) -> bool {
    let understood = found.is_some();
    append(found);
    understood
}

fn json(value: &Value) -> Rest {
    match value.is_null() {
        true => None,
        false => serde_json::to_value(value).ok(),
    }
}
