//! What does not survive a fork: each process creates its own, and leaves its parent's alone.

use std::{
    process,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::SystemTime,
};

use arc_swap::ArcSwapOption;
use pyo3::prelude::*;

use crate::home;

/// 0 until it has been read.
static ID: AtomicU32 = AtomicU32::new(0);

/// Id of this process. The operating system is asked only once, because a call needs it several times.
pub(crate) fn id() -> u32 {
    match ID.load(Ordering::Relaxed) {
        0 => note_fork(),
        id => id,
    }
}

/// What Python runs in a forked child, first of all.
#[pyfunction(name = "note_fork")]
pub(crate) fn note_fork() -> u32 {
    let id = process::id();
    ID.store(id, Ordering::Relaxed);
    home::note_fork();
    // Otherwise a child would generate the same call ids as its parent, and the same random delays before retries.
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let now = now.map_or(0, |time| u64::from(time.subsec_nanos()));
    fastrand::seed((u64::from(id) << 32 | now) ^ fastrand::u64(..));
    id
}

/// A value that belongs to one process.
struct Owned<T> {
    process: u32,
    value: Arc<T>,
}

impl<T> Owned<T> {
    fn new(value: T) -> Self {
        Self {
            process: id(),
            value: Arc::new(value),
        }
    }

    fn get(&self) -> Option<Arc<T>> {
        (self.process == id()).then(|| self.value.clone())
    }
}

/// In a child, the parent's value is leaked: its threads are gone, its locks may be held for ever, and its connections are
/// still used by the parent.
impl<T> Drop for Owned<T> {
    fn drop(&mut self) {
        if self.process != id() {
            std::mem::forget(self.value.clone());
        }
    }
}

/// Holds a value for the current process. Reading takes no lock.
pub(crate) struct Slot<T>(ArcSwapOption<Owned<T>>);

impl<T> Slot<T> {
    pub(crate) const fn empty() -> Self {
        Self(ArcSwapOption::const_empty())
    }

    pub(crate) fn new(value: T) -> Self {
        Self(ArcSwapOption::from_pointee(Owned::new(value)))
    }

    /// This process's value, if it has one.
    pub(crate) fn get(&self) -> Option<Arc<T>> {
        self.0.load().as_ref()?.get()
    }

    /// This process's value, created now if it has none.
    pub(crate) fn get_or_make<E>(&self, make: impl FnOnce() -> Result<T, E>) -> Result<Arc<T>, E> {
        if let Some(value) = self.get() {
            return Ok(value);
        }
        let made = Arc::new(Owned::new(make()?));
        let value = made.value.clone();
        let seen = self.0.load_full();
        match seen.as_ref().and_then(|owned| owned.get()) {
            Some(earlier) => Ok(earlier),
            None => {
                let before = self.0.compare_and_swap(&seen, Some(made));
                let unchanged = match (&*before, &seen) {
                    (Some(before), Some(seen)) => Arc::ptr_eq(before, seen),
                    (before, seen) => before.is_none() && seen.is_none(),
                };
                // Another thread was faster: its value is the one for everybody.
                let other = before.as_ref().filter(|_| !unchanged);
                Ok(other.and_then(|owned| owned.get()).unwrap_or(value))
            }
        }
    }

    /// Takes this process's value out.
    pub(crate) fn take(&self) -> Option<Arc<T>> {
        self.0.swap(None)?.get()
    }
}
