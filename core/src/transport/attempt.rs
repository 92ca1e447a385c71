//! When and how long after a failure a request is sent again.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tower::retry::budget::{Budget, TpsBudget};

use super::Failure;
use crate::{
    error::{Delivery, Error, ErrorKind, Result},
    operation::Retry,
};

/// Shortest and longest wait before a request is sent again, when the service does not say how long.
const DELAYS: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(8));

/// Repeats that a client may make: a share of its requests, and some each second besides. When everything fails,
/// repeating everything would only make it worse.
const BUDGET_SHARE: f32 = 0.2;
const BUDGET_PER_SECOND: u32 = 10;
const BUDGET_MEMORY: Duration = Duration::from_secs(10);

/// Limits of repeating, shared by all calls of a client.
#[derive(Debug, Clone)]
pub(crate) struct RetryPolicy {
    /// Repetitions after the first attempt.
    pub(crate) max_retries: u32,
    /// Longest wait that the service may ask for; beyond it the error is returned at once.
    pub(crate) max_retry_after: Duration,
    /// Whether nobody is spared by waiting, or by repeating less: a tape is played.
    pub(crate) at_once: bool,
    repeats: Arc<Repeats>,
}

/// What may be repeated, and what was.
#[derive(Debug)]
struct Repeats {
    budget: TpsBudget,
    made: AtomicU64,
    refused: AtomicU64,
}

impl RetryPolicy {
    /// Repeats that were made, and that were not because too many had been made.
    pub(crate) fn repeats(&self) -> (u64, u64) {
        let Repeats { made, refused, .. } = &*self.repeats;
        (
            made.load(Ordering::Relaxed),
            refused.load(Ordering::Relaxed),
        )
    }

    fn may_repeat_one(&self) -> bool {
        let may = self.repeats.budget.withdraw() || self.at_once;
        let count = match may {
            true => &self.repeats.made,
            false => &self.repeats.refused,
        };
        count.fetch_add(1, Ordering::Relaxed);
        may
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        let budget = TpsBudget::new(BUDGET_MEMORY, BUDGET_PER_SECOND, BUDGET_SHARE);
        Self {
            max_retries: 2,
            max_retry_after: Duration::from_secs(60),
            at_once: false,
            repeats: Arc::new(Repeats {
                budget,
                made: AtomicU64::new(0),
                refused: AtomicU64::new(0),
            }),
        }
    }
}

/// Is told how long is waited after which attempt, and why.
pub(crate) trait Told: FnOnce(u32, Duration, &Error) {}

impl<F: FnOnce(u32, Duration, &Error)> Told for F {}

/// The attempts of one call.
#[derive(Debug)]
pub(crate) struct Attempts<'a> {
    policy: &'a RetryPolicy,
    class: Retry,
    left: u32,
    delay: Duration,
    /// Requests sent so far.
    pub(crate) sent: u32,
}

impl<'a> Attempts<'a> {
    pub(crate) fn new(policy: &'a RetryPolicy, class: Retry) -> Self {
        policy.repeats.budget.deposit();
        Self {
            policy,
            class,
            left: policy.max_retries,
            delay: DELAYS.0,
            sent: 0,
        }
    }

    /// Waits until the request may be sent again, or gives the error back when it may not.
    pub(crate) async fn pause(&mut self, error: Error, told: impl Told) -> Result<()> {
        match self.wait_after(&error) {
            Some(wait) => {
                told(self.sent, wait, &error);
                tokio::time::sleep(wait).await;
                Ok(())
            }
            None => Err(error),
        }
    }

    /// The same before looking whether the request was carried out: nobody looks while it may still be under way.
    pub(crate) async fn pause_to_look(&mut self, error: Error) -> Result<()> {
        let wait = self.wait_after(&error);
        tokio::time::sleep(wait.unwrap_or_else(|| self.next_delay())).await;
        wait.map(drop).ok_or(error)
    }

    fn wait_after(&mut self, error: &Error) -> Option<Duration> {
        let asked = error.details().retry_after;
        if !self.may_repeat(error) || asked > Some(self.policy.max_retry_after) {
            return None;
        }
        self.left = self.left.checked_sub(1)?;
        let delay = self.next_delay();
        self.policy
            .may_repeat_one()
            .then(|| asked.map_or(delay, |asked| asked.max(delay)))
            .map(|wait| match self.policy.at_once {
                true => Duration::ZERO,
                false => wait,
            })
    }

    /// Decorrelated jitter: callers that failed together do not come back together.
    fn next_delay(&mut self) -> Duration {
        if self.policy.at_once {
            return Duration::ZERO;
        }
        let (shortest, longest) = DELAYS;
        let most = (self.delay * 3).min(longest);
        let spread = (most - shortest).mul_f64(fastrand::f64());
        self.delay = shortest + spread;
        self.delay
    }

