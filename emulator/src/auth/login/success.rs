//! What somebody gets who has signed in.

use serde_json::{Value, json};
use uuid::Uuid;

use super::failed;
use crate::answer::Answer;
use crate::auth::cookies;
use crate::auth::oauth::{PlatformTokens, platform_tokens};
use crate::call::Call;
use crate::platform::{Outcome, Payload};
use crate::state::TENANT_ID;
use crate::state::tokens::Claims;
use crate::state::user::User;

/// The session and, where it was asked for, a platform token, both in the result and as cookies.
pub(super) fn signed_in(call: &Call<'_>, user: &Uuid, wants_platform_token: bool) -> Answer {
    note_login(call, user);
    let directory = call.tenant.read();
    let Some(user) = directory.users.get(user) else {
        return super::wrap(call, &Err(failed()));
    };
    let session = session(call, user);
    let tokens = wants_platform_token.then(|| platform_tokens(call, user));
    let outcome = Payload::of(&result(call, user, &session, tokens.as_ref()));
    let answer = cookies::set(super::wrap(call, &outcome), cookies::SESSION, &session);
    let Some(tokens) = tokens else {
        return answer;
    };
    let answer = cookies::set(answer, &cookies::id_token_name(), &tokens.token);
    cookies::set(
        answer,
        &cookies::refresh_token_name(),
        &tokens.refresh_token,
    )
}

fn note_login(call: &Call<'_>, user: &Uuid) {
    let mut directory = call.tenant.write();
    directory.users.note_login(user, call.now_ms());
}

fn session(call: &Call<'_>, user: &User) -> String {
    let claims = Claims {
        issuer: "",
        audience: &user.name,
        user: user.id,
        user_name: &user.name,
        scope: None,
        nonce: None,
        host: &call.host,
    };
    let tenant = call.tenant;
    let lifetime = tenant.settings.token_lifetime;
    tenant.tokens.issue_opaque(&claims, lifetime, &tenant.clock)
}

fn result(call: &Call<'_>, user: &User, session: &str, tokens: Option<&PlatformTokens>) -> Value {
    json!({
        "Summary": "LoginSuccess",
        "Auth": session,
        "Token": tokens.map(|tokens| tokens.token.as_str()),
        "RefreshToken": tokens.map(|tokens| tokens.refresh_token.as_str()),
        "TokenLifetime": tokens.map(|tokens| tokens.lifetime_secs),
        "UserId": user.id.to_string(),
        "User": &*user.name,
        "DisplayName": &*user.display_name,
        "EmailAddress": user.mail.as_deref(),
        "CustomerID": TENANT_ID,
        "PodFqdn": call.host,
        "AuthLevel": "Normal",
        "UserDirectory": "CDS",
        "SystemID": TENANT_ID,
        "SourceDsType": "CDS",
        "Forest": null,
    })
}

/// What a program gets whose user signed in at another identity provider: always a platform token.
pub(super) fn platform_result(call: &Call<'_>, user: &Uuid) -> Outcome {
    note_login(call, user);
    let directory = call.tenant.read();
    let user = directory.users.get(user).ok_or_else(failed)?;
    let tokens = platform_tokens(call, user);
    Payload::of(&json!({
        "State": "Success",
        "Token": tokens.token,
        "RefreshToken": tokens.refresh_token,
        "TokenLifetime": tokens.lifetime_secs,
    }))
}
