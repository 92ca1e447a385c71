//! `oauth2/token`: tokens for client credentials.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use http::header::{AUTHORIZATION, CACHE_CONTROL};
use serde_json::json;

use crate::answer::Answer;
use crate::call::Call;
use crate::routing::{Route, sign_in};
use crate::state::seed::APP_ID;
use crate::state::tokens::Claims;
use crate::state::user::User;

pub(crate) const ROUTES: &[Route] = &[sign_in("/oauth2/token/{app_id}", token)];

/// The one grant this tenant knows so far; another is refused by name.
const CLIENT_CREDENTIALS: &str = "client_credentials";

struct OAuthError {
    code: &'static str,
    description: &'static str,
}

fn token(call: &Call<'_>) -> Answer {
    grant(call).unwrap_or_else(|error| refusal(&error))
}

/// Whether failures come as 400 or 401 is not known. 400 is taken, the RFC's status for all but `invalid_client`,
/// so that a wrong secret cannot be mistaken for an expired token.
pub(crate) fn refusal_of(code: &'static str, description: &'static str) -> Answer {
    refusal(&OAuthError { code, description })
}

fn refusal(error: &OAuthError) -> Answer {
    let body = json!({ "error": error.code, "error_description": error.description });
    Answer::json(StatusCode::BAD_REQUEST, &body)
}

fn grant(call: &Call<'_>) -> Result<Answer, OAuthError> {
    let form: HashMap<String, String> = url::form_urlencoded::parse(call.body)
        .into_owned()
        .collect();
    // The application is looked up first: without it nothing says which grants are allowed.
    if !call.path_value(0).eq_ignore_ascii_case(APP_ID) {
        return Err(OAuthError {
            code: "invalid_request",
            description: "unknown application",
        });
    }
    match form.get("grant_type").map(String::as_str) {
        Some(CLIENT_CREDENTIALS) => {}
        Some(_) => {
            return Err(OAuthError {
                code: "unsupported_grant_type",
                description: "the application does not allow this grant type",
            });
        }
        None => {
            return Err(OAuthError {
                code: "invalid_request",
                description: "grant_type is missing",
            });
        }
    }
    let (client_id, secret) = credentials(call, &form).ok_or_else(denied)?;
    let directory = call.tenant.read();
    let client = directory
        .users
        .by_name(&client_id)
        .filter(|user| may_be_client(user) && user.password.matches(&secret))
        .ok_or_else(denied)?;
    Ok(issue(call, client, form.get("scope").map(String::as_str)))
}

fn may_be_client(user: &User) -> bool {
    user.oauth_client && user.is_enabled() && !user.state.locked && !user.is_cloud_locked()
}

fn denied() -> OAuthError {
    OAuthError {
        code: "access_denied",
        description: "invalid client creds or client not allowed",
    }
}

/// Client id and secret from the Authorization header, or else from the form.
fn credentials(call: &Call<'_>, form: &HashMap<String, String>) -> Option<(String, String)> {
    let basic = call
        .headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic"));
    match basic {
        Some((_, encoded)) => {
            let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
            let (id, secret) = text.split_once(':')?;
            Some((id.to_owned(), secret.to_owned()))
        }
        None => Some((
            form.get("client_id")?.clone(),
            form.get("client_secret")?.clone(),
        )),
    }
}

/// Scopes are patterns over paths in the service; here every scope is granted as asked for.
fn issue(call: &Call<'_>, client: &User, scope: Option<&str>) -> Answer {
    let lifetime = call.tenant.settings.token_lifetime;
    let claims = Claims {
        issuer: &format!("{}/{}/", call.base_url(), call.path_value(0)),
        audience: &client.name,
        user: client.id,
        user_name: &client.name,
        scope,
        host: &call.host,
    };
    let token = call
        .tenant
        .tokens
        .issue(&claims, lifetime, &call.tenant.clock);
    let mut body = json!({
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": lifetime.as_secs(),
    });
    if let Some(scope) = scope {
        body["scope"] = scope.into();
    }
    Answer::json(StatusCode::OK, &body).header(CACHE_CONTROL, "no-store")
}
