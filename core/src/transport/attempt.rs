//! When and how long after a failure a request is sent again.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};

use super::Failure;
use crate::{
    error::{Delivery, Error, ErrorKind, Result},
    operation::Retry,
};

/// Limits of repeating.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RetryPolicy {
    /// Repetitions after the first attempt.
    pub(crate) max_retries: u32,
    /// Longest wait that the service may ask for; beyond it the error is returned at once.
    pub(crate) max_retry_after: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_retries: 2,
            max_retry_after: Duration::from_secs(60),
        }
    }
}

/// The attempts of one call.
#[derive(Debug)]
pub(crate) struct Attempts {
    policy: RetryPolicy,
    class: Retry,
    delays: ExponentialBackoff,
    /// Requests sent so far.
    pub(crate) sent: u32,
}

impl Attempts {
    pub(crate) fn new(policy: RetryPolicy, class: Retry) -> Self {
        let delays = ExponentialBuilder::default()
            .with_min_delay(Duration::from_millis(200))
            .with_max_delay(Duration::from_secs(8))
            .with_max_times(policy.max_retries as usize)
            .with_jitter()
            .build();
        Self {
            policy,
            class,
            delays,
            sent: 0,
        }
    }

    /// Waits until the request may be sent again, or gives the error back when it may not.
    pub(crate) async fn pause(&mut self, error: Error) -> Result<()> {
        match self.wait_after(&error) {
            Some(wait) => {
                tokio::time::sleep(wait).await;
                Ok(())
            }
            None => Err(error),
        }
    }

    fn wait_after(&mut self, error: &Error) -> Option<Duration> {
        if !self.may_repeat(error) {
            return None;
        }
        let delay = self.delays.next()?;
        match error.details().retry_after {
            Some(asked) if asked > self.policy.max_retry_after => None,
            Some(asked) => Some(asked.max(delay)),
            None => Some(delay),
        }
    }

    /// A write is repeated only when it cannot have been acted upon: nothing was sent, or it was turned away with 429.
    fn may_repeat(&self, error: &Error) -> bool {
        let details = error.details();
        match (details.kind, details.delivery) {
            (ErrorKind::RateLimited, _) | (ErrorKind::Connection, Delivery::NotSent) => true,
            (ErrorKind::Connection, _) => self.class != Retry::Write,
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
    let kind = if failure.timeout {
        ErrorKind::Timeout
    } else {
        ErrorKind::Connection
    };
    Error::new(kind, failure.message).with(|d| {
        d.operation = Some(operation.to_owned());
        d.delivery = failure.delivery;
        d.source = failure.source;
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempts(class: Retry) -> Attempts {
        Attempts::new(RetryPolicy::default(), class)
    }

    fn error(kind: ErrorKind, delivery: Delivery, status: Option<u16>) -> Error {
        Error::new(kind, "x").with(|d| {
            d.delivery = delivery;
            d.status = status;
        })
    }

    #[test]
    fn a_write_that_may_have_arrived_is_not_repeated() {
        let broken = error(ErrorKind::Connection, Delivery::Unknown, None);
        let unavailable = error(ErrorKind::Server, Delivery::Answered, Some(503));
        for ambiguous in [broken, unavailable] {
            assert!(attempts(Retry::Write).wait_after(&ambiguous).is_none());
            assert!(attempts(Retry::Idempotent).wait_after(&ambiguous).is_some());
            assert!(attempts(Retry::Safe).wait_after(&ambiguous).is_some());
        }
        let unsent = error(ErrorKind::Connection, Delivery::NotSent, None);
        assert!(attempts(Retry::Write).wait_after(&unsent).is_some());
    }

    #[test]
    fn the_service_is_obeyed_up_to_the_limit() {
        let limited = |seconds| {
            error(ErrorKind::RateLimited, Delivery::Answered, Some(429))
                .with(|d| d.retry_after = Some(Duration::from_secs(seconds)))
        };
        let wait = attempts(Retry::Write).wait_after(&limited(30));
        assert_eq!(wait, Some(Duration::from_secs(30)));
        assert_eq!(attempts(Retry::Write).wait_after(&limited(61)), None);
    }

    #[test]
    fn it_ends() {
        let mut attempts = attempts(Retry::Safe);
        let unavailable = error(ErrorKind::Server, Delivery::Answered, Some(503));
        let waits = std::iter::from_fn(|| attempts.wait_after(&unavailable))
            .take(10)
            .count();
        assert_eq!(waits, 2);
        let broken = error(ErrorKind::Server, Delivery::Answered, Some(500));
        assert!(
            super::Attempts::new(RetryPolicy::default(), Retry::Safe)
                .wait_after(&broken)
                .is_none()
        );
    }
}
