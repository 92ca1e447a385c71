//! From a change in memory to a change on disk.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use tokio::sync::watch;

/// What is kept, each under keys of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    /// Accounts by slot number; an empty value is a hole.
    Users,
    Roles,
    Orgs,
    /// Messages of the outbox by number.
    Messages,
    Tokens,
    RefreshTokens,
    Codes,
    /// Everything there is one of, by name.
    Parts,
}

impl Section {
    pub(crate) const ALL: [Self; 8] = [
        Self::Users,
        Self::Roles,
        Self::Orgs,
        Self::Messages,
        Self::Tokens,
        Self::RefreshTokens,
        Self::Codes,
        Self::Parts,
    ];
}

/// One thing that is written, or removed when it has no value.
#[derive(Debug)]
pub(super) struct Change {
    pub(super) section: Section,
    pub(super) key: Vec<u8>,
    pub(super) value: Option<Vec<u8>>,
}

/// Changes that are on disk all or none.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    changes: Vec<Change>,
    failure: Option<String>,
}

impl Batch {
    pub(crate) fn put(&mut self, section: Section, key: impl AsRef<[u8]>, value: &impl Serialize) {
        match serde_json::to_vec(value) {
            Ok(value) => self.push(section, key.as_ref(), Some(value)),
            Err(error) => self.failure = Some(error.to_string()),
        }
    }

    /// Notes that there was something and is not any more.
    pub(crate) fn put_hole(&mut self, section: Section, key: impl AsRef<[u8]>) {
        self.push(section, key.as_ref(), Some(Vec::new()));
    }

    pub(crate) fn remove(&mut self, section: Section, key: impl AsRef<[u8]>) {
        self.push(section, key.as_ref(), None);
    }

    fn push(&mut self, section: Section, key: &[u8], value: Option<Vec<u8>>) {
        self.changes.push(Change {
            section,
            key: key.to_vec(),
            value,
        });
    }
}

/// Where changes go. A tenant in memory has one that leads nowhere. Clones lead to the same file.
#[derive(Clone, Default)]
pub(crate) struct Journal(Option<Arc<Shared>>);

struct Shared {
    queue: Mutex<Queue>,
    filled: Condvar,
    /// Tells those who wait on a thread what `progress` tells those who wait in a task.
    progressed: Condvar,
    progress: watch::Sender<Progress>,
}

#[derive(Default)]
struct Queue {
    changes: Vec<Change>,
    /// How many batches were ever handed in.
    submitted: u64,
    closed: bool,
}

#[derive(Clone, Debug, Default)]
struct Progress {
    /// How many batches are on disk.
    durable: u64,
    /// Why no more will be.
    failure: Option<Arc<str>>,
}

/// What the writer takes at a time: everything that has come in meanwhile, so that a commit serves many requests.
pub(super) struct Work {
    pub(super) changes: Vec<Change>,
    submitted: u64,
}

impl Journal {
    pub(super) fn open() -> Self {
        Self(Some(Arc::new(Shared {
            queue: Mutex::default(),
            filled: Condvar::new(),
            progressed: Condvar::new(),
            progress: watch::Sender::default(),
        })))
    }

    /// Whether anything is kept at all.
    pub(crate) fn is_on(&self) -> bool {
        self.0.is_some()
    }

    /// Hands in changes. They are written in the order in which they were handed in, so this is called while what they
    /// belong to is still locked.
    pub(crate) fn submit(&self, batch: Batch) {
        let Some(shared) = &self.0 else {
            return;
        };
        if let Some(failure) = batch.failure {
            shared.fail(&failure);
        }
        if batch.changes.is_empty() {
            return;
        }
        let mut queue = shared.lock();
        queue.changes.extend(batch.changes);
        queue.submitted += 1;
        shared.filled.notify_one();
    }

