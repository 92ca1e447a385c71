//! Synchronous calls: the only place where a thread waits for the network.

use std::{
    future::Future,
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    sync::Arc,
};

use cyberark_identity::{CallOptions, Delivery, Error, Prepared};
use pyo3::prelude::*;
use tokio::runtime::{Handle, Runtime};

use crate::{
    answer::Answer,
    desk::{Attendance, Turn, until_errand},
    home::{self, Notes},
    listener,
    parts::{Parts, call_on},
    raise,
    scan::Scan,
    tick::Tick,
    worker,
};

/// Why a call gave no answer.
enum Stopped {
    /// It ended in an error.
    Failed(Error),
    /// A signal handler raised.
    Interrupted(PyErr),
}

impl From<Error> for Stopped {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// What drives a future on the thread that waits for it.
trait Driver {
    fn drive<F: Future>(&self, run: F) -> F::Output;
}

impl Driver for Runtime {
    fn drive<F: Future>(&self, run: F) -> F::Output {
        self.block_on(run)
    }
}

impl Driver for Handle {
    fn drive<F: Future>(&self, run: F) -> F::Output {
        self.block_on(run)
    }
}

/// Runs a call while other Python threads go on.
pub(crate) fn call(
    py: Python<'_>,
    parts: &Arc<Parts>,
    prepared: Prepared,
    options: CallOptions,
) -> PyResult<Answer> {
    detached(py, || {
        let mut lane = parts.check_out()?;
        let mut tick = mem::take(&mut lane.tick);
        let call = call_on(parts, &lane, prepared, options);
        let outcome = attend(&lane.runtime, &mut tick, None, call);
        lane.tick = tick;
        match &outcome {
            Ok(_) => parts.check_in(lane),
            Err(Stopped::Failed(error)) if error.details().delivery == Delivery::Answered => {
                parts.check_in(lane);
            }
            // A request may still be in progress on its connection.
            Err(_) => lane.discard(),
        }
        outcome
    })
}

/// Waits for what the worker does, while other Python threads go on.
pub(crate) fn wait<T: Send>(
    py: Python<'_>,
    run: impl Future<Output = Result<T, Error>> + Send,
) -> PyResult<T> {
    detached(py, || {
        let worker = worker::handle()?;
        attend(&worker, &mut Tick::default(), None, run)
    })
}

/// Waits for the next page of a list.
pub(crate) fn wait_for(py: Python<'_>, scan: &Scan) -> PyResult<bool> {
    detached(py, || {
        let worker = worker::handle()?;
        let run = scan.advance();
        attend(&worker, &mut Tick::default(), Some(&scan.notes), run)
    })
}

fn detached<T: Send>(
    py: Python<'_>,
    run: impl FnOnce() -> Result<T, Stopped> + Send,
) -> PyResult<T> {
    let quiet = listener::look(py)?;
    let run = || listener::quietly(quiet, run);
    match catch_unwind(AssertUnwindSafe(|| py.detach(run))) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(Stopped::Failed(error))) => Err(raise::error(py, error)),
        Ok(Err(Stopped::Interrupted(error))) => Err(error),
        Err(_panic) => Err(raise::lost()),
    }
}

/// Runs nothing if the interpreter has ended, as it may while a daemon thread waits.
fn run_python(run: impl FnOnce(Python<'_>) -> PyResult<()>) -> Result<(), Stopped> {
    match Python::try_attach(run) {
        Some(outcome) => outcome.map_err(Stopped::Interrupted),
        None => Err(Stopped::Failed(Error::closed())),
    }
}

fn attend<T>(
    driver: &impl Driver,
    tick: &mut Tick,
    notes: Option<&Notes>,
    run: impl Future<Output = Result<T, Error>>,
) -> Result<T, Stopped> {
    let _attendance = Attendance::begin();
    let outcome = turns(driver, tick, notes, run);
    // Including what was dropped halfway.
    listen(notes)?;
    outcome
}

fn turns<T>(
    driver: &impl Driver,
    tick: &mut Tick,
    notes: Option<&Notes>,
    run: impl Future<Output = Result<T, Error>>,
) -> Result<T, Stopped> {
    let mut run = pin!(run);
    loop {
        // Python runs outside the runtime, because it may make calls of its own.
        match driver.drive(until_errand(tick.wait(run.as_mut()))) {
            Turn::Done(Some(outcome)) => return outcome.map_err(Stopped::Failed),
            Turn::Done(None) => run_python(|py| py.check_signals())?,
            Turn::Errand(errand) => {
                listen(notes)?;
                run_python(errand)?;
                continue;
            }
        }
        listen(notes)?;
    }
}

fn listen(notes: Option<&Notes>) -> Result<(), Stopped> {
    let words = home::said(notes);
    match words.is_empty() {
        true => Ok(()),
        false => run_python(|py| home::run(py, words)),
    }
}
