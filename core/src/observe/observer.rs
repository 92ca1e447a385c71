//! Observers of calls.

use std::{
    any::Any,
    error, fmt,
    future::{Future, ready},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures_util::FutureExt;

use super::{CallEnd, CallStart, Event, Level};
use crate::transport::BoxFuture;

/// Result of a hook. An error is reported to observers and to `tracing`, and the call goes on.
pub type HookResult = Result<(), Box<dyn error::Error + Send + Sync>>;

/// Receives what happens in the calls of a client, and may add headers to them.
///
/// None of its methods can make a call fail: errors are reported as an event, and panics are caught.
pub trait Observer: fmt::Debug + Send + Sync + 'static {
    /// The lowest level of the events it wants to receive; none for no events. Asked at the beginning of each call, so it has
    /// to be quick.
    fn level(&self) -> Option<Level> {
        None
    }

    /// Whether its hooks should run.
    fn has_hooks(&self) -> bool {
        false
    }

    /// Something happened. Called in the middle of a call, so it must not block.
    fn event(&self, event: &Event<'_>) {
        let _ = event;
    }

    /// Runs before a call. It has as much time as a call may take, which does not count towards the call's time-out.
    fn before<'a>(&'a self, start: &'a mut CallStart) -> BoxFuture<'a, HookResult> {
        let _ = start;
        Box::pin(ready(Ok(())))
    }

    /// Runs after a call. It has as much time as a call may take, and the caller waits for it.
    fn after<'a>(&'a self, end: &'a CallEnd) -> BoxFuture<'a, HookResult> {
        let _ = end;
        Box::pin(ready(Ok(())))
    }

    /// Runs in place of [`after`](Self::after) for a call that nobody waits for any more.
    fn cancelled(&self, end: &CallEnd) {
        let _ = end;
    }
}

/// The observers of a client.
#[derive(Debug, Default)]
pub(crate) struct Observers {
    all: Vec<Arc<dyn Observer>>,
    /// Whether one of these has failed: before, after.
    failed: [AtomicBool; 2],
}

impl Observers {
    pub(crate) fn new(all: Vec<Arc<dyn Observer>>) -> Self {
        let failed = Default::default();
        Self { all, failed }
    }

    pub(super) fn level(&self) -> Option<Level> {
        self.all.iter().filter_map(|one| one.level()).min()
    }

    pub(super) fn has_hooks(&self) -> bool {
        self.all.iter().any(|one| one.has_hooks())
    }

    pub(super) fn tell(&self, event: &Event<'_>, level: Level) {
        for one in &self.all {
            if one.level().is_some_and(|least| level >= least) {
                // There is nobody left to report a panic to.
                let _ = catch_unwind(AssertUnwindSafe(|| one.event(event)));
            }
        }
    }

    /// Those whose hooks should run.
    pub(super) fn with_hooks(&self) -> impl Iterator<Item = &dyn Observer> {
        let all = self.all.iter().map(|one| &**one);
        all.filter(|one| one.has_hooks())
    }

    pub(super) fn cancelled(&self, end: &CallEnd) {
        for one in self.with_hooks() {
            // There is nobody left to report a panic to.
            let _ = catch_unwind(AssertUnwindSafe(|| one.cancelled(end)));
        }
    }

    /// Whether this is the first time that this hook fails.
    pub(super) fn fails_first(&self, hook: &str) -> bool {
        !self.failed[usize::from(hook == "after")].swap(true, Ordering::Relaxed)
    }
}

/// Runs a hook that may neither panic nor take longer than a call.
pub(super) async fn guarded(limit: Duration, hook: impl Future<Output = HookResult>) -> HookResult {
    match tokio::time::timeout(limit, AssertUnwindSafe(hook).catch_unwind()).await {
        Ok(Ok(result)) => result,
        Ok(Err(panic)) => Err(words_of(&*panic).into()),
        Err(_) => Err(format!("it took longer than {} s", limit.as_secs_f64()).into()),
    }
}

fn words_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    format!("it panicked: {}", text.unwrap_or_default())
}

/// A function that is run before or after each call.
pub(crate) struct Hook<B, A> {
    pub(crate) before: B,
    pub(crate) after: A,
}

impl<B, A> fmt::Debug for Hook<B, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hook")
    }
}

impl<B, A> Observer for Hook<B, A>
where
    B: Fn(&mut CallStart) -> HookResult + Send + Sync + 'static,
    A: Fn(&CallEnd) -> HookResult + Send + Sync + 'static,
{
    fn has_hooks(&self) -> bool {
        true
    }

    fn before<'a>(&'a self, start: &'a mut CallStart) -> BoxFuture<'a, HookResult> {
        Box::pin(async { (self.before)(start) })
    }

    fn after<'a>(&'a self, end: &'a CallEnd) -> BoxFuture<'a, HookResult> {
        Box::pin(async { (self.after)(end) })
    }

    fn cancelled(&self, end: &CallEnd) {
        let _ = (self.after)(end);
    }
}
