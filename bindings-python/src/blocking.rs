//! Synchronous calls: the only place where a thread waits for the network.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    sync::Arc,
    time::Duration,
};

use cyberark_identity::{CallOptions, Delivery, Error, Prepared};
use pyo3::prelude::*;
use tokio::time::timeout;

use crate::{
    answer::Answer,
    parts::{Lane, Parts, call_on},
    raise,
};

/// How often a waiting call lets Python handle signals, so that Ctrl-C works.
const SIGNALS: Duration = Duration::from_millis(50);

/// Why a call gave no answer.
enum Stopped {
    /// It ended in an error.
    Failed(Error),
    /// A signal handler raised.
    Interrupted(PyErr),
}

/// Runs a call while other Python threads go on.
pub(crate) fn call(
    py: Python<'_>,
    parts: &Arc<Parts>,
    prepared: Prepared,
    options: CallOptions,
) -> PyResult<Answer> {
    let run = || py.detach(|| run(parts, prepared, options));
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(Stopped::Failed(error))) => Err(raise::error(py, error)),
        Ok(Err(Stopped::Interrupted(error))) => Err(error),
        Err(_panic) => Err(raise::lost()),
    }
}

fn run(parts: &Parts, prepared: Prepared, options: CallOptions) -> Result<Answer, Stopped> {
    let lane = parts.check_out().map_err(Stopped::Failed)?;
    let outcome = wait(parts, &lane, prepared, options);
    match &outcome {
        Ok(_) => parts.check_in(lane),
        Err(Stopped::Failed(error)) if error.details().delivery == Delivery::Answered => {
            parts.check_in(lane);
        }
        // A request may still be under way on its connection.
        Err(_) => lane.discard(),
    }
    outcome
}

fn wait(
    parts: &Parts,
    lane: &Lane,
    prepared: Prepared,
    options: CallOptions,
) -> Result<Answer, Stopped> {
    let mut call = pin!(call_on(parts, lane, prepared, options));
    loop {
        let turn = lane
            .runtime
            .block_on(async { timeout(SIGNALS, call.as_mut()).await });
        match turn {
            Ok(outcome) => return outcome.map_err(Stopped::Failed),
            // Outside of the runtime, because a handler is free to make calls of its own.
            Err(_) => Python::attach(|py| py.check_signals()).map_err(Stopped::Interrupted)?,
        }
    }
}
