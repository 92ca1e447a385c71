//! The reserved paths under `/_emulator`: what a test may ask and set. They need no token and answer loopback only.

pub(crate) mod sign_in;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, Query, Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use http::StatusCode;
use serde::Deserialize;
use serde_json::json;

use crate::faults::FaultScript;
use crate::record::RecordedRequest;
use crate::state::Tenant;
use crate::wire::Link;

/// The routes, to be nested under the prefix.
pub(crate) fn router() -> Router<Arc<Tenant>> {
    Router::new()
        .route("/requests", get(requests).delete(clear_requests))
        .route("/counters", get(counters))
        .route("/faults", get(faults).post(add_faults).delete(clear_faults))
        .route("/faults/{id}", delete(remove_fault))
        .route("/outbox", get(outbox))
        .route("/imports", get(imports))
        .route("/tokens", post(issue_token))
        .route("/clock", get(clock).post(advance_clock))
        .route("/tokens/expire", post(expire_tokens))
        .nest("/sign-in", sign_in::router())
        .fallback(|| async { StatusCode::NOT_FOUND })
        .layer(middleware::from_fn(loopback_only))
}

/// Requests that were made in memory have no peer and are let through.
pub(crate) async fn loopback_only(request: Request, next: Next) -> Response {
    let allowed = request
        .extensions()
        .get::<Link>()
        .is_none_or(|link| link.peer.ip().to_canonical().is_loopback());
    if allowed {
        next.run(request).await
    } else {
        (
            StatusCode::FORBIDDEN,
            "This path answers the local machine only.\n",
        )
            .into_response()
    }
}

/// Which requests to list, and whether to wait for them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// Only requests with this outcome, as it is written in the list.
    outcome: Option<String>,
    /// Only requests whose path contains this.
    path: Option<String>,
    method: Option<String>,
    /// Only requests that met a fault whose description contains this.
    fault: Option<String>,
    /// Wait until there are this many, for at most `wait_ms`.
    count: Option<usize>,
    wait_ms: Option<u64>,
}

impl Wanted {
    fn accepts(&self, request: &RecordedRequest) -> bool {
        let outcome = || serde_json::to_value(request.outcome).ok();
        self.outcome
            .as_deref()
            .is_none_or(|wanted| outcome().is_some_and(|outcome| outcome == wanted))
            && self
                .path
                .as_deref()
                .is_none_or(|part| request.path.contains(part))
            && self.fault.as_deref().is_none_or(|part| {
                request
                    .fault
                    .as_deref()
                    .is_some_and(|fault| fault.contains(part))
            })
            && self
                .method
                .as_deref()
                .is_none_or(|method| request.method.eq_ignore_ascii_case(method))
    }
}

const LONGEST_WAIT: Duration = Duration::from_secs(60);

async fn requests(State(tenant): State<Arc<Tenant>>, Query(wanted): Query<Wanted>) -> Response {
    if let Some(wait) = wanted.wait_ms {
        let wait = Duration::from_millis(wait).min(LONGEST_WAIT);
        let count = wanted.count.unwrap_or(1);
        if !tenant
            .recorder
            .wait_for(count, wait, |request| wanted.accepts(request))
            .await
        {
            return (
                StatusCode::REQUEST_TIMEOUT,
                "The requests did not come in time.\n",
            )
                .into_response();
        }
    }
    let mut found = tenant.recorder.requests();
    found.retain(|request| wanted.accepts(request));
    Json(json!({ "requests": found })).into_response()
}

async fn clear_requests(State(tenant): State<Arc<Tenant>>) -> StatusCode {
    tenant.recorder.clear();
    StatusCode::NO_CONTENT
}

async fn counters(State(tenant): State<Arc<Tenant>>) -> Response {
    Json(tenant.recorder.counters()).into_response()
}

async fn faults(State(tenant): State<Arc<Tenant>>) -> Response {
    let rules = tenant.faults().list();
    Json(json!({ "faults": rules })).into_response()
}

async fn add_faults(State(tenant): State<Arc<Tenant>>, body: String) -> Response {
    match FaultScript::from_json(&body) {
        Ok(script) => {
            let ids = tenant.faults().arm(script);
            (StatusCode::CREATED, Json(json!({ "ids": ids }))).into_response()
        }
        Err(error) => (StatusCode::BAD_REQUEST, format!("{error}\n")).into_response(),
    }
}

async fn clear_faults(State(tenant): State<Arc<Tenant>>) -> StatusCode {
    tenant.faults().disarm_all();
    StatusCode::NO_CONTENT
}

async fn remove_fault(State(tenant): State<Arc<Tenant>>, Path(id): Path<u64>) -> StatusCode {
    if tenant.faults().disarm(id) {
        StatusCode::NO_CONTENT
    } else {
        StatusCode::NOT_FOUND
    }
}

async fn outbox(State(tenant): State<Arc<Tenant>>) -> Response {
    let messages = tenant.read().outbox.messages();
    Json(json!({ "messages": messages })).into_response()
}

async fn imports(State(tenant): State<Arc<Tenant>>) -> Response {
    let reports = tenant.read().imports.reports().to_vec();
    Json(json!({ "imports": reports })).into_response()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TokenFor {
    user: String,
}

async fn issue_token(State(tenant): State<Arc<Tenant>>, Json(wanted): Json<TokenFor>) -> Response {
    match tenant.token_for(&wanted.user) {
        Some(token) => Json(json!({ "token": token })).into_response(),
        None => (StatusCode::NOT_FOUND, "There is no such user.\n").into_response(),
    }
}

async fn clock(State(tenant): State<Arc<Tenant>>) -> Response {
    Json(json!({ "now": tenant.clock.now().to_string() })).into_response()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_ms: u64,
}

async fn advance_clock(State(tenant): State<Arc<Tenant>>, Json(step): Json<Advance>) -> Response {
    tenant.advance_clock(Duration::from_millis(step.advance_ms));
    Json(json!({ "now": tenant.clock.now().to_string() })).into_response()
}

async fn expire_tokens(State(tenant): State<Arc<Tenant>>) -> StatusCode {
    tenant.tokens.expire_all();
    StatusCode::NO_CONTENT
}
