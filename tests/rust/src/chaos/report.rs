//! The table at the end.

use std::{collections::BTreeMap, fmt};

use cyberark_identity::Result;

use super::audit::Audit;

/// How the calls of one sort ended.
#[derive(Debug, Default)]
pub struct Tally {
    /// All calls.
    pub calls: usize,
    /// Those that ended well.
    pub succeeded: usize,
    /// Those that ended in an error, by class and whether the request may have arrived.
    pub failed: BTreeMap<String, usize>,
    /// Those that ended well and should not have.
    pub wrong: usize,
}

impl Tally {
    pub(super) fn of<'a, T: 'a>(outcomes: impl Iterator<Item = &'a Result<T>>) -> Self {
        let mut tally = Self::default();
        for outcome in outcomes {
            tally.calls += 1;
            match outcome {
                Ok(_) => tally.succeeded += 1,
                Err(error) => {
                    let delivery = error.details().delivery.as_str();
                    let class = format!("{} ({delivery})", error.kind().class());
                    *tally.failed.entry(class).or_default() += 1;
                }
            }
        }
        tally
    }

    fn reported(&self) -> usize {
        self.failed.values().sum()
    }
}

/// What came of a plan.
#[derive(Debug)]
pub struct Report {
    /// Creating users.
    pub created: Tally,
    /// Reading users.
    pub read: Tally,
    /// Reading whole lists.
    pub listed: Tally,
    /// Requests that the tenant saw.
    pub requests: u64,
    /// How many of them met a fault.
    pub faults: u64,
    /// The directory at the end.
    pub audit: Audit,
}

impl Report {
    /// What is wrong; nothing when all is as promised.
    #[must_use]
    pub fn violations(&self) -> Vec<String> {
        let mut violations = self.audit.violations();
        for (name, tally) in self.tallies() {
            if tally.wrong > 0 {
                violations.push(format!("{name}: {} brought a wrong result", tally.wrong));
            }
            if tally.succeeded + tally.reported() != tally.calls {
                violations.push(format!("{name}: calls without an outcome"));
            }
        }
        violations
    }

    fn tallies(&self) -> [(&'static str, &Tally); 3] {
        [
            ("create", &self.created),
            ("read", &self.read),
            ("list", &self.listed),
        ]
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let share = self.faults as f64 * 100.0 / self.requests.max(1) as f64;
        writeln!(
            f,
            "requests seen by the tenant {}, faults {} ({share:.1} %)",
            self.requests, self.faults
        )?;
        writeln!(
            f,
            "{:8}{:>10}{:>11}{:>9}{:>7}",
            "", "calls", "succeeded", "failed", "wrong"
        )?;
        for (name, tally) in self.tallies() {
            writeln!(
                f,
                "{name:8}{:>10}{:>11}{:>9}{:>7}",
                tally.calls,
                tally.succeeded,
                tally.reported(),
                tally.wrong
            )?;
            for (class, count) in &tally.failed {
                writeln!(f, "        {count:>10} {class}")?;
            }
        }
        self.audit.fmt(f)
    }
}
