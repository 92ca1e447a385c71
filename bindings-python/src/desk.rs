//! Where functions of the caller run that a call needs on the way: for a token, or for an answer to a question.
//!
//! A synchronous call runs them on the thread that waits for it, so that `input()` and Ctrl-C work as anywhere else. For event
//! loops they run on a separate thread, so that no loop is blocked; an awaitable that they return is awaited on the loop that
//! waits for the call.

use std::{
    cell::{Cell, RefCell},
    future::{Future, poll_fn},
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::Poll,
};

use pyo3::{exceptions::PyException, prelude::*};
use tokio::{sync::oneshot, task::spawn_blocking};

use crate::{
    bridge::Shared,
    home::{self, Context, Running},
    raise,
};

/// A piece of Python to run. An error in it is not the call's: it ends the wait.
pub(crate) type Errand = Box<dyn FnOnce(Python<'_>) -> PyResult<()> + Send>;

thread_local! {
    /// Whether somebody on this thread runs errands between polls.
    static ATTENDED: Cell<bool> = const { Cell::new(false) };
    static WAITING: RefCell<Option<Errand>> = const { RefCell::new(None) };
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

/// How far a future got.
pub(crate) enum Turn<T> {
    Done(T),
    /// It continues when this has run.
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

/// Whether the thread that polls this runs errands.
pub(crate) fn is_attended() -> bool {
    ATTENDED.get()
}

/// Calls a function of the caller, and awaits what it returns if that is awaitable.
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
    match awaitable.unwrap_or(Ok(false))? {
        true => awaited(returned, &None).await,
        false => Ok(returned),
    }
}

/// Calls a hook of the caller in the caller's context: on the thread or the loop that waits for the call, otherwise on a
/// separate thread. Returns what has to be awaited, if anything.
pub(crate) async fn hook<F>(function: F) -> PyResult<()>
where
    F: FnOnce(Python<'_>, &Context) -> PyResult<Option<Py<PyAny>>> + Send + 'static,
{
    let home = home::current().filter(|_| !is_attended());
    let context = home.as_ref().and_then(|home| home.context().clone());
    let event_loop = home.as_ref().and_then(home::Home::event_loop);
    let returned = match (event_loop, context.clone()) {
        (Some(event_loop), context) => {
            let (tell, told) = oneshot::channel();
            event_loop.send(Box::new(move |py| {
                // Once the call has ended, nobody listens.
                let _ = tell.send(function(py, &context));
                Ok(())
            }));
            told.await.unwrap_or_else(|_| Err(raise::lost()))?
        }
        (None, None) => here(move |py| function(py, &None)).await?,
        (None, Some(context)) => {
            // Others may be run in it at the same time.
            let run = move |py: Python<'_>| {
                let copy = Some(Arc::new(context.call_method0(py, "copy")?));
                function(py, &copy)
            };
            apart(run).await?
        }
    };
    match returned {
        Some(returned) => awaited(returned, &context).await.map(drop),
        None => Ok(()),
    }
}

/// Awaits what a function returned.
async fn awaited(returned: Py<PyAny>, context: &Context) -> PyResult<Py<PyAny>> {
    let home = home::current();
    match home.as_ref().and_then(home::Home::event_loop) {
        Some(event_loop) => on_loop(event_loop, returned, context).await,
        None => {
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
async fn here<T: Send + 'static>(
    function: impl FnOnce(Python<'_>) -> PyResult<T> + Send + 'static,
) -> PyResult<T> {
    let (tell, told) = oneshot::channel();
    let errand = move |py: Python<'_>| match function(py) {
        // KeyboardInterrupt and SystemExit are for whoever made the call, not for the call.
        Err(error) if !error.is_instance_of::<PyException>(py) => Err(error),
        outcome => {
            // Once the call has ended, nobody listens.
            let _ = tell.send(outcome);
            Ok(())
        }
    };
    WAITING.set(Some(Box::new(errand)));
    told.await.unwrap_or_else(|_| Err(raise::lost()))
}

/// On a separate thread.
async fn apart<T: Send + 'static>(
    function: impl FnOnce(Python<'_>) -> PyResult<T> + Send + 'static,
) -> PyResult<T> {
    // Does nothing if the interpreter is ending.
    let running = Running::apart().ok_or_else(raise::lost)?;
    let run = spawn_blocking(move || {
        let _running = running;
        Python::try_attach(function)
    });
    let outcome = run.await.ok().flatten();
    outcome.unwrap_or_else(|| Err(raise::lost()))
}

/// Awaits `awaitable` on the loop. It is cancelled there when nobody waits for it any more.
async fn on_loop(
    event_loop: &Arc<Shared>,
    awaitable: Py<PyAny>,
    context: &Context,
) -> PyResult<Py<PyAny>> {
    let (tell, told) = oneshot::channel();
    let done = Done(Mutex::new(Some(tell)));
    let scheduled = Scheduled::new(event_loop.clone(), awaitable, done, context.clone());
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
    fn new(event_loop: Arc<Shared>, awaitable: Py<PyAny>, done: Done, context: Context) -> Self {
        let task = Arc::new(Mutex::new(None));
        let place = task.clone();
        event_loop.send(Box::new(move |py| {
            let schedule = callbacks(py)?.getattr("schedule")?;
            let made = match context {
                Some(context) => {
                    let run = context.bind(py).getattr("run")?;
                    run.call1((schedule, awaitable, done))?
                }
                None => schedule.call1((awaitable, done))?,
            };
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
            // Once the call has ended, nobody listens.
            let _ = tell.send(outcome);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
