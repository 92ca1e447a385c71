//! Lists of records: sequences that make their items as they are read.

use std::sync::atomic::{AtomicUsize, Ordering};

use pyo3::{
    exceptions::{PyIndexError, PyTypeError, PyValueError},
    prelude::*,
    types::{PyBytes, PyCapsule, PyDict, PyIterator, PyList, PySlice, PyTuple, PyType},
};

use crate::{
    compare, html,
    layout::Layout,
    listing::Listing,
    node::Node,
    raise,
    record::{Record, view},
    table::{self, Columns, Shape, Table},
};

/// What lists of records have in common.
#[pyclass(frozen, subclass, weakref, module = "cyberark_identity._native")]
pub(crate) struct Page {
    listing: Listing,
    class: Py<PyType>,
}

/// Rows of a platform query: a sequence of records.
#[pyclass(frozen, extends = Page, module = "cyberark_identity._native")]
pub(crate) struct Rows;

/// One page of a SCIM list: a sequence of records.
#[pyclass(frozen, extends = Page, module = "cyberark_identity._native")]
pub(crate) struct ListResponse;

impl Page {
    fn of(listing: Listing, class: Py<PyType>) -> Self {
        Self { listing, class }
    }

    /// Rows of `class`, as Python sees them.
    pub(crate) fn rows<'py>(
        py: Python<'py>,
        listing: Listing,
        class: Py<PyType>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let rows = PyClassInitializer::from(Self::of(listing, class)).add_subclass(Rows);
        Ok(Bound::new(py, rows)?.into_any())
    }

    /// A list of `class`, as Python sees it.
    pub(crate) fn list<'py>(
        py: Python<'py>,
        listing: Listing,
        class: Py<PyType>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let list = PyClassInitializer::from(Self::of(listing, class)).add_subclass(ListResponse);
        Ok(Bound::new(py, list)?.into_any())
    }

    fn length(&self) -> usize {
        self.listing.length()
    }

    fn nodes(&self) -> impl Iterator<Item = Node> {
        self.listing.nodes()
    }

    fn record<'py>(&self, py: Python<'py>, index: usize) -> PyResult<Bound<'py, PyAny>> {
        match self.listing.node(index) {
            Some(node) => view(self.class.bind(py), node),
            None => Err(PyIndexError::new_err("list index out of range")),
        }
    }

    fn records<'py>(&self, py: Python<'py>, end: usize) -> PyResult<Vec<Bound<'py, Record>>> {
        let records = (0..end).map(|index| Ok(self.record(py, index)?.cast_into::<Record>()?));
        records.collect()
    }
}

#[pymethods]
impl Page {
    fn __len__(&self) -> usize {
        self.length()
    }

