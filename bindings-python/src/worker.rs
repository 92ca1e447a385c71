//! The one runtime for asynchronous calls: a thread that never touches Python.

use std::sync::{Mutex, PoisonError};

use cyberark_identity::{Error, Result, worker};
use pyo3::prelude::*;
use tokio::runtime::{Handle, Runtime};

use crate::process::Slot;

static WORKER: Slot<Worker> = Slot::empty();

struct Worker {
    handle: Handle,
    runtime: Mutex<Option<Runtime>>,
}

impl Worker {
    fn start() -> Result<Self> {
        let runtime = worker::runtime();
        let runtime = runtime.map_err(|error| {
            Error::configuration(format!("no thread for network calls: {error}"))
        })?;
        Ok(Self {
            handle: runtime.handle().clone(),
            runtime: Mutex::new(Some(runtime)),
        })
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let runtime = self.runtime.get_mut();
        if let Some(runtime) = runtime.unwrap_or_else(PoisonError::into_inner).take() {
            runtime.shutdown_background();
        }
    }
}

/// The runtime of this process.
pub(crate) fn handle() -> Result<Handle> {
    Ok(WORKER.get_or_make(Worker::start)?.handle.clone())
}

/// Ends the worker and what it is doing. For the end of the interpreter.
#[pyfunction]
pub(crate) fn stop_worker() {
    WORKER.take();
}
