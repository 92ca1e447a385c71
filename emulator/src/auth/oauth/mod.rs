//! `oauth2/…`: tokens, and what can be asked about them.

mod authorize;
mod issue;
mod pkce;
mod platform;
mod session;
mod token;
mod user_info;

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::AUTHORIZATION;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::call::Call;
use crate::routing::{Route, sign_in, sign_in_by_get};
use crate::state::Directory;
use crate::state::seed::{APP_ID, PLATFORM_APP_ID};
use crate::state::user::User;
pub(super) use issue::{PlatformTokens, platform_tokens};

pub(crate) const ROUTES: &[Route] = &[
    sign_in("/oauth2/token/{app_id}", token::token),
    sign_in("/oauth2/platformtoken", platform::token),
    sign_in("/oauth2/refreshplatformtoken", platform::refresh),
    sign_in_by_get("/oauth2/authorize/{app_id}", authorize::authorize),
    sign_in("/oauth2/authorize/{app_id}", authorize::authorize),
    sign_in("/oauth2/introspect/{app_id}", session::introspect),
    sign_in("/oauth2/revoke/{app_id}", session::revoke),
    sign_in_by_get("/oauth2/endsession/{app_id}", session::end_session),
    sign_in("/oauth2/endsession/{app_id}", session::end_session),
    sign_in_by_get("/oauth2/endsession", session::end_session),
    sign_in("/oauth2/endsession", session::end_session),
    sign_in_by_get("/oauth2/userinfo/{app_id}", user_info::user_info),
    sign_in("/oauth2/userinfo/{app_id}", user_info::user_info),
];

/// A refusal in the form of OAuth.
#[derive(Debug)]
struct OAuthError {
    code: &'static str,
    description: &'static str,
}

impl OAuthError {
    fn new(code: &'static str, description: &'static str) -> Self {
        Self { code, description }
    }

    fn missing(description: &'static str) -> Self {
        Self::new("invalid_request", description)
    }

    fn invalid_grant(description: &'static str) -> Self {
        Self::new("invalid_grant", description)
    }

    /// As it was seen for a client whose secret is wrong or who may not be one.
    fn access_denied() -> Self {
        Self::new(
            "access_denied",
            "invalid client creds or client not allowed",
        )
    }
}

type Granted = Result<Answer, OAuthError>;

/// Whether failures come as 400 or 401 is not known. 400 is taken, the RFC's status for all but `invalid_client`,
/// so that a wrong secret cannot be mistaken for an expired token.
pub(crate) fn refusal_of(code: &'static str, description: &'static str) -> Answer {
    refusal(&OAuthError { code, description })
}

fn refusal(error: &OAuthError) -> Answer {
    let body = json!({ "error": error.code, "error_description": error.description });
    Answer::json(StatusCode::BAD_REQUEST, &body)
}

fn answer(granted: Granted) -> Answer {
    granted.unwrap_or_else(|error| refusal(&error))
}

/// The application that the path names.
fn app<'c>(call: &'c Call<'_>) -> Result<&'c str, OAuthError> {
    let app = call.path_value(0);
    let is_known = [APP_ID, PLATFORM_APP_ID]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(app));
    if is_known {
        Ok(app)
    } else {
        Err(OAuthError::missing("unknown application"))
    }
}

/// The fields of the body: a form, or a JSON object, which some documents show.
struct Fields(HashMap<String, String>);

impl Fields {
    fn of(call: &Call<'_>) -> Self {
        let fields = match serde_json::from_slice(call.body) {
            Ok(Value::Object(members)) => members
                .into_iter()
                .filter_map(|(name, value)| Some((name, value.as_str()?.to_owned())))
                .collect(),
            _ => url::form_urlencoded::parse(call.body)
                .into_owned()
                .collect(),
        };
        Self(fields)
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Client id and secret from the Authorization header, or else from the form.
    fn credentials(&self, headers: &HeaderMap) -> Option<(String, String)> {
        let basic = headers
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
                self.get("client_id")?.to_owned(),
                self.get("client_secret")?.to_owned(),
            )),
        }
    }
}

/// The account of the client that signs in with this call.
fn client<'d>(
    call: &Call<'_>,
    fields: &Fields,
    directory: &'d Directory,
) -> Result<&'d User, OAuthError> {
    let (id, secret) = fields
        .credentials(call.headers)
        .ok_or_else(OAuthError::access_denied)?;
    directory
        .users
        .by_name(&id)
        .filter(|user| user.oauth_client && user.may_sign_in(call.now_ms()))
        .filter(|user| user.password.matches(&secret))
        .ok_or_else(OAuthError::access_denied)
}
