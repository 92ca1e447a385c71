//! What Python learns about calls: records for `logging`, and hooks.

use std::{
    cell::Cell,
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU8, Ordering},
    },
};

use cyberark_identity::{
    observe::{self, Event, HookResult, Level, Observer, What},
    transport::BoxFuture,
};
use pyo3::{
    PyClass,
    prelude::*,
    types::{PyDict, PyTuple},
};

use crate::{
    desk,
    home::{self, Context},
    hooks::{CallEnd, CallStart},
    once::{Once, name},
    standard,
};

/// What loggers want: 0 nothing, 1 everything but what every call does, 2 everything. Determined when a call begins, because
/// the interpreter is available then.
static WANTED: AtomicU8 = AtomicU8::new(0);
/// Whether a client of this process has hooks.
static HOOKED: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// Whether this thread is currently reporting.
    static TELLING: Cell<bool> = const { Cell::new(false) };
}

/// While it lives, calls of this thread are not reported: otherwise a handler or hook that makes calls would never come to an
/// end.
struct Telling(bool);

impl Telling {
    fn begin() -> Self {
        Self(TELLING.replace(true))
    }
}

impl Drop for Telling {
    fn drop(&mut self) {
        TELLING.set(self.0);
    }
}

/// The functions of `_observe.py`.
struct Functions {
    /// Whether the logger of calls wants what every call does.
    is_detailed: Py<PyAny>,
    is_inside: Py<PyAny>,
    emit: Py<PyAny>,
    run_hook: Py<PyAny>,
    finish_hook: Py<PyAny>,
}

impl Functions {
    fn load(py: Python<'_>) -> PyResult<Self> {
        let module = py.import("cyberark_identity._observe")?;
        let of = |name| Ok::<_, PyErr>(module.getattr(name)?.unbind());
        Ok(Self {
            is_detailed: of("is_detailed")?,
            is_inside: of("is_inside")?,
            emit: of("emit")?,
            run_hook: of("run_hook")?,
            finish_hook: of("finish_hook")?,
        })
    }
}

fn functions(py: Python<'_>) -> PyResult<&Functions> {
    static FUNCTIONS: Once<Functions> = Once::new();
    FUNCTIONS.get_or_make(py, || Functions::load(py))
}

/// Whether anybody in this process has loaded `logging`: nobody can have asked for records otherwise.
fn logs(py: Python<'_>) -> PyResult<bool> {
    static LOADED: AtomicBool = AtomicBool::new(false);
    if !LOADED.load(Ordering::Relaxed) {
        let loaded = standard::is_loaded(py, "logging")?;
        LOADED.store(loaded, Ordering::Relaxed);
    }
    Ok(LOADED.load(Ordering::Relaxed))
}

/// Loads what the first call would load: a program that creates a client has rarely started threads or forked by then.
pub(crate) fn prepare(py: Python<'_>) -> PyResult<()> {
    if logs(py)? {
        functions(py)?;
    }
    Ok(())
}

/// Determines what loggers want of a call that begins. True if the call is not reported, because a handler or a hook makes it.
pub(crate) fn look(py: Python<'_>) -> PyResult<bool> {
    if TELLING.get() {
        return Ok(true);
    }
    let wanted = match logs(py)? {
        true => 1 + u8::from(functions(py)?.is_detailed.bind(py).call0()?.is_truthy()?),
        false => 0,
    };
    WANTED.store(wanted, Ordering::Relaxed);
    if wanted == 2 || HOOKED.load(Ordering::Relaxed) {
        return functions(py)?.is_inside.bind(py).call0()?.is_truthy();
    }
    Ok(false)
}

/// Runs `work`, without reporting its calls if it is `quiet`.
pub(crate) fn quietly<T>(quiet: bool, work: impl FnOnce() -> T) -> T {
    let _telling = quiet.then(Telling::begin);
    work()
}

/// Reports the calls of a client to Python.
pub(crate) struct Listener {
    before: Option<Hook>,
    after: Option<Hook>,
}

/// A function of the caller.
type Hook = Arc<Py<PyAny>>;

impl Listener {
    pub(crate) fn new(before: Option<Py<PyAny>>, after: Option<Py<PyAny>>) -> Self {
        if before.is_some() || after.is_some() {
            HOOKED.store(true, Ordering::Relaxed);
        }
        Self {
            before: before.map(Arc::new),
            after: after.map(Arc::new),
        }
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Listener")
    }
}

fn is_quiet() -> bool {
    TELLING.get() || home::is_quiet()
}

impl Observer for Listener {
    fn level(&self) -> Option<Level> {
        match WANTED.load(Ordering::Relaxed) {
            0 => None,
            _ if is_quiet() => None,
            1 => Some(Level::Info),
            _ => Some(Level::Debug),
        }
    }

    fn has_hooks(&self) -> bool {
        (self.before.is_some() || self.after.is_some()) && !is_quiet()
    }

    fn event(&self, event: &Event<'_>) {
        let record = Record::of(event);
        home::tell(Box::new(move |py, context| record.emit(py, context)));
    }

    fn before<'a>(&'a self, start: &'a mut observe::CallStart) -> BoxFuture<'a, HookResult> {
        Box::pin(async move {
            let Some(hook) = self.before.clone() else {
                return Ok(());
            };
            let shared = Arc::new(Mutex::new(start.clone()));
            let given = CallStart(shared.clone());
            desk::hook(move |py, context| run(py, context, &hook, given))
                .await
                .map_err(Raised::of)?;
            *start = shared
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone();
            Ok(())
        })
    }

