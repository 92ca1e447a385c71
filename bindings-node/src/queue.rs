//! Finished calls on their way to JavaScript. One wake-up fetches many.

use std::{
    fmt, mem,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use cyberark_identity::worker::{self, Bell};
use napi::{
    Env, Status,
    bindgen_prelude::Function,
    threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode},
};

use crate::answer::Outcome;

/// Weak, so by itself it does not keep the process alive. See [`KeepAlive`].
type Wake = ThreadsafeFunction<(), (), (), Status, false, true>;

/// Finished calls, by id, and the way to notify JavaScript of them.
pub(crate) struct Queue {
    finished: Mutex<Vec<(u32, Outcome)>>,
    /// Events of observed calls, as JSON.
    events: Mutex<Vec<String>>,
    /// Whether JavaScript has been notified and has not fetched anything yet.
    told: AtomicBool,
    wake: Wake,
}

/// Whether the event loop of JavaScript waits for more. It belongs to one thread and needs no lock: a lock shared with whoever
/// wakes this thread would be held exactly when this thread has been woken.
pub(crate) struct KeepAlive(Wake);

impl Queue {
    pub(crate) fn new(wake: &Function<'_, (), ()>) -> napi::Result<Self> {
        Ok(Self {
            finished: Mutex::new(Vec::new()),
            events: Mutex::new(Vec::new()),
            told: AtomicBool::new(false),
            wake: weak(wake)?,
        })
    }

    /// From any thread. A push wakes JavaScript only if it has not been notified yet; one after the end of its thread is lost.
    pub(crate) fn push(self: &Arc<Self>, id: u32, outcome: Outcome) {
        lock(&self.finished).push((id, outcome));
        self.wake();
    }

    /// The same for an event during a call.
    pub(crate) fn tell(self: &Arc<Self>, event: String) {
        lock(&self.events).push(event);
        self.wake();
    }

    fn wake(self: &Arc<Self>) {
        let first = !self.told.swap(true, Ordering::AcqRel);
        worker::done(first.then(|| self.clone() as Arc<dyn Bell>));
    }

    /// The events, in order. Call it after [`take`](Self::take), so that it has everything that happened before an end.
    pub(crate) fn events(&self) -> Vec<String> {
        mem::take(&mut lock(&self.events))
    }

    /// On the JavaScript thread. What is pushed while this runs is either taken here or wakes again.
    pub(crate) fn take(&self) -> Vec<(u32, Outcome)> {
        self.told.store(false, Ordering::Release);
        mem::take(&mut lock(&self.finished))
    }
}

impl KeepAlive {
    /// `wake` is never called.
    pub(crate) fn new(wake: &Function<'_, (), ()>) -> napi::Result<Self> {
        weak(wake).map(Self)
    }

    #[allow(deprecated)] // deprecated in favour of counting clones, which says nothing to the event loop
    pub(crate) fn set(&mut self, env: &Env, alive: bool) -> napi::Result<()> {
        match alive {
            true => self.0.refer(env),
            false => self.0.unref(env),
        }
    }
}

fn weak(wake: &Function<'_, (), ()>) -> napi::Result<Wake> {
    wake.build_threadsafe_function().weak::<true>().build()
}

impl Bell for Queue {
    fn ring(&self) {
        self.wake.call((), ThreadsafeFunctionCallMode::NonBlocking);
    }
}

impl fmt::Debug for KeepAlive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeepAlive").finish_non_exhaustive()
    }
}

impl fmt::Debug for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue").finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
