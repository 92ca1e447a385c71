//! From the worker to an event loop: completions are queued, and the loop is woken once for many of them.
//!
//! The worker never touches a Python object here, except to call `call_soon_threadsafe` of loops that cannot watch a
//! descriptor. Results are made on the loop's own thread.

use std::{
    collections::HashMap,
    future::Future,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use cyberark_identity::{Error, doctor::Report as Findings, worker as turn};
use pyo3::{IntoPyObjectExt, exceptions::PyNotImplementedError, prelude::*};
use tokio::task::AbortHandle;

use crate::{
    answer::Answer,
    desk::Errand,
    doctor,
    doorbell::Doorbell,
    home::{self, Home},
    listener,
    once::name,
    operation::Operation,
    process, raise, worker,
};

/// What came of a task.
#[allow(clippy::large_enum_variant)] // nearly all are answers
pub(crate) enum Gain {
    /// The answer to a call.
    Answer(Answer),
    /// Whether a list goes on.
    More(bool),
    /// What the doctor found.
    Report(Findings),
    /// It is done, and has no result.
    Done,
}

/// How an answer is shown.
pub(crate) struct Shown {
    pub(crate) operation: Py<Operation>,
    pub(crate) raw: bool,
}

/// How a task ended. None if it ended without a result: it panicked, or the worker was stopped.
type Outcome = Option<Result<Gain, Error>>;

/// Serves one event loop.
#[pyclass(frozen, weakref, module = "cyberark_identity._native")]
pub(crate) struct Bridge {
    shared: Arc<Shared>,
    process: u32,
}

#[derive(Default)]
pub(crate) struct Shared {
    done: Mutex<Vec<(u64, Outcome)>>,
    /// What else the loop has to run.
    errands: Mutex<Vec<Errand>>,
    /// Whether the loop has been woken for what is in `done` and `errands`.
    woken: AtomicBool,
    bell: OnceLock<Bell>,
    /// Calls in progress. Only touched while holding the interpreter, so nobody ever waits for this lock.
    waiting: Mutex<HashMap<u64, Waiting>>,
    next: AtomicU64,
}

enum Bell {
    Descriptor(Doorbell),
    /// `call_soon_threadsafe` and what it is called with.
    Callback(Py<PyAny>, Py<Drain>),
}

struct Waiting {
    future: Py<PyAny>,
    /// For answers only.
    shown: Option<Shown>,
}

impl Shared {
    fn done(&self) -> MutexGuard<'_, Vec<(u64, Outcome)>> {
        self.done.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<u64, Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn complete(self: &Arc<Self>, id: u64, outcome: Outcome) {
        self.done().push((id, outcome));
        self.wake();
    }

    /// Lets the loop run something.
    pub(crate) fn send(self: &Arc<Self>, errand: Errand) {
        self.errands().push(errand);
        self.wake();
    }

    fn errands(&self) -> MutexGuard<'_, Vec<Errand>> {
        self.errands.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wake(self: &Arc<Self>) {
        let first = !self.woken.swap(true, Ordering::AcqRel);
        turn::done(first.then(|| self.clone() as Arc<dyn turn::Bell>));
    }

    /// Sets the results of what is done. Runs on the loop's thread.
    fn drain(&self, py: Python<'_>) -> PyResult<()> {
        if let Some(Bell::Descriptor(doorbell)) = self.bell.get() {
            doorbell.clear();
        }
        // Before the queue is taken, so that whatever arrives later rings again.
        self.woken.store(false, Ordering::Release);
        home::tidy(py);
        // Taken in this order and run in the opposite one: what a call reports before its end is there when its end is.
        let done = std::mem::take(&mut *self.done());
        let errands = std::mem::take(&mut *self.errands());
        for errand in errands {
            if let Err(error) = errand(py) {
                error.write_unraisable(py, None);
            }
        }
        for (id, outcome) in done {
            let waiting = self.waiting().remove(&id);
            if let Some(waiting) = waiting {
                waiting.settle(py, outcome)?;
            }
        }
        Ok(())
    }
}

impl turn::Bell for Shared {
    fn ring(&self) {
        self.bell.get().into_iter().for_each(Bell::ring);
    }
}

impl Bell {
    fn ring(&self) {
        match self {
            Self::Descriptor(doorbell) => doorbell.ring(),
            // Does nothing if the interpreter is ending. An error means that the loop was closed, so nobody waits.
            Self::Callback(call_soon, drain) => {
                Python::try_attach(|py| call_soon.call1(py, (drain,)).is_ok());
            }
        }
    }
}

impl Waiting {
    fn settle(self, py: Python<'_>, outcome: Outcome) -> PyResult<()> {
        let future = self.future.bind(py);
        if future.call_method0(name!(py, "done"))?.is_truthy()? {
            return Ok(());
        }
        let result = match outcome {
            Some(Ok(Gain::Done)) => Ok(py.None().into_bound(py)),
            Some(Ok(Gain::Report(report))) => doctor::show(py, &report),
            Some(Ok(Gain::More(more))) => more.into_bound_py_any(py),
            Some(Ok(Gain::Answer(answer))) => match self.shown {
                Some(Shown { operation, raw }) => answer.show(py, operation.get(), raw),
                None => Ok(py.None().into_bound(py)),
            },
            Some(Err(error)) => Err(raise::error(py, error)),
            None => Err(raise::lost()),
        };
        match result {
            Ok(result) => future.call_method1(name!(py, "set_result"), (result,))?,
            Err(error) => {
                future.call_method1(name!(py, "set_exception"), (error.into_value(py),))?
            }
        };
        Ok(())
    }
}

/// Reports the end of a call, however it ends.
struct Report {
    shared: Arc<Shared>,
    id: u64,
    outcome: Outcome,
}

impl Report {
    fn outcome(&mut self, outcome: Result<Gain, Error>) {
        self.outcome = Some(outcome);
    }
}

impl Drop for Report {
    fn drop(&mut self) {
        self.shared.complete(self.id, self.outcome.take());
    }
}

impl Bridge {
    /// Runs `call` on the worker; its outcome will be set on `future`.
    pub(crate) fn start(
        &self,
        py: Python<'_>,
        call: impl Future<Output = Result<Gain, Error>> + Send + 'static,
        future: Py<PyAny>,
        shown: Option<Shown>,
    ) -> PyResult<Task> {
        let worker = worker::handle().map_err(|error| raise::error(py, error))?;
        let quiet = listener::look(py)?;
        let home = Home::of_loop(self.shared.clone(), home::copy_context(py)?, quiet);
        let id = self.shared.next.fetch_add(1, Ordering::Relaxed);
        let waiting = Waiting { future, shown };
        self.shared.waiting().insert(id, waiting);
        let mut report = Report {
            shared: self.shared.clone(),
            id,
            outcome: None,
        };
        let task = worker.spawn(home::wait_at(home, async move {
            report.outcome(call.await);
        }));
        Ok(Task {
            handle: task.abort_handle(),
            shared: Arc::downgrade(&self.shared),
            id,
        })
    }
}

#[pymethods]
impl Bridge {
    /// Connects to `event_loop`, which has to be the running one.
    #[new]
    fn new(py: Python<'_>, event_loop: &Bound<'_, PyAny>) -> PyResult<Self> {
        let shared = Arc::new(Shared::default());
        let drain = Bound::new(py, Drain(Arc::downgrade(&shared)))?;
        let bell = match watch(event_loop, &drain)? {
            Some(doorbell) => Bell::Descriptor(doorbell),
            None => {
                let call_soon = event_loop.getattr("call_soon_threadsafe")?;
                Bell::Callback(call_soon.unbind(), drain.unbind())
            }
        };
        shared.bell.get_or_init(|| bell);
        Ok(Self {
            shared,
            process: process::id(),
        })
    }

    /// Whether it was created in another process, whose worker does not exist here.
    #[getter]
    fn inherited(&self) -> bool {
        self.process != process::id()
    }
}

/// Lets the loop watch a descriptor; none if it cannot.
fn watch(event_loop: &Bound<'_, PyAny>, drain: &Bound<'_, Drain>) -> PyResult<Option<Doorbell>> {
    let doorbell = Doorbell::new()?;
    let Some(descriptor) = doorbell.descriptor() else {
        return Ok(None);
    };
    match event_loop.call_method1("add_reader", (descriptor, drain)) {
        Ok(_) => Ok(Some(doorbell)),
        Err(error) if error.is_instance_of::<PyNotImplementedError>(event_loop.py()) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What the loop calls when it is woken.
#[pyclass(frozen, module = "cyberark_identity._native")]
struct Drain(Weak<Shared>);

#[pymethods]
impl Drain {
    fn __call__(&self, py: Python<'_>) -> PyResult<()> {
        match self.0.upgrade() {
            Some(shared) => shared.drain(py),
            None => Ok(()),
        }
    }
}

/// A call in progress.
#[pyclass(frozen, module = "cyberark_identity._native")]
pub(crate) struct Task {
    handle: AbortHandle,
    shared: Weak<Shared>,
    id: u64,
}

#[pymethods]
impl Task {
    /// Cancels the call, and closes its connection if a request is in progress on it. Harmless after its end.
    fn abort(&self) {
        self.handle.abort();
        let waiting = self
            .shared
            .upgrade()
            .and_then(|shared| shared.waiting().remove(&self.id));
        // Only now, with the lock released: dropping a future can run any Python code.
        drop(waiting);
    }
}
