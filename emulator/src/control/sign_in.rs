//! How people sign in, for tests: what they have to do, what waits, and the decisions that a person would make.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::state::Tenant;
use crate::state::login::Mechanism;
use crate::state::logins::Pending;
use crate::state::policy::{MechanismKind, Policy, SecurityQuestion};

pub(super) fn router() -> Router<Arc<Tenant>> {
    Router::new()
        .route("/", get(show).post(set_policy).delete(clear))
        .route("/decision", post(decide))
}

async fn show(State(tenant): State<Arc<Tenant>>) -> Response {
    let pending = pending(&tenant);
    let logins = tenant.logins.lock();
    Json(json!({
        "everybody": logins.policies().everybody(),
        "single": logins.policies().single(),
        "pending": pending,
    }))
    .into_response()
}

/// The sign-ins on their way, with their codes.
pub(crate) fn pending(tenant: &Tenant) -> Vec<Value> {
    let now_ms = tenant.clock.now_ms();
    tenant.logins.lock().pending(now_ms).map(shown).collect()
}

fn shown(pending: &Pending) -> Value {
    let mechanism = |choice: &Mechanism| {
        json!({
            "id": choice.id,
            "name": choice.kind,
            "code": choice.code,
            "questions": choice.questions.iter().map(|asked| &asked.question).collect::<Vec<_>>(),
            "number": choice.number,
            "waiting": choice.is_waiting(),
        })
    };
    let choices = pending.login.choices().iter();
    json!({
        "session": pending.session,
        "user": pending.user_name,
        "mechanisms": choices.map(mechanism).collect::<Vec<_>>(),
    })
}

/// A policy for one person or, without a name, for everybody. What is left out is as it was in the beginning.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    user: Option<String>,
    challenges: Option<Vec<Vec<MechanismKind>>>,
    pod_fqdn: Option<String>,
    idp_redirect_url: Option<String>,
    idp_pin: Option<bool>,
    security_questions: Option<Vec<SecurityQuestion>>,
}

async fn set_policy(State(tenant): State<Arc<Tenant>>, body: String) -> Response {
    match set(&tenant, &body) {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(reason) => (StatusCode::BAD_REQUEST, format!("{reason}\n")).into_response(),
    }
}

/// Sets a policy, or says why not.
pub(crate) fn set(tenant: &Tenant, json: &str) -> Result<(), String> {
    let wanted: Wanted = serde_json::from_str(json).map_err(|error| error.to_string())?;
    let policy = Policy {
        challenges: wanted
            .challenges
            .unwrap_or_else(|| Policy::default().challenges),
        pod_fqdn: wanted.pod_fqdn,
        idp_redirect_url: wanted.idp_redirect_url,
        idp_pin: wanted.idp_pin.unwrap_or_default(),
        security_questions: wanted.security_questions.unwrap_or_default(),
    };
    policy.check()?;
    let mut logins = tenant.logins.lock();
    logins.set_policy(wanted.user.as_deref(), policy);
    Ok(())
}

async fn clear(State(tenant): State<Arc<Tenant>>) -> StatusCode {
    tenant.logins.lock().clear_policies();
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Decision {
    user: String,
    approve: bool,
}

async fn decide(State(tenant): State<Arc<Tenant>>, body: String) -> Response {
    let decision: Decision = match serde_json::from_str(&body) {
        Ok(decision) => decision,
        Err(error) => return (StatusCode::BAD_REQUEST, format!("{error}\n")).into_response(),
    };
    if decided(&tenant, &decision.user, decision.approve) {
        StatusCode::NO_CONTENT.into_response()
    } else {
        (StatusCode::NOT_FOUND, "Nothing waits for that user.\n").into_response()
    }
}

/// Whether anything of that user waited for a decision.
pub(crate) fn decided(tenant: &Tenant, user: &str, approve: bool) -> bool {
    let now_ms = tenant.clock.now_ms();
    tenant.logins.lock().decide(user, approve, now_ms)
}
