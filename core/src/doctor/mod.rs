//! The doctor: checks everything between a program and its tenant, and says what to change.
//!
//! The checks run one after the other, from the settings to what the credential may call. A check that depends on a failed
//! one is skipped, and says so. Besides signing in, only reads are sent; redirects are not followed, and a report never
//! contains a secret.
//!
//! ```no_run
//! use cyberark_identity::{CallOptions, Client, ClientCredentials};
//!
//! # async fn example() -> cyberark_identity::Result<()> {
//! let settings = Client::builder("https://abc1234.id.cyberark.cloud")
//!     .auth(ClientCredentials::new("my-app", "svc@example.com", "secret")?.scope("scim"));
//! let report = settings.doctor(&CallOptions::new()).await;
//! println!("{report}");
//! std::process::exit(report.exit_status().into());
//! # }
//! ```

mod advice;
mod certificate;
mod claims;
mod clock;
mod configuration;
mod connection;
mod names;
mod probe;
mod proxy;
mod reads;
mod report;
mod tls;
mod token;
mod trust;

use std::sync::Arc;

pub use report::{Check, Report, Status};

use crate::{
    auth::{Exchange, Keeper},
    client::Client,
    error::Error,
    options::CallOptions,
    transport::{HttpSettings, Route, TenantUrl},
};

/// The checks that come before those of single operations, in order.
const ORDER: [&str; 8] = [
    "configuration",
    "dns",
    "proxy",
    "connection",
    "tls",
    "clock",
    "token",
    "claims",
];

/// What the doctor examines: a client and its parts.
pub(crate) struct Patient<'a> {
    pub(crate) client: &'a Client,
    pub(crate) tenant: &'a TenantUrl,
    pub(crate) http: &'a Arc<HttpSettings>,
    pub(crate) keeper: &'a Keeper,
    pub(crate) exchange: Exchange<'a>,
    /// Whether requests are sent by this crate's own transport, and not by one that was passed in.
    pub(crate) by_http: bool,
    pub(crate) options: &'a CallOptions,
    /// Why there are no credentials, if there are none.
    pub(crate) no_credentials: Option<Error>,
}

/// Runs all checks.
pub(crate) async fn examine(patient: &Patient<'_>) -> Report {
    let mut report = Report::of(Some(patient.tenant.as_str()));
    report.add(configuration::check(patient));
    let Some(skew) = examine_way(patient, &mut report).await else {
        return finish(report);
    };
    if patient.no_credentials.is_some() {
        return finish(report);
    }
    let (token, check) = token::check(patient).await;
    report.add(check);
    let Some(token) = token else {
        return finish(report);
    };
    let (claims, check) = claims::check(patient, &token, skew);
    if report.add_good(check) {
        reads::check(patient, &claims, &mut report).await;
    }
    finish(report)
}

/// Checks the route to the tenant. Returns how far its clock is ahead, as far as that is known; none if there is no route.
async fn examine_way(patient: &Patient<'_>, report: &mut Report) -> Option<clock::Skew> {
    if !patient.by_http {
        let reason = "the client was given a transport of its own";
        for name in ["dns", "proxy", "connection", "tls"] {
            report.add(Check::skipped(name, reason));
        }
        let probe = probe::by_transport(patient).await;
        let (skew, check) = clock::check(&probe);
        report.add(check);
        return Some(skew);
    }
    let route = Route::to(patient.tenant, &patient.http.proxy);
    let found = names::check(patient, &route).await;
    if !report.add_good(found) {
        return None;
    }
    let reached = proxy::check(patient, &route).await;
    if reached.status == Status::Failed {
        report.add(reached);
        return None;
    }
    let probe = probe::send(patient).await;
    let opened = proxy::refused(&probe, &route).unwrap_or(reached);
    let all_good = report.add_good(opened)
        && report.add_good(connection::check(patient, &probe))
        && report.add_good(tls::check(patient, &probe));
    if !all_good {
        return None;
    }
    let (skew, check) = clock::check(&probe);
    report.add(check);
    Some(skew)
}

/// The report on settings that make no client, for the reason given.
#[must_use]
pub fn misconfigured(error: &Error) -> Report {
    let mut report = Report::of(None);
    report.add(configuration::failed(error));
    finish(report)
}

/// Adds the checks that were skipped, with the reason.
fn finish(mut report: Report) -> Report {
    let failed = report.checks.iter().rev();
    let mut failed = failed.filter(|check| check.status == Status::Failed);
    let Some(cause) = failed.find(|check| check.name != "clock").map(|c| c.name) else {
        return report;
    };
    let reason = format!("`{cause}` has to be fixed first");
    let missing = ORDER
        .iter()
        .filter(|name| report.check(name).is_none())
        .copied()
        .collect::<Vec<_>>();
    let none_called = !reads::NAMES.iter().any(|name| report.check(name).is_some());
    for name in missing {
        report.add(Check::skipped(name, reason.clone()));
    }
    if none_called {
        for name in reads::NAMES {
            report.add(Check::skipped(name, reason.clone()));
        }
    }
    report
}
