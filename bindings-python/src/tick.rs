//! How often a waiting call lets Python handle signals, so that Ctrl-C works.

use std::{future::Future, pin::Pin, time::Duration};

use tokio::time::{Instant, Sleep, sleep};

/// Less than the 50 ms in which a call that is given up has to free its connection.
const EVERY: Duration = Duration::from_millis(40);

/// A timer that is kept from one call to the next. A new one for each call would wake the runtime's driver twice, because it
/// would always be the next to expire.
#[derive(Default)]
pub(crate) struct Tick(Option<Pin<Box<Sleep>>>);

impl Tick {
    /// Waits for `run`, but only until the next tick, and returns none then.
    pub(crate) async fn wait<F: Future>(&mut self, run: Pin<&mut F>) -> Option<F::Output> {
        let timer = self.0.get_or_insert_with(|| Box::pin(sleep(EVERY)));
        let now = Instant::now();
        if timer.deadline() <= now {
            timer.as_mut().reset(now + EVERY);
        }
        tokio::select! {
            biased;
            outcome = run => Some(outcome),
            () = timer => None,
        }
    }
}
