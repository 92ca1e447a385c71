//! Pacing: how many requests of a client may be in progress at once, learnt from how the service copes with them.
//!
//! The number grows while all goes well (by one for each answer at first, then by one for each round of answers), is halved
//! when the service refuses requests (429, 503), and reduced when answers take longer and longer. A `Retry-After` holds back
//! all callers. Nothing here is bound to a runtime, so callers on different runtimes share it.

mod latency;
mod limits;
#[cfg(test)]
mod tests;

use std::{
    mem,
    pin::pin,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::{Notify, Semaphore},
    time::Instant,
};

use self::latency::Latency;
pub use self::limits::{Limited, Limits};

/// Where the number starts.
const START: usize = 16;

/// Requests that may be under way unless the settings say otherwise.
pub(super) const MOST: usize = 256;

/// Part of the number that is left after the service turned requests away, and after answers came late.
const AFTER_REFUSAL: f64 = 0.5;
const AFTER_DELAY: f64 = 0.9;

/// Lets requests out at the rate that the service bears.
#[derive(Debug)]
pub(super) struct Pace {
    /// Places that are free, and the line of those who wait for one.
    places: Semaphore,
    waiting: AtomicUsize,
    /// Tells those in line that they are held back, or no longer.
    hold_changed: Notify,
    /// Longest time for which a `Retry-After` holds back all callers. Nobody can wait for longer, so it is left to each.
    longest_hold: Duration,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    limit: f64,
    most: usize,
    /// Places that were taken away while they were in use.
    owed: usize,
    /// Free places that nobody gets while all are held back.
    withheld: usize,
    in_flight: usize,
    growing_fast: bool,
    latency: Latency,
    reduced_at: Option<Instant>,
    /// Until when nobody is let out.
    held_until: Option<Instant>,
    count: limits::Count,
}

/// How an attempt ended, as far as pacing is concerned.
#[derive(Debug, Clone, Copy)]
pub(super) enum Signal {
    /// Answered.
    Fine,
    /// Turned away.
    Refused(Limited),
    /// It tells nothing: no connection, cancelled.
    Nothing,
}

/// Why a request was not let out.
pub(super) struct Held {
    /// How long the service asked to wait.
    pub(super) retry_after: Duration,
}

impl Pace {
    pub(super) fn new(most: usize, longest_hold: Duration) -> Self {
        let start = START.min(most);
        Self {
            places: Semaphore::new(start),
            waiting: AtomicUsize::new(0),
            hold_changed: Notify::new(),
            longest_hold,
            state: Mutex::new(State {
                limit: start as f64,
                most,
                owed: 0,
                withheld: 0,
                in_flight: 0,
                growing_fast: true,
                latency: Latency::default(),
                reduced_at: None,
                held_until: None,
                count: limits::Count::default(),
            }),
        }
    }

