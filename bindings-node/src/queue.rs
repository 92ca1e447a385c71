//! Finished calls on their way to JavaScript. One wake-up fetches many.

use std::{
    fmt, mem,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use napi::{
    Env, Status,
    bindgen_prelude::Function,
    threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode},
};

use crate::answer::Outcome;

/// Weak: by itself it does not keep the process alive. See [`Queue::keep_alive`].
type Wake = ThreadsafeFunction<(), (), (), Status, false, true>;

/// Finished calls, by id, and the way to tell JavaScript of them.
pub(crate) struct Queue {
    finished: Mutex<Vec<(u32, Outcome)>>,
    /// Whether JavaScript has been told and has not come to look yet.
    told: AtomicBool,
    wake: Mutex<Wake>,
}

impl Queue {
    pub(crate) fn new(wake: &Function<'_, (), ()>) -> napi::Result<Self> {
        let wake = wake.build_threadsafe_function().weak::<true>().build()?;
        Ok(Self {
            finished: Mutex::new(Vec::new()),
            told: AtomicBool::new(false),
            wake: Mutex::new(wake),
        })
    }

    /// From any thread. Only a push that finds JavaScript not yet told wakes it; one after the end of its thread is lost.
    pub(crate) fn push(&self, id: u32, outcome: Outcome) {
        lock(&self.finished).push((id, outcome));
        if !self.told.swap(true, Ordering::AcqRel) {
            lock(&self.wake).call((), ThreadsafeFunctionCallMode::NonBlocking);
        }
    }

    /// On the JavaScript thread. What is pushed while this runs is either taken here or wakes again.
    pub(crate) fn take(&self) -> Vec<(u32, Outcome)> {
        self.told.store(false, Ordering::Release);
        mem::take(&mut lock(&self.finished))
    }

    /// Whether the event loop of JavaScript waits for more.
    #[allow(deprecated)] // deprecated in favour of counting clones, which says nothing to the event loop
    pub(crate) fn keep_alive(&self, env: &Env, alive: bool) -> napi::Result<()> {
        let mut wake = lock(&self.wake);
        if alive {
            wake.refer(env)
        } else {
            wake.unref(env)
        }
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
