//! What becomes of tokens: introspection, revocation, the end of a session.

use http::StatusCode;
use serde_json::json;
use url::Url;

use super::{Fields, Granted, OAuthError, answer, app, client};
use crate::answer::Answer;
use crate::auth::bearer;
use crate::call::Call;

/// A client by its secret, or anybody by a token: both were seen. The members besides `active` are the RFC's.
pub(super) fn introspect(call: &Call<'_>) -> Answer {
    answer(describe(call))
}

fn describe(call: &Call<'_>) -> Granted {
    app(call)?;
    let fields = Fields::of(call);
    let directory = call.tenant.read();
    if call.caller.is_none() {
        client(call, &fields, &directory)?;
    }
    let token = token_of(&fields)?;
    let grant = call.tenant.tokens.grant(token, &call.tenant.clock);
    let user = grant
        .as_ref()
        .and_then(|grant| directory.users.get(&grant.user));
    let body = match (&grant, user) {
        (Some(grant), Some(user)) => json!({
            "active": true,
            "scope": grant.scope,
            "client_id": grant.audience,
            "username": &*user.name,
            "sub": user.id.to_string(),
            "token_type": "Bearer",
            "iat": grant.issued_ms / 1000,
            "exp": grant.expires_ms / 1000,
        }),
        _ => json!({ "active": false }),
    };
    Ok(Answer::json(StatusCode::OK, &body))
}

fn token_of(fields: &Fields) -> Result<&str, OAuthError> {
    fields
        .get("token")
        .ok_or_else(|| OAuthError::missing("token is missing"))
}

/// An access or a refresh token; one that is not known counts as revoked already, as the RFC has it.
pub(super) fn revoke(call: &Call<'_>) -> Answer {
    answer(forget(call))
}

/// A client without a secret may revoke what was given to it, as the RFC has it; whether the service lets it is not known.
fn forget(call: &Call<'_>) -> Granted {
    app(call)?;
    let fields = Fields::of(call);
    let token = token_of(&fields)?;
    let public = match fields.credentials(call.headers) {
        None => fields.get("client_id"),
        Some(_) => None,
    };
    if public.is_none() {
        client(call, &fields, &call.tenant.read())?;
    }
    let may_revoke = |given_to: &str| public.is_none_or(|id| id.eq_ignore_ascii_case(given_to));
    let (tokens, refresh_tokens) = (&call.tenant.tokens, &call.tenant.refresh_tokens);
    let renewing = refresh_tokens.take_if(token, call.now_ms(), |it| may_revoke(&it.client_id));
    let grant = tokens.grant(token, &call.tenant.clock);
    if renewing.is_none() && grant.is_some_and(|grant| may_revoke(&grant.audience)) {
        tokens.revoke(token);
    }
    Ok(Answer::empty(StatusCode::OK))
}

/// Ends the session that the hint, the token or the cookie stands for. Without an address to go to, it goes to the
/// sign-in page.
pub(super) fn end_session(call: &Call<'_>) -> Answer {
    let fields = Fields::of(call);
    let get = |name: &str| call.query.get(name).or_else(|| fields.get(name));
    let ended = [get("id_token_hint"), bearer::presented(call.headers)];
    for token in ended.into_iter().flatten() {
        call.tenant.tokens.revoke(token);
    }
    let target = get("post_logout_redirect_uri").and_then(|text| Url::parse(text).ok());
    let location = match target {
        Some(mut url) => {
            if let Some(state) = get("state") {
                url.query_pairs_mut().append_pair("state", state);
            }
            url.into()
        }
        None => "/login".to_owned(),
    };
    Answer::empty(StatusCode::FOUND).located_at(&location)
}