    fn __getitem__<'py>(
        &self,
        py: Python<'py>,
        index: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        if let Ok(slice) = index.cast::<PySlice>() {
            let indices = slice.indices(self.length().try_into()?)?;
            let list = PyList::empty(py);
            let mut at = indices.start;
            for _ in 0..indices.slicelength {
                list.append(self.record(py, at.unsigned_abs())?)?;
                at += indices.step;
            }
            return Ok(list.into_any());
        }
        let index: isize = index.extract()?;
        let length = self.length();
        match index {
            ..0 => match length.checked_sub(index.unsigned_abs()) {
                Some(index) => self.record(py, index),
                None => Err(PyIndexError::new_err("list index out of range")),
            },
            _ => self.record(py, index.unsigned_abs()),
        }
    }

    fn __iter__(slf: Bound<'_, Self>) -> PageIterator {
        PageIterator {
            page: slf.unbind(),
            next: AtomicUsize::new(0),
        }
    }

    fn __reversed__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyIterator>> {
        let records = (0..self.length()).rev().map(|index| self.record(py, index));
        PyList::new(py, records.collect::<PyResult<Vec<_>>>()?)?.try_iter()
    }

    fn __contains__(&self, value: &Bound<'_, PyAny>) -> bool {
        self.matches(value).next().is_some()
    }

    /// Position of the first record between `start` and `stop` that equals `value`.
    #[pyo3(signature = (value, start = 0, stop = isize::MAX))]
    fn index(&self, value: &Bound<'_, PyAny>, start: isize, stop: isize) -> PyResult<usize> {
        let within = self.clamped(start)..self.clamped(stop);
        let mut positions = self.matches(value);
        positions
            .find(|position| within.contains(position))
            .ok_or_else(|| PyValueError::new_err("not in the list"))
    }

    /// How many records equal `value`.
    fn count(&self, value: &Bound<'_, PyAny>) -> usize {
        self.matches(value).count()
    }

    /// The records as dicts under their Python names; with `wire=True`, exactly what the service sent.
    #[pyo3(signature = (*, wire = false))]
    fn to_dicts<'py>(&self, py: Python<'py>, wire: bool) -> PyResult<Bound<'py, PyList>> {
        let layout = Layout::of(self.class.bind(py))?;
        let list = PyList::empty(py);
        for value in self.listing.values() {
            list.append(match wire {
                true => crate::kind::plain(py, value)?,
                false => crate::export::dict(py, value, layout.get())?,
            })?;
        }
        Ok(list)
    }

    /// The records as a table.
    fn to_arrow(&self, py: Python<'_>) -> PyResult<Table> {
        let layout = Layout::of(self.class.bind(py))?;
        let shape = Shape::of_class(py, layout.get())?;
        let listing = &self.listing;
        let table = py.detach(|| {
            let columns = match shape.is_empty() {
                true => Columns::of_rows(listing.values()),
                false => Columns::of_class(shape),
            };
            let batch = columns.batch(listing.length(), listing.values())?;
            Ok(Table::new(columns.schema(), vec![batch]))
        });
        table.map_err(table::broken)
    }

    /// The records as a `polars.DataFrame`.
    fn to_polars<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        table::python(slf.py(), "polars", slf)
    }

    /// The records as a `pandas.DataFrame`.
    fn to_pandas<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        table::python(slf.py(), "pandas", slf)
    }

    /// Writes the records to a Parquet file. `options` are those of `pyarrow.parquet.ParquetWriter`.
    #[pyo3(signature = (path, **options))]
    fn to_parquet(
        slf: &Bound<'_, Self>,
        path: &Bound<'_, PyAny>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<()> {
        table::parquet(slf, path, options)
    }

    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        self.to_arrow(py)?.__arrow_c_stream__(py, requested_schema)
    }

    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        self.to_arrow(py)?.__arrow_c_schema__(py)
    }

    fn __eq__(slf: &Bound<'_, Self>, other: &Bound<'_, PyAny>) -> bool {
        let same_class = slf.get_type().is(other.get_type());
        other.cast::<Self>().is_ok_and(|other| {
            let (a, b) = (slf.get(), other.get());
            let same_shape = same_class && a.class.is(&b.class) && a.length() == b.length();
            same_shape
                && a.nodes()
                    .zip(b.nodes())
                    .all(|(a, b)| compare::same(a.value(), b.value()))
        })
    }

    fn __hash__(&self) -> u64 {
        let hashes = self.nodes().map(|node| compare::hash(node.value()));
        hashes.fold(self.length() as u64, |sum, hash| sum.rotate_left(5) ^ hash)
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        const SHOWN: usize = 3;
        let page = slf.get();
        let records = page.records(slf.py(), page.length().min(SHOWN))?;
        let texts = records.iter().map(|record| Ok(record.repr()?.to_string()));
        let mut texts = texts.collect::<PyResult<Vec<_>>>()?;
        if page.length() > SHOWN {
            texts.push(format!("… {} in all", page.length()));
        }
        Ok(format!(
            "{}([{}])",
            slf.get_type().name()?,
            texts.join(", ")
        ))
    }

    fn _repr_html_(&self, py: Python<'_>) -> PyResult<String> {
        let layout = Layout::of(self.class.bind(py))?;
        let records = self.records(py, self.length().min(html::ROWS))?;
        html::table(&records, layout.get(), self.length())
    }

    fn __copy__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __deepcopy__<'py>(slf: Bound<'py, Self>, _memo: &Bound<'py, PyAny>) -> Bound<'py, Self> {
        slf
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let py = slf.py();
        let page = slf.get();
        let json = sonic_rs::to_vec(page.listing.root().value()).map_err(raise::json)?;
        let restore = py
            .import("cyberark_identity._native")?
            .getattr("restore_page")?;
        let arguments = (slf.get_type(), &page.class, PyBytes::new(py, &json));
        (restore, arguments).into_pyobject(py)
    }

    #[classmethod]
    fn __class_getitem__<'py>(
        class: &Bound<'py, PyType>,
        item: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let alias = class.py().import("types")?.getattr("GenericAlias")?;
        alias.call1((class, item))
    }
}

