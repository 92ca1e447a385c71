//! The native half of the Python package: a narrow waist with a handful of names, and records as views.
//!
//! Nothing here knows an operation or a model: classes, methods and their documentation are Python, written by
//! `cargo xtask gen`.

// Not `forbid`: the macros of pyo3 allow it to themselves.
#![deny(unsafe_code)]

/// What a call allocates on one thread is mostly freed on another, which glibc's allocator is slow at (`docs/performance.md`).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

mod answer;
mod auth;
mod blocking;
mod bridge;
mod compare;
mod depth;
mod desk;
mod diff;
mod doctor;
mod documentation;
mod doorbell;
mod emulator;
mod engine;
mod export;
mod facts;
mod field;
mod home;
mod hooks;
mod html;
mod input;
mod kind;
mod layout;
mod limits;
mod link;
mod listener;
mod listing;
mod lists;
mod node;
mod not_given;
mod once;
mod operation;
mod page;
mod parts;
mod process;
mod raise;
mod reading;
mod record;
mod scan;
mod settings;
mod standard;
mod summary;
mod table;
mod tick;
mod timeout;
mod token_cache;
mod upload;
mod worker;

use pyo3::{prelude::*, types::PyDict};

/// Native half of `cyberark_identity`.
#[pymodule(name = "_native")]
fn native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    once::prepare(module)?;
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add("NOT_GIVEN", not_given::sentinel(py)?)?;
    add_classes(module)?;
    add_functions(module)?;
    // So that `case [first, *rest]` and `isinstance(rows, Sequence)` hold. The private name is loaded in every
    // interpreter; `collections.abc` would have to be imported.
    let sequence = py.import("_collections_abc")?.getattr("Sequence")?;
    sequence.call_method1("register", (py.get_type::<page::Page>(),))?;
    let at_exit = py.import("atexit")?.getattr("register")?;
    at_exit.call1((module.getattr("stop_worker")?,))?;
    // What is registered last runs first.
    at_exit.call1((wrap_pyfunction!(home::end, module)?,))?;
    // Not on Windows, where nothing forks.
    if let Ok(at_fork) = py.import("os")?.getattr("register_at_fork") {
        let options = PyDict::new(py);
        options.set_item(
            "after_in_child",
            wrap_pyfunction!(process::note_fork, module)?,
        )?;
        at_fork.call((), Some(&options))?;
    }
    // In a forked child, another thread of the parent could have been in the middle of making it.
    let _ = cyberark_identity::find("");
    Ok(())
}

fn add_classes(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<auth::Source>()?;
    module.add_class::<token_cache::TokenCache>()?;
    module.add_class::<engine::Engine>()?;
    module.add_class::<bridge::Bridge>()?;
    module.add_class::<bridge::Task>()?;
    module.add_class::<operation::Operation>()?;
    module.add_class::<facts::OperationInfo>()?;
    module.add_class::<answer::Response>()?;
    module.add_class::<record::Record>()?;
    module.add_class::<field::Field>()?;
    module.add_class::<page::Page>()?;
    module.add_class::<lists::Items>()?;
    module.add_class::<lists::AsyncItems>()?;
    module.add_class::<table::Table>()?;
    module.add_class::<page::Rows>()?;
    module.add_class::<page::ListResponse>()?;
    module.add_class::<not_given::NotGiven>()?;
    module.add_class::<limits::Limits>()?;
    module.add_class::<hooks::CallStart>()?;
    module.add_class::<hooks::CallEnd>()?;
    module.add_class::<timeout::Timeout>()?;
    module.add_class::<emulator::Tenant>()
}

fn add_functions(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(field::text, module)?)?;
    module.add_function(wrap_pyfunction!(field::boolean, module)?)?;
    module.add_function(wrap_pyfunction!(field::integer, module)?)?;
    module.add_function(wrap_pyfunction!(field::timestamp, module)?)?;
    module.add_function(wrap_pyfunction!(field::file, module)?)?;
    module.add_function(wrap_pyfunction!(field::anything, module)?)?;
    module.add_function(wrap_pyfunction!(field::mapping, module)?)?;
    module.add_function(wrap_pyfunction!(field::record, module)?)?;
    module.add_function(wrap_pyfunction!(field::each, module)?)?;
    module.add_function(wrap_pyfunction!(operation::operation, module)?)?;
    module.add_function(wrap_pyfunction!(facts::operations, module)?)?;
    module.add_function(wrap_pyfunction!(diff::diff, module)?)?;
    module.add_function(wrap_pyfunction!(doctor::misconfigured_report, module)?)?;
    module.add_function(wrap_pyfunction!(operation::find_operation, module)?)?;
    module.add_function(wrap_pyfunction!(operation::request, module)?)?;
    module.add_function(wrap_pyfunction!(record::restore, module)?)?;
    module.add_function(wrap_pyfunction!(page::restore_page, module)?)?;
    module.add_function(wrap_pyfunction!(worker::stop_worker, module)?)?;
    module.add_function(wrap_pyfunction!(emulator::run_emulator, module)?)
}
