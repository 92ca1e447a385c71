//! Pacing: how many requests of a client may be under way, learnt from how the service bears them.
//!
//! The number grows while all goes well (by one for each answer at first, then by one for each round of answers), is
//! halved when the service turns requests away (429, 503), and reduced when answers come later and later. A
//! `Retry-After` holds back all callers. Nothing here is bound to a runtime, so callers on different ones share it.

mod latency;
mod limits;

use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{sync::Semaphore, time::Instant};

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
    /// Places that are free.
    places: Semaphore,
    waiting: AtomicUsize,
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
    in_flight: usize,
    growing_fast: bool,
    latency: Latency,
    reduced_at: Option<Instant>,
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
            longest_hold,
            state: Mutex::new(State {
                limit: start as f64,
                most,
                owed: 0,
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
    pub(super) async fn enter(&self, deadline: Option<Instant>) -> Result<Place<'_>, Held> {
        let came = Instant::now();
        let mut waited = false;
        loop {
            waited |= self.wait_while_held(deadline).await?;
            let place = match self.places.try_acquire() {
                Ok(place) => place,
                Err(_) => {
                    waited = true;
                    let _waiting = Waiting::new(&self.waiting);
                    // It is never closed.
                    self.places.acquire().await.map_err(|_| Held {
                        retry_after: Duration::ZERO,
                    })?
                }
            };
            let now = Instant::now();
            let mut state = self.state();
            // Whoever stood in line when the service asked to wait waits, too.
            if state.held_until.is_some_and(|until| until > now) {
                continue;
            }
            place.forget();
            state.in_flight += 1;
            state.count.let_out(now, waited.then(|| now - came));
            return Ok(Place {
                pace: self,
                since: now,
                signal: Signal::Nothing,
            });
        }
    }

    /// True when it waited.
    async fn wait_while_held(&self, deadline: Option<Instant>) -> Result<bool, Held> {
        let mut waited = false;
        while let Some(until) = self.held_until() {
            if deadline.is_some_and(|deadline| until > deadline) {
                return Err(Held {
                    retry_after: until - Instant::now(),
                });
            }
            waited = true;
            let _waiting = Waiting::new(&self.waiting);
            tokio::time::sleep_until(until).await;
        }
        Ok(waited)
    }

    fn held_until(&self) -> Option<Instant> {
        let mut state = self.state();
        state.held_until = state.held_until.filter(|until| *until > Instant::now());
        state.held_until
    }

    /// A picture of this moment.
    pub(super) fn limits(&self) -> Limits {
        let now = Instant::now();
        let mut state = self.state();
        let held_for = state
            .held_until
            .and_then(|until| until.checked_duration_since(now));
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
                let asked = limited
                    .retry_after
                    .filter(|asked| *asked <= self.longest_hold);
                state.refused(now, since, limited);
                state.held_until = state.held_until.max(asked.map(|asked| now + asked));
            }
            Signal::Nothing => {}
        }
        let after = state.limit as usize;
        let mut free = 1 + after.saturating_sub(before);
        state.owed += before.saturating_sub(after);
        let paid = state.owed.min(free);
        state.owed -= paid;
        free -= paid;
        state.owed -= self.places.forget_permits(state.owed);
        drop(state);
        self.places.add_permits(free);
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

#[cfg(test)]
mod tests {
    use super::*;

    const HOLD: Duration = Duration::from_secs(60);

    const REFUSED: Signal = Signal::Refused(Limited {
        status: 429,
        retry_after: None,
    });

