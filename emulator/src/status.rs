//! The page at `/`: what is in the tenant, what was asked of it, and what goes wrong on purpose. It changes nothing,
//! needs no script, and answers the local machine only.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::answer::HTML;
use crate::control::loopback_only;
use crate::faults::Listed;
use crate::record::{Outcome, RecordedRequest};
use crate::state::user::User;
use crate::state::{Directory, TENANT_ID, Tenant};

/// How many requests are shown, the youngest first.
const REQUESTS: usize = 20;
/// How many accounts are shown, the youngest first.
const USERS: usize = 8;

const STYLE: &str = include_str!("status/style.css");
/// Nothing is loaded and nothing runs, whatever somebody is called.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

pub(crate) fn router() -> Router<Arc<Tenant>> {
    Router::new()
        .route("/", get(page))
        .layer(middleware::from_fn(loopback_only))
}

async fn page(State(tenant): State<Arc<Tenant>>) -> Response {
    let headers = [
        (CONTENT_TYPE, HTML),
        (CONTENT_SECURITY_POLICY, POLICY),
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, whole(&tenant).into_string()).into_response()
}

fn whole(tenant: &Tenant) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "Tenant " (TENANT_ID) }
                // Browsers would ask for an icon, which would stand in the record of requests.
                link rel="icon" href="data:,";
                style { (PreEscaped(STYLE)) }
            }
            body {
                (head(tenant))
                main {
                    (holdings(&tenant.read()))
                    (faults(&tenant.faults().list()))
                    (requests(tenant))
                    (accounts(&tenant.read()))
                }
                footer {
                    "The same for programs: "
                    @for path in ["requests", "counters", "faults", "clock", "outbox", "sign-in"] {
                        a href={ "/_emulator/" (path) } { (path) } " "
                    }
                }
            }
        }
    }
}

fn head(tenant: &Tenant) -> Markup {
    let ahead = tenant.clock.offset_ms() / 1000;
    html! {
        header {
            div {
                h1 { "Tenant " (TENANT_ID) }
                p { "CyberArk Identity emulator " (env!("CARGO_PKG_VERSION")) " at " code { (tenant.settings.base_url) } }
            }
            dl {
                div {
                    dt { "Clock" }
                    dd { time { (tenant.clock.now().strftime("%Y-%m-%d %H:%M:%S UTC")) } }
                    dd.quiet { @if ahead > 0 { "moved ahead by " (ahead) " s" } @else { "real time" } }
                }
                div {
                    dt { "State" }
                    dd { @if tenant.is_saved() { "in a file" } @else { "in memory" } }
                    dd.quiet { @if tenant.is_saved() { "kept over restarts" } @else { "gone when it stops" } }
                }
            }
        }
    }
}

fn holdings(directory: &Directory) -> Markup {
    let tiles = [
        ("users", directory.users.len()),
        ("roles", directory.roles.len()),
        ("organizations", directory.orgs.iter().count()),
        ("added attributes", directory.ext_schema.columns.len()),
        ("messages sent", directory.outbox.len()),
        ("bulk imports", directory.imports.reports().len()),
    ];
    html! {
        section.tiles aria-label="What is in the tenant" {
            @for (name, count) in tiles {
                div { strong { (grouped(count)) } span { (name) } }
            }
        }
    }
}

fn faults(rules: &[Listed]) -> Markup {
    html! {
        section {
            h2 { "Active faults" }
            @if rules.is_empty() {
                p.quiet { "None: every request is handled as it should be." }
            } @else {
                div.scroll { table {
                    thead { tr { th { "Rule" } th { "Requests" } th { "What happens" } th.number { "Met" } th.number { "Applied" } } }
                    tbody { @for rule in rules { tr {
                        td { "#" (rule.id) }
                        td { code { (rule.meets()) } }
                        td { span.badge.bad { (rule.action) } }
                        td.number { (rule.matched) }
                        td.number { (rule.applied) }
                    } } }
                } }
            }
        }
    }
}

fn requests(tenant: &Tenant) -> Markup {
    let counters = tenant.recorder.counters();
    let latest = tenant.recorder.latest(REQUESTS);
    html! {
        section {
            h2 { "Requests" }
            p.chips {
                span.badge { (counters.requests) " in all" }
                @for (status, count) in &counters.by_status {
                    span.badge.{ (tone(*status)) } { (status) " × " (count) }
                }
                @if counters.faults > 0 { span.badge.bad { (counters.faults) " met a fault" } }
            }
            @if latest.is_empty() {
                p.quiet { "Nobody has asked for anything yet." }
            } @else {
                div.scroll { table {
                    thead { tr { th { "Time" } th { "Request" } th { "Caller" } th { "Answer" } } }
                    tbody { @for request in &latest { (line(request)) } }
                } }
            }
        }
    }
}

fn line(request: &RecordedRequest) -> Markup {
    // `2026-01-31T12:34:56.789Z`
    let time = request.at.get(11..19).unwrap_or(&request.at);
    html! {
        tr {
            td { time datetime=(request.at) { (time) } }
            td.request {
                b { (request.method) } " "
                code { (request.path) @if !request.query.is_empty() { "?" (request.query) } }
            }
            td { bdi { (request.caller.as_deref().unwrap_or("–")) } }
            td {
                @if let Some(status) = request.status { span.badge.{ (tone(status)) } { (status) } " " }
                @if let Some(ending) = ending(request.outcome) { span.badge.bad { (ending) } " " }
                @if let Some(fault) = &request.fault { span.quiet { "fault: " (fault) } }
            }
        }
    }
}

fn accounts(directory: &Directory) -> Markup {
    let users = &directory.users;
    let latest: Vec<&User> = users.iter_from(users.len().saturating_sub(USERS)).collect();
    html! {
        section {
            h2 { "Latest accounts" }
            div.scroll { table {
                thead { tr { th { "Name" } th { "Login" } th { "Organization" } th { "State" } } }
                tbody { @for user in latest.iter().rev() { tr {
                    td { bdi { (user.display_name) } }
                    td { bdi { (user.name) } }
                    td { bdi { (organization(directory, user)) } }
                    td { @if user.is_enabled() { span.badge.good { "active" } } @else { span.badge { (user.state) } } }
                } } }
            } }
        }
    }
}

fn organization<'d>(directory: &'d Directory, user: &User) -> &'d str {
    user.organization
        .and_then(|id| directory.orgs.get(&id))
        .map_or("–", |org| &org.name)
}

fn tone(status: u16) -> &'static str {
    match status {
        ..400 => "good",
        400..500 => "warn",
        _ => "bad",
    }
}

/// What is worth saying about how a request ended.
fn ending(outcome: Outcome) -> Option<&'static str> {
    match outcome {
        Outcome::Answered => None,
        Outcome::Pending => Some("waiting"),
        Outcome::ClientClosed => Some("client went away"),
        Outcome::ClosedBefore => Some("closed before the answer"),
        Outcome::ClosedInBody => Some("closed in the body"),
        Outcome::ClosedAfter => Some("closed after the answer"),
    }
}

/// Digits in groups of three.
fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut shown = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            shown.push('\u{202f}');
        }
        shown.push(digit);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_stand_in_groups() {
        for (count, shown) in [
            (7, "7"),
            (1_000, "1\u{202f}000"),
            (1_234_567, "1\u{202f}234\u{202f}567"),
        ] {
            assert_eq!(grouped(count), shown);
        }
    }
}
