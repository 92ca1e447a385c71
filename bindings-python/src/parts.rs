//! What a client has in one process: connections, and the runtimes that drive them.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use cyberark_identity::{
    CallOptions, Client, DriftReport, Error, Limits, Prepared, Result,
    transport::notice_closed_connections,
};
use tokio::{
    runtime::{Builder, Runtime},
    sync::watch,
};

use crate::{answer::Answer, tick::Tick};

/// For how long after an answer a lane goes without a look at what has happened to its connections meanwhile, which
/// takes system calls of its own. Should the service have closed one, a read is repeated; for a write, core looks.
const FRESH: Duration = Duration::from_secs(1);

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
    used: Instant,
}

impl Parts {
    pub(crate) fn new(client: Client) -> Self {
        Self {
            client,
            idle: Mutex::default(),
            closed: watch::Sender::new(false),
        }
    }

    /// The client whose connections the worker drives.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Ends `work` when the client is closed.
    pub(crate) async fn unless_closed<T>(
        &self,
        work: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        let mut closed = self.closed.subscribe();
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

    pub(crate) fn limits(&self) -> Limits {
        self.client.limits()
    }

    pub(crate) fn drift(&self) -> Option<DriftReport> {
        self.client.drift()
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
            if lane.used.elapsed() > FRESH {
                lane.runtime.block_on(notice_closed_connections());
            }
            return Ok(lane);
        }
        let runtime = runtime()?;
        let client = self.client.with_own_connections()?;
        Ok(Lane {
            runtime,
            tick: Tick::default(),
            client,
            used: Instant::now(),
        })
    }

    /// Takes a lane back whose connections are in order.
    pub(crate) fn check_in(&self, mut lane: Lane) {
        lane.used = Instant::now();
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
    /// Closes the connections at once, without waiting for a name look-up that is under way.
    pub(crate) fn discard(self) {
        self.runtime.shutdown_background();
    }
}

fn runtime() -> Result<Runtime> {
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| Error::configuration(format!("no runtime for network calls: {error}")))
}

/// Makes what all runtimes share, which tokio keeps behind a lock. Called while nobody can fork.
pub(crate) fn prepare() -> Result<()> {
    static DONE: AtomicBool = AtomicBool::new(false);
    if !DONE.load(Ordering::Relaxed) {
        runtime()?;
        DONE.store(true, Ordering::Relaxed);
    }
    Ok(())
}

/// A call on the connections of `client`.
async fn call(
    parts: &Parts,
    client: &Client,
    prepared: &Prepared,
    options: &CallOptions,
) -> Result<Answer> {
    let work = async { Answer::read(client.dispatch(prepared, options).await?) };
    parts.unless_closed(work).await
}

/// A call on a lane.
pub(crate) async fn call_on(
    parts: &Parts,
    lane: &Lane,
    prepared: Prepared,
    options: CallOptions,
) -> Result<Answer> {
    call(parts, &lane.client, &prepared, &options).await
}

/// A call on the worker.
pub(crate) async fn call_here(
    parts: Arc<Parts>,
    prepared: Prepared,
    options: CallOptions,
) -> Result<Answer> {
    call(&parts, &parts.client, &prepared, &options).await
}

/// Ends the token, on the worker.
pub(crate) async fn revoke_here(parts: Arc<Parts>, options: CallOptions) -> Result<()> {
    parts.unless_closed(parts.client.revoke(&options)).await
}