    /// Waits until everything that was handed in so far is on disk.
    ///
    /// # Errors
    /// When it cannot be written, with the reason.
    pub(crate) async fn settled(&self) -> Result<(), Arc<str>> {
        let Some(shared) = &self.0 else {
            return Ok(());
        };
        let wanted = shared.lock().submitted;
        let mut progress = shared.progress.subscribe();
        let reached = progress
            .wait_for(|progress| progress.durable >= wanted || progress.failure.is_some())
            .await;
        match reached.map(|progress| progress.failure.clone()) {
            Ok(None) => Ok(()),
            Ok(Some(failure)) => Err(failure),
            Err(_) => Err("the writer is gone".into()),
        }
    }

    /// The same for a caller that is no task.
    pub(crate) fn settle(&self) -> Result<(), Arc<str>> {
        let Some(shared) = &self.0 else {
            return Ok(());
        };
        let mut queue = shared.lock();
        loop {
            let progress = shared.progress.borrow().clone();
            if let Some(failure) = progress.failure {
                return Err(failure);
            }
            if progress.durable >= queue.submitted {
                return Ok(());
            }
            queue = shared
                .progressed
                .wait(queue)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The next changes to write; `None` when the journal was closed and everything is written.
    pub(super) fn next(&self) -> Option<Work> {
        let shared = self.0.as_ref()?;
        let mut queue = shared.lock();
        while queue.changes.is_empty() {
            if queue.closed {
                return None;
            }
            queue = shared
                .filled
                .wait(queue)
                .unwrap_or_else(PoisonError::into_inner);
        }
        Some(Work {
            changes: std::mem::take(&mut queue.changes),
            submitted: queue.submitted,
        })
    }

    pub(super) fn done(&self, work: &Work) {
        if let Some(shared) = &self.0 {
            shared.report(|progress| progress.durable = work.submitted);
        }
    }

    pub(super) fn fail(&self, reason: &str) {
        if let Some(shared) = &self.0 {
            shared.fail(reason);
        }
    }

    pub(super) fn close(&self) {
        if let Some(shared) = &self.0 {
            shared.lock().closed = true;
            shared.filled.notify_one();
        }
    }
}

impl Shared {
    /// The first reason is kept: what follows comes from it.
    fn fail(&self, reason: &str) {
        self.report(|progress| {
            progress.failure.get_or_insert_with(|| reason.into());
        });
    }

    /// Under the lock, so that nobody misses it between looking and waiting.
    fn report(&self, change: impl FnOnce(&mut Progress)) {
        let _queue = self.lock();
        self.progress.send_modify(change);
        self.progressed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(key: &str) -> Batch {
        let mut batch = Batch::default();
        batch.put(Section::Parts, key, &1);
        batch
    }

    fn now<T>(future: impl Future<Output = T>) -> Option<T> {
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        match std::pin::pin!(future).poll(&mut context) {
            std::task::Poll::Ready(value) => Some(value),
            std::task::Poll::Pending => None,
        }
    }

    #[test]
    fn nobody_goes_on_before_everything_so_far_is_written() {
        let journal = Journal::open();
        assert!(matches!(now(journal.settled()), Some(Ok(()))));
        journal.submit(batch("a"));
        journal.submit(batch("b"));
        let work = journal.next().unwrap();
        assert_eq!(work.changes.len(), 2, "one commit serves both");
        journal.submit(batch("c"));
        assert!(now(journal.settled()).is_none());
        journal.done(&work);
        assert!(now(journal.settled()).is_none(), "c is still to come");
        journal.done(&journal.next().unwrap());
        assert!(matches!(now(journal.settled()), Some(Ok(()))));
        journal.close();
        assert!(journal.next().is_none());
    }

    #[test]
    fn after_a_failure_nothing_is_promised_any_more() {
        let journal = Journal::open();
        journal.submit(batch("a"));
        journal.fail("the disk is full");
        journal.fail("and so on");
        let told = now(journal.settled()).unwrap().unwrap_err();
        assert_eq!(&*told, "the disk is full");
        assert_eq!(journal.settle().unwrap_err(), told);
    }
}
