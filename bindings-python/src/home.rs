//! Who waits for a call, and where the Python runs that reports its events.
//!
//! Events arise on whatever thread moves a call forward. That thread must never wait for the interpreter, because whoever holds
//! the interpreter may be waiting for the call. So events are stored here without touching Python, and run by whoever waits:
//! the thread of a synchronous call, the loop of an asynchronous one, the reader of a list.

use std::{
    cell::RefCell,
    future::Future,
    mem,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicIsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use pyo3::{exceptions::PyException, prelude::*};

use crate::{bridge::Shared, desk, once::Once, process::Slot};

/// A copy of the caller's context variables, in which Python runs for that caller; none on the caller's own thread.
pub(crate) type Context = Option<Arc<Py<PyAny>>>;

/// A piece of Python to run later, which nobody waits for.
pub(crate) type Word = Box<dyn FnOnce(Python<'_>, &Context) -> PyResult<()> + Send>;

/// How many are kept for a reader who never comes back; after that, the oldest are dropped.
const MOST: usize = 1_000;

thread_local! {
    /// What the call that this thread waits for has reported.
    static SAID: RefCell<Vec<Word>> = const { RefCell::new(Vec::new()) };
}

tokio::task_local! {
    /// Who waits for the running task.
    static HOME: Home;
}

/// Who waits for a task.
#[derive(Clone)]
pub(crate) struct Home {
    place: Place,
    context: Context,
    /// Whether it is not reported, because it is itself part of reporting.
    pub(crate) quiet: bool,
}

#[derive(Clone)]
enum Place {
    Loop(Arc<Shared>),
    Reader(Arc<Notes>),
}

/// What is reported about the pages of a list, for a reader without a loop.
pub(crate) struct Notes(Slot<Mutex<Vec<Word>>>);

impl Notes {
    pub(crate) fn new() -> Self {
        Self(Slot::empty())
    }

    fn with<T>(&self, work: impl FnOnce(&mut Vec<Word>) -> T) -> T {
        // One per process, because a fork may happen while somebody holds the lock.
        let made = self.0.get_or_make(|| Ok::<_, ()>(Mutex::default()));
        let words = made.unwrap_or_default();
        work(&mut lock(&words))
    }
}

/// Contexts that were released where Python must not run. One per process, because a fork may happen while somebody holds the
/// lock.
static LEFT: Slot<Mutex<Vec<Arc<Py<PyAny>>>>> = Slot::empty();

/// A task's home is the last to hold its context, and the worker drops it. pyo3 would put the context on a list of its own,
/// whose lock would stay locked for ever in a child forked at that moment.
impl Drop for Home {
    fn drop(&mut self) {
        if let Some(context) = self.context.take()
            && let Ok(left) = LEFT.get_or_make(|| Ok::<_, ()>(Mutex::default()))
        {
            lock(&left).push(context);
        }
    }
}

/// Drops the contexts that were released elsewhere.
pub(crate) fn tidy(_attached: Python<'_>) {
    if let Some(left) = LEFT.get() {
        let left = mem::take(&mut *lock(&left));
        drop(left);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Home {
    pub(crate) fn of_loop(event_loop: Arc<Shared>, context: Context, quiet: bool) -> Self {
        let place = Place::Loop(event_loop);
        Self {
            place,
            context,
            quiet,
        }
    }

    pub(crate) fn of_reader(notes: Arc<Notes>, context: Context, quiet: bool) -> Self {
        let place = Place::Reader(notes);
        Self {
            place,
            context,
            quiet,
        }
    }

    /// The same, with Python running in the context of whoever started all this.
    pub(crate) fn in_context(mut self, context: Context) -> Self {
        self.context = context;
        self
    }

    pub(crate) fn context(&self) -> &Context {
        &self.context
    }

    pub(crate) fn event_loop(&self) -> Option<&Arc<Shared>> {
        match &self.place {
            Place::Loop(event_loop) => Some(event_loop),
            Place::Reader(_) => None,
        }
    }

    fn tell(&self, word: Word) {
        match &self.place {
            Place::Loop(event_loop) => {
                let context = self.context.clone();
                event_loop.send(Box::new(move |py| speak(py, word, &context)));
            }
            Place::Reader(notes) => notes.with(|words| {
                if words.len() == MOST {
                    drop(words.remove(0));
                }
                words.push(word);
            }),
        }
    }
}

/// Runs `task` as one that `home` waits for.
pub(crate) fn wait_at<F: Future>(home: Home, task: F) -> impl Future<Output = F::Output> {
    HOME.scope(home, task)
}

/// Who waits for the running task, unless it runs on the caller's own thread.
pub(crate) fn current() -> Option<Home> {
    HOME.try_with(Clone::clone).ok()
}

/// Whether the running task is not reported.
pub(crate) fn is_quiet() -> bool {
    HOME.try_with(|home| home.quiet).unwrap_or(false)
}

/// Leaves `word` to whoever waits for the running task. If nobody does, there is nobody to inform.
pub(crate) fn tell(word: Word) {
    if desk::is_attended() {
        SAID.with_borrow_mut(|said| said.push(word));
    } else {
        let _ = HOME.try_with(|home| home.tell(word));
    }
}

/// What was reported on this thread, and what a list has for its reader.
pub(crate) fn said(notes: Option<&Notes>) -> Vec<Word> {
    let mut words = SAID.take();
    if let Some(notes) = notes {
        words.append(&mut notes.with(mem::take));
    }
    words
}

/// Runs words on the caller's own thread. What ends the wait, such as `KeyboardInterrupt`, is returned; other exceptions go
/// where Python shows those that nobody can catch.
pub(crate) fn run(py: Python<'_>, words: Vec<Word>) -> PyResult<()> {
    for word in words {
        match speak(py, word, &None) {
            Err(error) if error.is_instance_of::<PyException>(py) => {
                error.write_unraisable(py, None);
            }
            outcome => outcome?,
        }
    }
    Ok(())
}

/// Whether the interpreter is about to end.
static ENDING: AtomicBool = AtomicBool::new(false);
/// Threads that run words.
static SPEAKING: AtomicIsize = AtomicIsize::new(0);
/// Functions of the caller that run on threads of their own.
static APART: AtomicIsize = AtomicIsize::new(0);

/// How long the end of the interpreter waits for words that are running.
const LONGEST_WORD: Duration = Duration::from_secs(1);
/// How long it waits for functions of the caller. One that takes longer is itself waiting for something, outside the
/// interpreter.
const LONGEST_FUNCTION: Duration = Duration::from_millis(100);

/// Python that runs on a thread which the end of the interpreter would otherwise end halfway.
pub(crate) struct Running(&'static AtomicIsize);

impl Running {
    fn begin(counter: &'static AtomicIsize) -> Self {
        counter.fetch_add(1, Ordering::SeqCst);
        Self(counter)
    }

    /// A function of the caller, on a thread of its own. None if the interpreter is already ending.
    pub(crate) fn apart() -> Option<Self> {
        let running = Self::begin(&APART);
        (!ENDING.load(Ordering::SeqCst)).then_some(running)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

fn speak(py: Python<'_>, word: Word, context: &Context) -> PyResult<()> {
    let _running = Running::begin(&SPEAKING);
    match ENDING.load(Ordering::SeqCst) {
        true => Ok(()),
        false => word(py, context),
    }
}

/// For the end of the interpreter, which ends other threads in the middle of Python (before 3.14): from here on no words and
/// no functions start, and those that are running are waited for.
#[pyfunction]
pub(crate) fn end(py: Python<'_>) {
    ENDING.store(true, Ordering::SeqCst);
    py.detach(|| {
        wait_for(&SPEAKING, LONGEST_WORD);
        wait_for(&APART, LONGEST_FUNCTION);
    });
}

fn wait_for(running: &AtomicIsize, longest: Duration) {
    let began = Instant::now();
    while running.load(Ordering::SeqCst) > 0 && began.elapsed() < longest {
        thread::sleep(Duration::from_millis(1));
    }
}

/// In a forked child, where the threads that ran Python are gone.
pub(crate) fn note_fork() {
    SPEAKING.store(0, Ordering::SeqCst);
    APART.store(0, Ordering::SeqCst);
}

/// A copy of the caller's context variables.
pub(crate) fn copy_context(py: Python<'_>) -> PyResult<Context> {
    tidy(py);
    Ok(Some(Arc::new(copier(py)?.call0()?.unbind())))
}

fn copier(py: Python<'_>) -> PyResult<&Bound<'_, PyAny>> {
    static COPY: Once<Py<PyAny>> = Once::new();
    COPY.import(py, "contextvars", "copy_context")
}

/// Loads what the first call would load.
pub(crate) fn prepare(py: Python<'_>) -> PyResult<()> {
    copier(py).map(drop)
}
