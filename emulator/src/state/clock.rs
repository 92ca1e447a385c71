//! The tenant's clock: real time plus an offset that tests can move.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::Timestamp;

/// Time as the tenant sees it. Everything that expires asks this clock, so moving it expires things without waiting.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    offset_ms: AtomicI64,
}

impl Clock {
    pub(crate) fn now_ms(&self) -> i64 {
        Timestamp::now()
            .as_millisecond()
            .saturating_add(self.offset_ms.load(Ordering::Relaxed))
    }

    pub(crate) fn now(&self) -> Timestamp {
        let shifted = Timestamp::now()
            .as_nanosecond()
            .saturating_add(i128::from(self.offset_ms.load(Ordering::Relaxed)) * 1_000_000);
        Timestamp::from_nanosecond(shifted).unwrap_or(Timestamp::MAX)
    }

    /// A clock that was moved before.
    pub(crate) fn moved_by_ms(offset_ms: i64) -> Self {
        Self {
            offset_ms: AtomicI64::new(offset_ms),
        }
    }

    /// How far the clock was moved altogether.
    pub(crate) fn offset_ms(&self) -> i64 {
        self.offset_ms.load(Ordering::Relaxed)
    }

    /// Moves the clock forward. It never runs backwards: tokens that expired stay expired.
    pub(crate) fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        let _ = self
            .offset_ms
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |old| {
                Some(old.saturating_add(by))
            });
    }
}
