//! How far apart the clocks of this machine and of the tenant are.

use std::time::{Duration, SystemTime};

use http::header;
use jiff::Timestamp;

use super::{Check, probe::Probe, report::words};

const NAME: &str = "clock";

/// From which difference on it is reported, and from which it is a failure.
const NOTABLE: Duration = Duration::from_secs(60);
const TOO_MUCH: Duration = Duration::from_secs(300);

/// Seconds by which the tenant's clock is ahead of this machine's, if known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Skew(pub(super) Option<i64>);

impl Skew {
    /// The time at the tenant.
    pub(super) fn there(self) -> Timestamp {
        let shift = jiff::SignedDuration::from_secs(self.0.unwrap_or(0));
        let now = Timestamp::now();
        now.checked_add(shift).unwrap_or(now)
    }
}

pub(super) fn check(probe: &Probe) -> (Skew, Check) {
    let answer = probe.outcome.as_ref().ok();
    let date = answer.and_then(|answer| answer.headers.get(header::DATE)?.to_str().ok());
    // HTTP dates have the format of mail dates.
    let there = date.and_then(|date| jiff::fmt::rfc2822::parse(date).ok());
    let here = timestamp(probe.at);
    let (Some(there), Some(here)) = (there, here) else {
        let reason = "the answer does not contain the time";
        return (Skew(None), Check::skipped(NAME, reason));
    };
    let there = there.timestamp();
    let ahead = there.duration_since(here);
    let check = judge(ahead.unsigned_abs(), ahead.is_positive())
        .detail("skew_seconds", ahead.as_secs())
        .detail("tenant", there.to_string())
        .detail("here", here.to_string());
    (Skew(Some(ahead.as_secs())), check)
}

fn judge(apart: Duration, tenant_is_ahead: bool) -> Check {
    if apart < NOTABLE {
        return Check::ok(NAME, "the clocks here and at the tenant agree");
    }
    let (side, breaks) = match tenant_is_ahead {
        true => ("behind", "tokens seem valid here after they have expired"),
        false => (
            "ahead of",
            "tokens seem expired here when they have just been issued",
        ),
    };
    let message = format!(
        "the clock of this machine is {} {side} the tenant's: {breaks}, authenticator codes do not match, and certificates \
         are checked against the wrong date",
        words(apart)
    );
    let check = match apart < TOO_MUCH {
        true => Check::warning(NAME, message),
        false => Check::failed(NAME, message),
    };
    check.hint("set the clock of this machine, or better, synchronize it with a time server (NTP)")
}

fn timestamp(time: SystemTime) -> Option<Timestamp> {
    Timestamp::try_from(time).ok()
}

#[cfg(test)]
mod tests {
    use super::{super::Status, *};

    #[test]
    fn a_minute_is_told_of_and_five_are_too_much() {
        let judged = |seconds| judge(Duration::from_secs(seconds), false).status;
        assert_eq!(judged(59), Status::Ok);
        assert_eq!(judged(60), Status::Warning);
        assert_eq!(judged(299), Status::Warning);
        assert_eq!(judged(300), Status::Failed);
        let behind = judge(Duration::from_secs(600), true).message;
        assert!(behind.contains("10 minutes behind"), "{behind}");
    }
}
