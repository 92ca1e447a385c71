//! Rate limits: a bucket that fills steadily, and from which every request takes one.

use serde::Deserialize;

/// How many requests pass.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RateLimit {
    per_second: f64,
    burst: Option<u32>,
    retry_after: Option<bool>,
}

impl RateLimit {
    /// Why the limit makes no sense, if it does not.
    pub(super) fn mistake(&self) -> Option<&'static str> {
        if !(self.per_second.is_finite() && self.per_second > 0.0) {
            return Some("rate_limit needs a per_second above 0");
        }
        (self.burst == Some(0)).then_some("the burst of rate_limit has to be at least 1")
    }

    pub(super) fn per_second(&self) -> f64 {
        self.per_second
    }

    /// How many may come at once; what a second lets through, unless it is said.
    pub(super) fn burst(&self) -> f64 {
        self.burst
            .map_or_else(|| self.per_second.max(1.0), f64::from)
    }

    /// Whether the service tells when to come back is not known, so both can be had.
    fn tells_when(&self) -> bool {
        self.retry_after.unwrap_or(true)
    }
}

/// The state of one limit.
#[derive(Debug)]
pub(super) struct Bucket {
    limit: RateLimit,
    filled: f64,
    at_ms: i64,
}

/// The bucket was empty.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Empty {
    /// Whole seconds until there is something in it again, if that shall be told.
    pub(super) retry_after: Option<u64>,
}

impl Bucket {
    /// A full one.
    pub(super) fn new(limit: RateLimit, now_ms: i64) -> Self {
        Self {
            limit,
            filled: limit.burst(),
            at_ms: now_ms,
        }
    }

    pub(super) fn take(&mut self, now_ms: i64) -> Result<(), Empty> {
        let seconds = now_ms.saturating_sub(self.at_ms).max(0) as f64 / 1000.0;
        self.at_ms = self.at_ms.max(now_ms);
        self.filled = (self.filled + seconds * self.limit.per_second).min(self.limit.burst());
        if self.filled >= 1.0 {
            self.filled -= 1.0;
            return Ok(());
        }
        let missing = (1.0 - self.filled) / self.limit.per_second;
        // A fraction too small to matter is rounded up to a whole second all the same: coming early is refused again.
        let seconds = missing.ceil().max(1.0) as u64;
        Err(Empty {
            retry_after: self.limit.tells_when().then_some(seconds),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket(json: &str) -> Bucket {
        Bucket::new(serde_json::from_str(json).unwrap(), 1_000)
    }

    #[test]
    fn a_burst_passes_and_then_the_rate() {
        let mut bucket = bucket(r#"{"per_second":2,"burst":3}"#);
        for _ in 0..3 {
            assert_eq!(bucket.take(1_000), Ok(()));
        }
        let empty = Err(Empty {
            retry_after: Some(1),
        });
        assert_eq!(bucket.take(1_000), empty);
        assert_eq!(bucket.take(1_499), empty);
        assert_eq!(bucket.take(1_500), Ok(()));
        assert_eq!(bucket.take(1_500), empty);
        // However long nobody came, no more than the burst passes.
        assert_eq!((0..9).filter(|_| bucket.take(900_000).is_ok()).count(), 3);
    }

    #[test]
    fn over_a_long_time_the_rate_is_kept() {
        let mut bucket = bucket(r#"{"per_second":7,"burst":1}"#);
        let passed = (0..60_000)
            .filter(|ms| bucket.take(1_000 + ms).is_ok())
            .count();
        assert!((415..=421).contains(&passed), "{passed}");
    }

    #[test]
    fn slow_limits_tell_how_long_to_wait_or_do_not() {
        let mut slow = bucket(r#"{"per_second":0.1}"#);
        assert_eq!(slow.take(1_000), Ok(()));
        assert_eq!(slow.take(1_000).unwrap_err().retry_after, Some(10));
        assert_eq!(slow.take(6_500).unwrap_err().retry_after, Some(5));
        let mut silent = bucket(r#"{"per_second":1,"retry_after":false}"#);
        assert_eq!(silent.take(1_000), Ok(()));
        assert_eq!(silent.take(1_000).unwrap_err().retry_after, None);
    }
}
