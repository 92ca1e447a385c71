//! What the doctor found.

use std::{fmt, time::Duration};

use serde::Serialize;
use serde_json::{Map, Value};

/// Outcome of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// As it should be.
    Ok,
    /// It works, but may not be what was intended.
    Warning,
    /// This has to be changed.
    Failed,
    /// Not checked, because something before it failed or because it does not apply.
    Skipped,
}

impl Status {
    /// The word used in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

/// The result of one check.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Check {
    /// What was checked: `configuration`, `dns`, `proxy`, `connection`, `tls`, `clock`, `token`, `claims`, or the name of
    /// an operation.
    pub name: &'static str,
    /// The outcome.
    pub status: Status,
    /// What was found, in a sentence.
    pub message: String,
    /// What to change, and where; none if there is nothing to change.
    pub hint: Option<String>,
    /// The facts behind the message, by name. Never a secret.
    pub details: Map<String, Value>,
}

impl Check {
    pub(super) fn new(name: &'static str, status: Status, message: impl Into<String>) -> Self {
        Self {
            name,
            status,
            message: message.into(),
            hint: None,
            details: Map::new(),
        }
    }

    pub(super) fn ok(name: &'static str, message: impl Into<String>) -> Self {
        Self::new(name, Status::Ok, message)
    }

    pub(super) fn warning(name: &'static str, message: impl Into<String>) -> Self {
        Self::new(name, Status::Warning, message)
    }

    pub(super) fn failed(name: &'static str, message: impl Into<String>) -> Self {
        Self::new(name, Status::Failed, message)
    }

    pub(super) fn skipped(name: &'static str, reason: impl Into<String>) -> Self {
        Self::new(name, Status::Skipped, reason)
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub(super) fn detail(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.details.insert(name.to_owned(), value.into());
        self
    }
}

/// All checks, in order. Its `Display` is a table for people.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// Whether nothing failed. Warnings are not failures.
    pub ok: bool,
    /// URL of the tenant; none if the settings do not give one.
    pub tenant_url: Option<String>,
    /// The checks.
    pub checks: Vec<Check>,
}

impl Report {
    pub(super) fn of(tenant_url: Option<&str>) -> Self {
        Self {
            ok: true,
            tenant_url: tenant_url.map(str::to_owned),
            checks: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, check: Check) {
        self.ok &= check.status != Status::Failed;
        self.checks.push(check);
    }

    /// Adds a check, and returns whether the next ones can follow.
    pub(super) fn add_good(&mut self, check: Check) -> bool {
        let good = check.status != Status::Failed;
        self.add(check);
        good
    }

    /// The check of that name.
    #[must_use]
    pub fn check(&self, name: &str) -> Option<&Check> {
        self.checks.iter().find(|check| check.name == name)
    }

    /// The exit status for a program that prints this: 0 if nothing failed, otherwise 1.
    #[must_use]
    pub fn exit_status(&self) -> u8 {
        u8::from(!self.ok)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.checks.iter().map(|check| check.name.len()).max();
        let width = width.unwrap_or_default();
        for check in &self.checks {
            let status = check.status.as_str();
            writeln!(f, "{status:<9}{:<width$}  {}", check.name, check.message)?;
            if let Some(hint) = &check.hint {
                writeln!(f, "{:<9}{:<width$}  -> {hint}", "", "")?;
            }
        }
        let count = |status| self.checks.iter().filter(|c| c.status == status).count();
        write!(
            f,
            "{}: {} ok, {}, {} failed, {} skipped",
            self.tenant_url.as_deref().unwrap_or("no tenant"),
            count(Status::Ok),
            counted(count(Status::Warning) as u64, "warning"),
            count(Status::Failed),
            count(Status::Skipped),
        )
    }
}

/// A length of time, as people say it: rounded, in the largest unit of which there are at least two.
pub(super) fn words(time: Duration) -> String {
    let seconds = time.as_secs();
    let rounded = |unit: u64| (seconds + unit / 2) / unit;
    match seconds {
        0..=119 => counted(seconds, "second"),
        120..=7199 => counted(rounded(60), "minute"),
        7200..=172_799 => counted(rounded(3600), "hour"),
        _ => counted(rounded(86_400), "day"),
    }
}

fn counted(count: u64, unit: &str) -> String {
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_tells_in_a_table_what_to_do() {
        let mut report = Report::of(Some("https://abc1234.id.cyberark.cloud"));
        report.add(Check::ok("configuration", "the settings are consistent"));
        assert_eq!(report.exit_status(), 0);
        report.add(Check::failed("dns", "no such name").hint("look at it"));
        let expected = "\
ok       configuration  the settings are consistent
failed   dns            no such name
                        -> look at it
https://abc1234.id.cyberark.cloud: 1 ok, 0 warnings, 1 failed, 0 skipped";
        assert_eq!(report.to_string(), expected);
        assert_eq!(report.exit_status(), 1);
    }

    #[test]
    fn times_are_told_as_people_tell_them() {
        let told = |seconds| words(Duration::from_secs(seconds));
        let all = [told(1), told(90), told(599), told(7200), told(200_000)];
        assert_eq!(
            all,
            ["1 second", "90 seconds", "10 minutes", "2 hours", "2 days"]
        );
    }
}
