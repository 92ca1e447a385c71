//! Where functions of the caller run that a call needs in the middle: a token, an answer to a question.
//!
//! A synchronous call runs them on the thread that waits for it, so that `input()` and Ctrl-C work as they do anywhere
//! else. For event loops they run on a thread of their own, so that no loop stands still; what they return to be
//! awaited is awaited on the loop that waits for the call.

use std::{
    cell::{Cell, RefCell},
    future::{Future, poll_fn},
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::Poll,
};

use pyo3::{exceptions::PyException, prelude::*};
use tokio::{sync::oneshot, task::spawn_blocking};

use crate::{bridge::Shared, raise};

/// A piece of Python to be run. An error of it is not the call's: it ends the wait.
pub(crate) type Errand = Box<dyn FnOnce(Python<'_>) -> PyResult<()> + Send>;

thread_local! {
    /// Whether somebody on this thread runs errands between polls.
    static ATTENDED: Cell<bool> = const { Cell::new(false) };
    static WAITING: RefCell<Option<Errand>> = const { RefCell::new(None) };
}

tokio::task_local! {
    /// The event loop that waits for this task.
    static LOOP: Arc<Shared>;
}

/// While it lives, this thread runs the errands of the futures that it polls.
pub(crate) struct Attendance {
    before: bool,
}

impl Attendance {
    pub(crate) fn begin() -> Self {
        Self {
            before: ATTENDED.replace(true),
        }
    }
}

impl Drop for Attendance {
    fn drop(&mut self) {
        ATTENDED.set(self.before);
        WAITING.take();
    }
}

/// What a future came to.
pub(crate) enum Turn<T> {
    Done(T),
    /// It goes on when this was run.
    Errand(Errand),
}

/// Polls `run` until it is done or has an errand for this thread.
pub(crate) async fn until_errand<F: Future>(run: F) -> Turn<F::Output> {
    let mut run = pin!(run);
    poll_fn(|context| match run.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Turn::Done(output)),
        Poll::Pending => match WAITING.take() {
            Some(errand) => Poll::Ready(Turn::Errand(errand)),
            None => Poll::Pending,
        },
    })
    .await
}

/// Runs `task` as one that `event_loop` waits for.
pub(crate) fn for_loop<F: Future>(
    event_loop: Arc<Shared>,
    task: F,
) -> impl Future<Output = F::Output> {
    LOOP.scope(event_loop, task)
}

/// Takes the loop along to a task that this one spawns.
pub(crate) async fn taken_along<F: Future>(event_loop: Option<Arc<Shared>>, task: F) -> F::Output {
    match event_loop {
        Some(event_loop) => LOOP.scope(event_loop, task).await,
        None => task.await,
    }
}

/// The loop that waits for the running task.
pub(crate) fn current_loop() -> Option<Arc<Shared>> {
    LOOP.try_with(Arc::clone).ok()
}

/// Calls a function of the caller, and awaits what it returns if that is to be awaited.
pub(crate) async fn call<F>(function: F) -> PyResult<Py<PyAny>>
where
    F: for<'py> FnOnce(Python<'py>) -> PyResult<Bound<'py, PyAny>> + Send + 'static,
{
    let function = move |py: Python<'_>| function(py).map(Bound::unbind);
    let returned = match ATTENDED.get() {
        true => here(function).await?,
        false => apart(function).await?,
    };
    let awaitable = Python::try_attach(|py| is_awaitable(returned.bind(py)));
    match (awaitable.unwrap_or(Ok(false))?, current_loop()) {
        (false, _) => Ok(returned),
        (true, Some(event_loop)) => on_loop(event_loop, returned).await,
        (true, None) => {
            apart(move |py| {
                callbacks(py)?
                    .call_method1("run", (returned,))
                    .map(Bound::unbind)
            })
            .await
        }
    }
}

fn is_awaitable(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    value.hasattr("__await__")
}

fn callbacks(py: Python<'_>) -> PyResult<Bound<'_, PyModule>> {
    py.import("cyberark_identity._callbacks")
}

/// On the thread that polls this.
async fn here(
    function: impl FnOnce(Python<'_>) -> PyResult<Py<PyAny>> + Send + 'static,
) -> PyResult<Py<PyAny>> {
    let (tell, told) = oneshot::channel();
    let errand = move |py: Python<'_>| match function(py) {
        // KeyboardInterrupt and SystemExit are for whoever made the call, not for the call.
        Err(error) if !error.is_instance_of::<PyException>(py) => Err(error),
        outcome => {
            // Nobody listens any more when the call has ended.
            let _ = tell.send(outcome);
            Ok(())
        }
    };
    WAITING.set(Some(Box::new(errand)));
    told.await.unwrap_or_else(|_| Err(raise::lost()))
}

/// On a thread of its own.
async fn apart(
    function: impl FnOnce(Python<'_>) -> PyResult<Py<PyAny>> + Send + 'static,
) -> PyResult<Py<PyAny>> {
    // Not attached when the interpreter is ending.
    let run = spawn_blocking(move || Python::try_attach(function));
    let outcome = run.await.ok().flatten();
    outcome.unwrap_or_else(|| Err(raise::lost()))
}

/// Awaits `awaitable` on the loop. When nobody waits for it any more, it is cancelled there.
async fn on_loop(event_loop: Arc<Shared>, awaitable: Py<PyAny>) -> PyResult<Py<PyAny>> {
    let (tell, told) = oneshot::channel();
    let scheduled = Scheduled::new(event_loop, awaitable, Done(Mutex::new(Some(tell))));
    let outcome = told.await;
    scheduled.is_over();
    outcome.unwrap_or_else(|_| Err(raise::lost()))
}

/// A task of the caller's loop.
struct Scheduled {
    event_loop: Arc<Shared>,
    task: Arc<Mutex<Option<Py<PyAny>>>>,
    over: Cell<bool>,
}

impl Scheduled {
    fn new(event_loop: Arc<Shared>, awaitable: Py<PyAny>, done: Done) -> Self {
        let task = Arc::new(Mutex::new(None));
        let place = task.clone();
        event_loop.send(Box::new(move |py| {
            let made = callbacks(py)?.call_method1("schedule", (awaitable, done))?;
            *lock(&place) = Some(made.unbind());
            Ok(())
        }));
        Self {
            event_loop,
            task,
            over: Cell::new(false),
        }
    }

    fn is_over(&self) {
        self.over.set(true);
    }
}

impl Drop for Scheduled {
    fn drop(&mut self) {
        if self.over.get() {
            return;
        }
        let task = self.task.clone();
        self.event_loop.send(Box::new(move |py| {
            let task = lock(&task).take();
            task.map_or(Ok(()), |task| task.call_method0(py, "cancel").map(drop))
        }));
    }
}

/// What the loop calls with the task that is done.
#[pyclass(frozen, module = "cyberark_identity._native")]
struct Done(Mutex<Option<oneshot::Sender<PyResult<Py<PyAny>>>>>);

#[pymethods]
impl Done {
    fn __call__(&self, task: &Bound<'_, PyAny>) {
        let outcome = task.call_method0("result").map(Bound::unbind);
        if let Some(tell) = lock(&self.0).take() {
            // Nobody listens any more when the call has ended.
            let _ = tell.send(outcome);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