    fn after<'a>(&'a self, end: &'a observe::CallEnd) -> BoxFuture<'a, HookResult> {
        Box::pin(async move {
            if let Some(hook) = self.after.clone() {
                let given = CallEnd(end.clone());
                let run = desk::hook(move |py, context| run(py, context, &hook, given));
                run.await.map_err(Raised::of)?;
            }
            Ok(())
        })
    }

    fn cancelled(&self, end: &observe::CallEnd) {
        let Some(hook) = self.after.clone() else {
            return;
        };
        let given = CallEnd(end.clone());
        home::tell(Box::new(move |py, context| {
            let Some(returned) = run(py, context, &hook, given)? else {
                return Ok(());
            };
            let _telling = Telling::begin();
            let finish = &functions(py)?.finish_hook;
            within(py, context, finish, (returned,)).map(drop)
        }));
    }
}

/// Calls a hook. Returns what has to be awaited.
fn run<T: PyClass>(
    py: Python<'_>,
    context: &Context,
    hook: &Hook,
    given: T,
) -> PyResult<Option<Py<PyAny>>>
where
    PyClassInitializer<T>: From<T>,
{
    let _telling = Telling::begin();
    let given = Bound::new(py, given)?;
    let run_hook = &functions(py)?.run_hook;
    let returned = within(py, context, run_hook, (hook.bind(py), given))?;
    Ok((!returned.is_none()).then(|| returned.unbind()))
}

/// Calls `function` in the context of the caller.
fn within<'py>(
    py: Python<'py>,
    context: &Context,
    function: &Py<PyAny>,
    arguments: impl IntoPyObject<'py, Target = PyTuple, Output = Bound<'py, PyTuple>, Error = PyErr>,
) -> PyResult<Bound<'py, PyAny>> {
    let arguments = arguments.into_pyobject(py)?;
    let Some(context) = context else {
        return function.bind(py).call1(arguments);
    };
    let run = context.bind(py).getattr(name!(py, "run"))?;
    let function = PyTuple::new(py, [function.bind(py)])?;
    let all = function.as_sequence().concat(arguments.as_sequence())?;
    run.call1(all.to_tuple()?)
}

/// What a hook raised, so that it can be shared without the interpreter.
#[derive(Debug, Clone)]
struct Raised(Arc<PyErr>);

impl Raised {
    fn of(error: PyErr) -> Self {
        Self(Arc::new(error))
    }
}

impl fmt::Display for Raised {
    /// Its text is in the record, because reading it takes the interpreter.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it raised")
    }
}

impl std::error::Error for Raised {}

/// An event, stored without the interpreter.
struct Record {
    level: Level,
    topic: &'static str,
    name: &'static str,
    message: String,
    operation: String,
    call_id: String,
    attempt: Option<u32>,
    wait: Option<f64>,
    error: Option<&'static str>,
    end: Option<observe::CallEnd>,
    raised: Option<Raised>,
}

impl Record {
    fn of(event: &Event<'_>) -> Self {
        let Event {
            call_id,
            operation,
            what,
        } = event;
        Self {
            level: what.level(),
            topic: what.topic().as_str(),
            name: what.name(),
            message: event.to_string(),
            operation: (*operation).to_owned(),
            call_id: call_id.to_string(),
            attempt: what.attempt(),
            wait: what.wait().map(|wait| wait.as_secs_f64()),
            error: what.error().map(|error| error.kind().class()),
            end: match what {
                What::Ended(end) => Some((*end).clone()),
                _ => None,
            },
            raised: match what {
                What::HookFailed { error, .. } => error.downcast_ref().cloned(),
                _ => None,
            },
        }
    }

    fn emit(self, py: Python<'_>, context: &Context) -> PyResult<()> {
        let _telling = Telling::begin();
        let level = match self.level {
            Level::Debug => 10,
            Level::Info => 20,
            Level::Warning => 30,
            Level::Error => 40,
        };
        let raised = self.raised.as_ref();
        let raised = raised.map(|raised| raised.0.clone_ref(py).into_value(py));
        let attributes = self.attributes(py)?;
        let emit = &functions(py)?.emit;
        let arguments = (self.topic, level, self.message, attributes, raised);
        within(py, context, emit, arguments).map(drop)
    }

    fn attributes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let attributes = PyDict::new(py);
        attributes.set_item(name!(py, "event"), self.name)?;
        attributes.set_item(name!(py, "operation"), &self.operation)?;
        attributes.set_item(name!(py, "call_id"), &self.call_id)?;
        attributes.set_item(name!(py, "attempt"), self.attempt)?;
        attributes.set_item(name!(py, "wait"), self.wait)?;
        attributes.set_item(name!(py, "error_type"), self.error)?;
        if let Some(end) = &self.end {
            attributes.set_item(name!(py, "outcome"), end.outcome.as_str())?;
            attributes.set_item(name!(py, "status"), end.status)?;
            attributes.set_item(name!(py, "attempts"), end.attempts)?;
            attributes.set_item(name!(py, "duration"), end.duration.as_secs_f64())?;
            attributes.set_item(name!(py, "request_id"), &end.request_id)?;
        }
        Ok(attributes)
    }
}