    async fn place(pace: &Pace) -> Place<'_> {
        pace.enter(None).await.ok().unwrap()
    }

    fn limit(pace: &Pace) -> usize {
        pace.limits().limit.unwrap()
    }

    async fn round(pace: &Pace, count: usize, signal: Signal) {
        let mut places = Vec::new();
        for _ in 0..count {
            places.push(place(pace).await);
        }
        places.into_iter().for_each(|place| place.ended(signal));
    }

    #[tokio::test(start_paused = true)]
    async fn grows_while_it_is_used_up_to_the_most() {
        let pace = Pace::new(40, HOLD);
        round(&pace, 1, Signal::Fine).await;
        assert_eq!(limit(&pace), START, "one at a time needs no more");
        round(&pace, START, Signal::Fine).await;
        assert!(limit(&pace) > START);
        for _ in 0..5 {
            round(&pace, limit(&pace), Signal::Fine).await;
        }
        assert_eq!(limit(&pace), 40);
    }

    #[tokio::test(start_paused = true)]
    async fn a_storm_of_refusals_halves_it_once() {
        let pace = Pace::new(256, HOLD);
        round(&pace, START, REFUSED).await;
        assert_eq!(limit(&pace), START / 2);
        assert_eq!(pace.limits().in_flight, 0);
        // And as many places are left.
        let places: Vec<_> = (0..START / 2).map(|_| pace.places.try_acquire()).collect();
        assert!(places.iter().all(Result::is_ok));
        assert!(pace.places.try_acquire().is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn it_never_reaches_zero_and_recovers_slowly() {
        let pace = Pace::new(256, HOLD);
        for _ in 0..20 {
            tokio::time::advance(Duration::from_millis(1)).await;
            round(&pace, 1, REFUSED).await;
        }
        assert_eq!(limit(&pace), 1);
        round(&pace, 1, Signal::Fine).await;
        assert_eq!(limit(&pace), 2);
        round(&pace, 2, Signal::Fine).await;
        assert_eq!(
            limit(&pace),
            2,
            "one more in a round, not one more for each answer"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn all_wait_for_as_long_as_the_service_asked_one() {
        let pace = Pace::new(256, HOLD);
        let asked = Limited {
            status: 429,
            retry_after: Some(Duration::from_secs(5)),
        };
        place(&pace).await.ended(Signal::Refused(asked));
        let soon = Instant::now() + Duration::from_secs(1);
        let held = pace.enter(Some(soon)).await.err().unwrap();
        assert_eq!(held.retry_after, Duration::from_secs(5));
        let before = Instant::now();
        drop(place(&pace).await);
        assert!(before.elapsed() >= Duration::from_secs(5));
        assert_eq!(pace.limits().waits, 1);
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_stands_in_line_waits_too() {
        let pace = std::sync::Arc::new(Pace::new(1, HOLD));
        let first = place(&pace).await;
        let next = tokio::spawn({
            let pace = pace.clone();
            async move { drop(place(&pace).await) }
        });
        while pace.limits().waiting == 0 {
            tokio::task::yield_now().await;
        }
        let before = Instant::now();
        first.ended(Signal::Refused(Limited {
            status: 503,
            retry_after: Some(Duration::from_secs(5)),
        }));
        next.await.unwrap();
        assert!(before.elapsed() >= Duration::from_secs(5));
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_that_nobody_can_keep_holds_nobody_back() {
        let pace = Pace::new(256, HOLD);
        let asked = Limited {
            status: 429,
            retry_after: Some(Duration::from_secs(3600)),
        };
        place(&pace).await.ended(Signal::Refused(asked));
        assert_eq!(pace.limits().held_for, None);
        assert_eq!(pace.limits().limited, Some(asked));
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_gives_up_waiting_takes_no_place() {
        let pace = Pace::new(1, HOLD);
        let first = place(&pace).await;
        let waiting = tokio::time::timeout(Duration::from_secs(1), pace.enter(None)).await;
        assert!(waiting.is_err());
        assert_eq!(pace.limits().waiting, 0);
        first.ended(Signal::Fine);
        drop(place(&pace).await);
        assert_eq!(pace.limits().in_flight, 0);
    }

    #[tokio::test(start_paused = true)]
    async fn rising_latency_reduces_it_before_anything_is_refused() {
        let pace = Pace::new(64, HOLD);
        let slow = |ms| async move { tokio::time::advance(Duration::from_millis(ms)).await };
        for ms in std::iter::repeat_n(10, 30).chain(std::iter::repeat_n(2_000, 4)) {
            let places: Vec<_> = {
                let mut places = Vec::new();
                for _ in 0..limit(&pace) {
                    places.push(place(&pace).await);
                }
                places
            };
            slow(ms).await;
            places
                .into_iter()
                .for_each(|place| place.ended(Signal::Fine));
        }
        assert!(limit(&pace) < 64, "{}", limit(&pace));
        assert!(pace.limits().limited.is_none());
    }
}