impl Page {
    fn matches(&self, value: &Bound<'_, PyAny>) -> impl Iterator<Item = usize> {
        let of_class = value.get_type().is(&self.class);
        let record = value.cast::<Record>().ok().filter(|_| of_class);
        let wanted = record.map(|record| record.get().node.clone());
        let nodes = self.nodes().enumerate();
        nodes.filter_map(move |(index, node)| {
            compare::same(node.value(), wanted.as_ref()?.value()).then_some(index)
        })
    }

    /// A bound of a range, which counts from the end when it is negative.
    fn clamped(&self, bound: isize) -> usize {
        match bound {
            ..0 => self.length().saturating_sub(bound.unsigned_abs()),
            _ => bound.unsigned_abs(),
        }
    }
}

#[pymethods]
impl Rows {
    /// Rows in the whole result, if the service says so.
    #[getter]
    fn full_count(slf: PyRef<'_, Self>) -> Option<i64> {
        slf.as_super().listing.number("FullCount")
    }
}

#[pymethods]
impl ListResponse {
    /// Matches in total, before paging.
    #[getter]
    fn total_results(slf: PyRef<'_, Self>) -> Option<i64> {
        slf.as_super().listing.number("totalResults")
    }

    /// Position of the first record, counted from 1.
    #[getter]
    fn start_index(slf: PyRef<'_, Self>) -> Option<i64> {
        slf.as_super().listing.number("startIndex")
    }

    /// Records in this page, as the service counts them.
    #[getter]
    fn items_per_page(slf: PyRef<'_, Self>) -> Option<i64> {
        slf.as_super().listing.number("itemsPerPage")
    }
}

/// Makes the records of a page one after the other.
#[pyclass(frozen, module = "cyberark_identity._native")]
pub(crate) struct PageIterator {
    page: Py<Page>,
    next: AtomicUsize,
}

#[pymethods]
impl PageIterator {
    fn __iter__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let index = self.next.fetch_add(1, Ordering::Relaxed);
        let page = self.page.get();
        match page.listing.node(index) {
            Some(node) => view(page.class.bind(py), node).map(Some),
            None => Ok(None),
        }
    }

    fn __length_hint__(&self) -> usize {
        let next = self.next.load(Ordering::Relaxed);
        self.page.get().length().saturating_sub(next)
    }
}

/// Makes a list of records from JSON. For pickle.
#[pyfunction]
pub(crate) fn restore_page<'py>(
    kind: &Bound<'py, PyType>,
    class: &Bound<'py, PyType>,
    json: &[u8],
) -> PyResult<Bound<'py, PyAny>> {
    let py = kind.py();
    let root = Node::parse(json).map_err(raise::json)?;
    let item = class.clone().unbind();
    if kind.is(py.get_type::<Rows>()) {
        let rows = Listing::rows(root).map_err(PyTypeError::new_err)?;
        return Page::rows(py, rows, item);
    }
    let list = Listing::list(root).map_err(PyTypeError::new_err)?;
    Page::list(py, list, item)
}