    /// A write is repeated only when it cannot have been acted upon: nothing was sent, or it was turned away with 429.
    fn may_repeat(&self, error: &Error) -> bool {
        let details = error.details();
        match (details.kind, details.delivery) {
            (ErrorKind::RateLimited, _) => true,
            (ErrorKind::Connection | ErrorKind::Timeout, Delivery::NotSent) => true,
            (ErrorKind::Connection | ErrorKind::Timeout, _) => self.class != Retry::Write,
            // 500 is how SCIM answers bad input; 501 and 505 do not pass.
            (ErrorKind::Server, _) => {
                self.class != Retry::Write && matches!(details.status, Some(502..=504))
            }
            _ => false,
        }
    }
}

/// The error of a request that got no whole answer.
pub(crate) fn failed(operation: &str, failure: Failure) -> Error {
    let error = Error::new(failure.kind, failure.message).with(|d| {
        d.operation = Some(operation.to_owned());
        d.delivery = failure.delivery;
        d.source = failure.source;
    });
    match failure.hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(kind: ErrorKind, delivery: Delivery, status: Option<u16>) -> Error {
        Error::new(kind, "x").with(|d| {
            d.delivery = delivery;
            d.status = status;
        })
    }

    fn wait(class: Retry, error: &Error) -> Option<Duration> {
        Attempts::new(&RetryPolicy::default(), class).wait_after(error)
    }

    #[test]
    fn a_write_that_may_have_arrived_is_not_repeated() {
        let broken = error(ErrorKind::Connection, Delivery::Unknown, None);
        let silent = error(ErrorKind::Timeout, Delivery::Unknown, None);
        let unavailable = error(ErrorKind::Server, Delivery::Answered, Some(503));
        for ambiguous in [broken, silent, unavailable] {
            assert!(wait(Retry::Write, &ambiguous).is_none());
            assert!(wait(Retry::Idempotent, &ambiguous).is_some());
            assert!(wait(Retry::Safe, &ambiguous).is_some());
        }
        let unsent = error(ErrorKind::Connection, Delivery::NotSent, None);
        assert!(wait(Retry::Write, &unsent).is_some());
    }

    #[test]
    fn the_service_is_obeyed_up_to_the_limit() {
        let limited = |seconds| {
            error(ErrorKind::RateLimited, Delivery::Answered, Some(429))
                .with(|d| d.retry_after = Some(Duration::from_secs(seconds)))
        };
        assert_eq!(
            wait(Retry::Write, &limited(30)),
            Some(Duration::from_secs(30))
        );
        assert_eq!(wait(Retry::Write, &limited(61)), None);
    }

    #[test]
    fn it_ends() {
        let policy = RetryPolicy::default();
        let mut attempts = Attempts::new(&policy, Retry::Safe);
        let unavailable = error(ErrorKind::Server, Delivery::Answered, Some(503));
        let waits = std::iter::from_fn(|| attempts.wait_after(&unavailable))
            .take(10)
            .count();
        assert_eq!(waits, 2);
        let broken = error(ErrorKind::Server, Delivery::Answered, Some(500));
        assert!(wait(Retry::Safe, &broken).is_none());
    }

    #[test]
    fn waits_differ_and_grow_within_their_bounds() {
        let policy = RetryPolicy {
            max_retries: 8,
            ..RetryPolicy::default()
        };
        let all: Vec<Duration> = (0..20)
            .flat_map(|_| {
                let mut attempts = Attempts::new(&policy, Retry::Safe);
                (0..8)
                    .map(move |_| attempts.next_delay())
                    .collect::<Vec<_>>()
            })
            .collect();
        assert!(all.iter().all(|wait| (DELAYS.0..=DELAYS.1).contains(wait)));
        let firsts: Vec<_> = all.iter().step_by(8).collect();
        assert!(firsts.iter().any(|wait| *wait != firsts[0]));
        assert!(firsts.iter().all(|wait| **wait <= DELAYS.0 * 3));
    }

    #[test]
    fn when_everything_fails_only_a_share_is_repeated() {
        let policy = RetryPolicy::default();
        let unavailable = error(ErrorKind::Server, Delivery::Answered, Some(503));
        let repeated = (0..10_000)
            .filter(|_| {
                Attempts::new(&policy, Retry::Safe)
                    .wait_after(&unavailable)
                    .is_some()
            })
            .count();
        assert!((1_500..3_000).contains(&repeated), "{repeated}");
    }
}
