//! From records to a batch of columns.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, RecordBatch, builder::StringBuilder};
use arrow_schema::{ArrowError, SchemaRef};
use sonic_rs::{JsonContainerTrait, Value};

use super::{column::Record, shape::Shape};

/// What all batches of a table have in common.
#[derive(Debug, Clone)]
pub(crate) struct Columns {
    shape: Shape,
    /// Whether there may be something beyond the columns.
    open: bool,
    schema: SchemaRef,
}

impl Columns {
    /// Those of a class, and one for what is beyond them.
    pub(crate) fn of_class(shape: Shape) -> Self {
        let schema = shape.schema(true);
        Self {
            shape,
            open: true,
            schema,
        }
    }

    /// Those that rows turn out to have.
    pub(crate) fn of_rows<'a>(rows: impl Iterator<Item = &'a Value>) -> Self {
        let shape = Shape::of_rows(rows);
        Self {
            schema: shape.schema(false),
            open: false,
            shape,
        }
    }

    pub(crate) fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    /// Puts records into columns.
    pub(crate) fn batch<'a>(
        &self,
        rows: usize,
        records: impl Iterator<Item = &'a Value>,
    ) -> Result<RecordBatch, ArrowError> {
        let mut record = Record::new(&self.shape, rows);
        let mut extra = StringBuilder::new();
        for object in records.filter_map(|value| value.as_object()) {
            let rest = record.append(object);
            extra.append_option(rest.map(|rest| rest.to_string()));
        }
        let extra: ArrayRef = Arc::new(extra.finish());
        let rows = extra.len();
        let mut arrays = record.arrays()?;
        arrays.extend(self.open.then_some(extra));
        // A table is kept, and most columns need less room than their texts might have.
        arrays.iter_mut().for_each(Array::shrink_to_fit);
        let options = arrow_array::RecordBatchOptions::new().with_row_count(Some(rows));
        RecordBatch::try_new_with_options(self.schema(), arrays, &options)
    }
}
