//! Tokens of the platform that the identity tenant is a part of.

use http::StatusCode;
use serde_json::json;

use super::issue::platform_tokens;
use super::{Fields, Granted, OAuthError, answer, token};
use crate::answer::Answer;
use crate::auth::cookies;
use crate::call::Call;
use crate::state::seed::PLATFORM_APP_ID;

/// `oauth2/platformtoken`: for a client, and without an application in the path.
pub(super) fn token(call: &Call<'_>) -> Answer {
    let fields = Fields::of(call);
    answer(match fields.get("grant_type") {
        Some("client_credentials") => token::for_the_client(call, &fields, PLATFORM_APP_ID),
        Some(_) => Err(OAuthError::new(
            "unsupported_grant_type",
            "only client_credentials is allowed here",
        )),
        None => Err(OAuthError::missing("grant_type is missing")),
    })
}

/// `OAuth2/RefreshPlatformToken`: both tokens come and go as cookies. The token may have expired; what has to be
/// good is the refresh token, and each one is good once.
pub(super) fn refresh(call: &Call<'_>) -> Answer {
    answer(renew(call))
}

fn renew(call: &Call<'_>) -> Granted {
    let (id_token, refresh_token) = (cookies::id_token_name(), cookies::refresh_token_name());
    let missing = || OAuthError::missing("the cookies of the platform token are missing");
    cookies::get(call.headers, &id_token).ok_or_else(missing)?;
    let secret = cookies::get(call.headers, &refresh_token).ok_or_else(missing)?;
    let session = call
        .tenant
        .refresh_tokens
        .take_if(secret, call.now_ms(), |session| {
            session.app == PLATFORM_APP_ID
        })
        .ok_or_else(|| OAuthError::invalid_grant("the refresh token is not known or was used"))?;
    let directory = call.tenant.read();
    let user = directory
        .users
        .get(&session.user)
        .filter(|user| user.may_sign_in(call.now_ms()))
        .ok_or_else(|| OAuthError::invalid_grant("the user may not sign in"))?;
    let tokens = platform_tokens(call, user);
    let body = json!({ "success": true, "Result": null });
    let answer = Answer::json(StatusCode::OK, &body);
    let answer = cookies::set(answer, &id_token, &tokens.token);
    Ok(cookies::set(answer, &refresh_token, &tokens.refresh_token))
}
