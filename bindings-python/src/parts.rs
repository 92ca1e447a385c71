//! What a client has in one process: connections, and the runtimes that drive them.

use std::sync::{Arc, Mutex, PoisonError};

use cyberark_identity::{CallOptions, Client, Error, Limits, Prepared, Result};
use tokio::{
    runtime::{Builder, Runtime},
    sync::watch,
};

use crate::{answer::Answer, tick::Tick};

/// Turns given to a runtime before a call, so that it sees which of its connections were closed while nobody looked:
/// one for its driver to hear of it, one for the connection to act on it, one more for layers in between (TLS).
const TURNS: usize = 3;

/// A client's parts of this process.
pub(crate) struct Parts {
    /// Drives the connections of asynchronous calls.
    client: Client,
    idle: Mutex<Vec<Lane>>,
    closed: watch::Sender<bool>,
}

/// A runtime for one synchronous call at a time, with its own connections.
pub(crate) struct Lane {
    pub(crate) runtime: Runtime,
    pub(crate) tick: Tick,
    client: Client,
}

impl Parts {
    pub(crate) fn new(client: Client) -> Self {
        Self {
            client,
            idle: Mutex::default(),
            closed: watch::Sender::new(false),
        }
    }

    pub(crate) fn limits(&self) -> Limits {
        self.client.limits()
    }

    /// Ends calls that are under way and lets the connections go.
    pub(crate) fn close(&self) {
        self.closed.send_replace(true);
        for lane in self.idle().drain(..) {
            lane.discard();
        }
    }

    /// A lane nobody uses, or a new one.
    pub(crate) fn check_out(&self) -> Result<Lane> {
        if let Some(lane) = self.idle().pop() {
            lane.notice_closed_connections();
            return Ok(lane);
        }
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| {
            Error::configuration(format!("no runtime for network calls: {error}"))
        })?;
        let client = self.client.with_own_connections()?;
        Ok(Lane {
            runtime,
            tick: Tick::default(),
            client,
        })
    }

    /// Takes a lane back whose connections are in order.
    pub(crate) fn check_in(&self, lane: Lane) {
        match *self.closed.borrow() {
            true => lane.discard(),
            false => self.idle().push(lane),
        }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Lane>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Parts {
    fn drop(&mut self) {
        self.close();
    }
}

impl Lane {
    /// Lets the runtime look at its connections.
    fn notice_closed_connections(&self) {
        self.runtime.block_on(async {
            for _ in 0..TURNS {
                tokio::task::yield_now().await;
            }
        });
    }

    /// Closes the connections at once, without waiting for a name look-up that is under way.
    pub(crate) fn discard(self) {
        self.runtime.shutdown_background();
    }
}

/// Ends `work` when the client is closed.
async fn unless_closed<T>(parts: &Parts, work: impl Future<Output = Result<T>>) -> Result<T> {
    let mut closed = parts.closed.subscribe();
    let closing = async {
        // An error means that the parts are gone, which is closed, too.
        let _ = closed.wait_for(|closed| *closed).await;
    };
    tokio::select! {
        biased;
        () = closing => Err(Error::closed()),
        outcome = work => outcome,
    }
}

/// A call on the connections of `client`.
async fn call(
    parts: &Parts,
    client: Client,
    prepared: Prepared,
    options: CallOptions,
) -> Result<Answer> {
    unless_closed(parts, async {
        Answer::read(client.dispatch(&prepared, &options).await?)
    })
    .await
}

/// A call on a lane.
pub(crate) async fn call_on(
    parts: &Parts,
    lane: &Lane,
    prepared: Prepared,
    options: CallOptions,
) -> Result<Answer> {
    call(parts, lane.client.clone(), prepared, options).await
}

/// A call on the worker.
pub(crate) async fn call_here(
    parts: Arc<Parts>,
    prepared: Prepared,
    options: CallOptions,
) -> Result<Answer> {
    call(&parts, parts.client.clone(), prepared, options).await
}

/// Ends the token, on the worker.
pub(crate) async fn revoke_here(parts: Arc<Parts>, options: CallOptions) -> Result<()> {
    unless_closed(&parts, parts.client.revoke(&options)).await
}
