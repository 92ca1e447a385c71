//! What a client tells of its pace.

use std::time::Duration;

use tokio::time::Instant;

/// Time over which the rate is taken.
const WINDOW: Duration = Duration::from_secs(5);

/// Pacing of a client: its current limit, the load, and the last refusal.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Limits {
    /// Requests that may be in progress at once; none when pacing is off.
    pub limit: Option<usize>,
    /// Requests in progress.
    pub in_flight: usize,
    /// Requests that wait for their turn.
    pub waiting: usize,
    /// Requests sent per second, averaged over the last five to ten seconds.
    pub rate: f64,
    /// Requests sent.
    pub requests: u64,
    /// How many of them had to wait for their turn.
    pub waits: u64,
    /// How long these waited in total.
    pub waited: Duration,
    /// How long all requests are still held back because the service asked to wait.
    pub held_for: Option<Duration>,
    /// The last refusal by the service.
    pub limited: Option<Limited>,
    /// How long ago that was.
    pub limited_ago: Option<Duration>,
    /// Retries that were made.
    pub retries: u64,
    /// Retries that were refused, because the client had used up its retry budget: a fifth of its requests, plus ten a
    /// second.
    pub retries_refused: u64,
}

/// A request that the service refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limited {
    /// HTTP status: 429 or 503.
    pub status: u16,
    /// How long the service asked to wait.
    pub retry_after: Option<Duration>,
}

/// What is counted.
#[derive(Debug, Default)]
pub(super) struct Count {
    requests: u64,
    waits: u64,
    waited: Duration,
    last: Option<(Instant, Limited)>,
    window: Option<Instant>,
    in_window: u64,
    in_window_before: u64,
}

impl Count {
    pub(super) fn let_out(&mut self, now: Instant, waited: Option<Duration>) {
        self.turn_over(now);
        self.requests += 1;
        self.in_window += 1;
        if let Some(waited) = waited {
            self.waits += 1;
            self.waited += waited;
        }
    }

    pub(super) fn limited(&mut self, now: Instant, limited: Limited) {
        self.last = Some((now, limited));
    }

    pub(super) fn limits(&mut self, now: Instant) -> Limits {
        self.turn_over(now);
        let age = self.window.map_or(Duration::ZERO, |start| now - start);
        let counted = match self.in_window_before {
            0 => age.max(Duration::from_secs(1)),
            _ => WINDOW + age,
        };
        Limits {
            rate: (self.in_window + self.in_window_before) as f64 / counted.as_secs_f64(),
            requests: self.requests,
            waits: self.waits,
            waited: self.waited,
            limited: self.last.map(|(_, limited)| limited),
            limited_ago: self.last.map(|(at, _)| now - at),
            ..Limits::default()
        }
    }

    fn turn_over(&mut self, now: Instant) {
        let start = *self.window.get_or_insert(now);
        let age = now - start;
        if age < WINDOW {
            return;
        }
        self.in_window_before = if age < WINDOW * 2 { self.in_window } else { 0 };
        self.in_window = 0;
        self.window = Some(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_that_of_the_last_seconds() {
        let start = Instant::now();
        let mut count = Count::default();
        for second in 0..6 {
            for _ in 0..10 {
                count.let_out(start + Duration::from_secs(second), None);
            }
        }
        let now = count.limits(start + Duration::from_secs(6));
        assert!((9.0..=11.0).contains(&now.rate), "{}", now.rate);
        assert_eq!(now.requests, 60);
        let later = count.limits(start + Duration::from_secs(60));
        assert_eq!(later.rate, 0.0);
    }
}