    /// Waits for a place, first come first served. Not beyond `deadline`, when the service asked to wait for longer.
    /// `held` is told when it has to wait, and for how long the service asked all callers to.
    pub(super) async fn enter(
        &self,
        deadline: Option<Instant>,
        held: impl FnOnce(Option<Duration>),
    ) -> Result<Place<'_>, Held> {
        let came = Instant::now();
        if let Some(place) = self.enter_at_once(came) {
            return Ok(place);
        }
        held(self.held_for(came));
        self.stand_in_line(deadline).await?;
        let now = Instant::now();
        Ok(self.let_out(&mut self.state(), now, Some(now - came)))
    }

    fn enter_at_once(&self, now: Instant) -> Option<Place<'_>> {
        let mut state = self.state();
        self.end_hold(&mut state, now);
        self.places.try_acquire().ok()?.forget();
        Some(self.let_out(&mut state, now, None))
    }

    /// Waits for a place and takes it. A hold keeps the places back, and so the line stays as it is.
    async fn stand_in_line(&self, deadline: Option<Instant>) -> Result<(), Held> {
        let _waiting = Waiting::new(&self.waiting);
        let mut place = pin!(self.places.acquire());
        loop {
            let hold_changed = self.hold_changed.notified();
            let until = self.state().held_until;
            if let Some(until) = until.filter(|until| deadline.is_some_and(|end| *until > end)) {
                return Err(Held {
                    retry_after: until - Instant::now(),
                });
            }
            tokio::select! {
                biased;
                place = &mut place => {
                    // It is never closed.
                    place.map_err(|_| Held { retry_after: Duration::ZERO })?.forget();
                    return Ok(());
                }
                () = sleep_until(until) => self.end_hold(&mut self.state(), Instant::now()),
                () = hold_changed => {}
            }
        }
    }

    fn let_out(&self, state: &mut State, now: Instant, waited: Option<Duration>) -> Place<'_> {
        state.in_flight += 1;
        state.count.let_out(now, waited);
        Place {
            pace: self,
            since: now,
            signal: Signal::Nothing,
        }
    }

    /// Hands out what was withheld once the time is over. Whoever comes first does that, for all.
    fn end_hold(&self, state: &mut State, now: Instant) {
        if state.held_until.take_if(|until| *until <= now).is_some() {
            self.share_out(state, 0);
            self.hold_changed.notify_waiters();
        }
    }

    /// Gives free places to those who wait, unless they are owed or withheld.
    fn share_out(&self, state: &mut State, freed: usize) {
        state.owed -= self.places.forget_permits(state.owed);
        state.withheld += freed;
        let paid = state.owed.min(state.withheld);
        state.owed -= paid;
        state.withheld -= paid;
        if state.held_until.is_some() {
            state.withheld += self.places.forget_permits(usize::MAX);
        } else {
            self.places.add_permits(mem::take(&mut state.withheld));
        }
    }

    fn held_for(&self, now: Instant) -> Option<Duration> {
        let until = self.state().held_until?;
        until.checked_duration_since(now)
    }

    /// A picture of this moment.
    pub(super) fn limits(&self) -> Limits {
        let now = Instant::now();
        let mut state = self.state();
        let held_for = state
            .held_until
            .and_then(|until| until.checked_duration_since(now))
            .filter(|left| !left.is_zero());
        Limits {
            limit: Some(state.limit as usize),
            in_flight: state.in_flight,
            waiting: self.waiting.load(Ordering::Relaxed),
            held_for,
            ..state.count.limits(now)
        }
    }

    fn leave(&self, since: Instant, signal: Signal) {
        let now = Instant::now();
        let mut state = self.state();
        state.in_flight -= 1;
        let before = state.limit as usize;
        match signal {
            Signal::Fine => state.fine(now, since),
            Signal::Refused(limited) => {
                state.refused(now, since, limited);
                self.hold(&mut state, now, limited.retry_after);
            }
            Signal::Nothing => {}
        }
        let after = state.limit as usize;
        state.owed += before.saturating_sub(after);
        self.share_out(&mut state, 1 + after.saturating_sub(before));
    }

    fn hold(&self, state: &mut State, now: Instant, asked: Option<Duration>) {
        let asked = asked.filter(|asked| *asked <= self.longest_hold);
        let until = asked.map(|asked| now + asked);
        if until > state.held_until {
            state.held_until = until;
            self.hold_changed.notify_waiters();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn fine(&mut self, now: Instant, since: Instant) {
        let in_use = (self.in_flight + 1) as f64 * 2.0 >= self.limit;
        if self.latency.rises(now - since) && in_use {
            self.reduce(now, since, AFTER_DELAY);
        } else if in_use {
            let step = if self.growing_fast {
                1.0
            } else {
                1.0 / self.limit
            };
            self.limit = (self.limit + step).min(self.most as f64);
        }
    }

    fn refused(&mut self, now: Instant, since: Instant, limited: Limited) {
        self.reduce(now, since, AFTER_REFUSAL);
        self.count.limited(now, limited);
    }

    /// Once for all requests that were under way together: they tell of the same moment.
    fn reduce(&mut self, now: Instant, since: Instant, part: f64) {
        if self.reduced_at.is_some_and(|at| since <= at) {
            return;
        }
        self.limit = (self.limit * part).max(1.0);
        self.growing_fast = false;
        self.reduced_at = Some(now);
    }
}

/// A request under way. Dropping it makes room for the next.
pub(super) struct Place<'a> {
    pace: &'a Pace,
    since: Instant,
    signal: Signal,
}

impl Place<'_> {
    pub(super) fn ended(mut self, signal: Signal) {
        self.signal = signal;
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.pace.leave(self.since, self.signal);
    }
}

/// For ever, when there is no end.
async fn sleep_until(end: Option<Instant>) {
    match end {
        Some(end) => tokio::time::sleep_until(end).await,
        None => std::future::pending().await,
    }
}

struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
