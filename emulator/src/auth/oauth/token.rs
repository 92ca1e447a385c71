//! `oauth2/token`: tokens for clients, for people who told their password, for codes, and for refresh tokens.

use super::issue::Issue;
use super::{Fields, Granted, OAuthError, answer, app, client, pkce};
use crate::answer::Answer;
use crate::call::Call;
use crate::state::{Challenge, CodeGrant, Directory};

pub(super) fn token(call: &Call<'_>) -> Answer {
    answer(grant(call))
}

fn grant(call: &Call<'_>) -> Granted {
    let fields = Fields::of(call);
    // The application is looked up first: without it nothing says which grants are allowed.
    let app = app(call)?;
    match fields.get("grant_type") {
        Some("client_credentials") => for_the_client(call, &fields, app),
        Some("password") => for_a_password(call, &fields, app),
        Some("authorization_code") => for_a_code(call, &fields, app),
        Some("refresh_token") => for_a_refresh_token(call, &fields, app),
        Some(_) => Err(OAuthError::new(
            "unsupported_grant_type",
            "the application does not allow this grant type",
        )),
        None => Err(OAuthError::missing("grant_type is missing")),
    }
}

pub(super) fn for_the_client(call: &Call<'_>, fields: &Fields, app: &str) -> Granted {
    let directory = call.tenant.read();
    let client = client(call, fields, &directory)?;
    let issue = Issue {
        call,
        app,
        audience: &client.name,
        user: client,
        scope: fields.get("scope"),
        nonce: None,
    };
    Ok(issue.answer())
}

/// Somebody who has to meet more than a password cannot sign in this way.
fn for_a_password(call: &Call<'_>, fields: &Fields, app: &str) -> Granted {
    let name = fields
        .get("username")
        .ok_or_else(|| OAuthError::missing("username is missing"))?;
    let password = fields
        .get("password")
        .ok_or_else(|| OAuthError::missing("password is missing"))?;
    let (id, granted) = {
        let directory = call.tenant.read();
        let client = client(call, fields, &directory)?;
        let user = directory
            .users
            .by_name(name)
            .filter(|user| user.may_sign_in(call.now_ms()) && user.password.matches(password))
            .ok_or_else(|| OAuthError::invalid_grant("invalid user name or password"))?;
        let policy_allows = {
            let logins = call.tenant.logins.lock();
            logins.policies().of(name).is_password_only()
        };
        if !policy_allows {
            return Err(OAuthError::invalid_grant("more than a password is needed"));
        }
        let issue = Issue {
            call,
            app,
            audience: &client.name,
            user,
            scope: fields.get("scope"),
            nonce: None,
        };
        (user.id, issue.refreshable_answer())
    };
    let mut directory = call.tenant.write();
    directory.users.note_login(&id, call.now_ms());
    Ok(granted)
}

/// A code is good for one attempt, so that nobody can try verifiers.
fn for_a_code(call: &Call<'_>, fields: &Fields, app: &str) -> Granted {
    let code = fields
        .get("code")
        .ok_or_else(|| OAuthError::missing("code is missing"))?;
    let code = call
        .tenant
        .codes
        .take_if(code, call.now_ms(), |_| true)
        .ok_or_else(|| OAuthError::invalid_grant("the code is not known or was used"))?;
    let fits = fields.get("redirect_uri") == Some(&code.redirect_uri)
        && code.session.app.eq_ignore_ascii_case(app);
    if !fits {
        return Err(OAuthError::invalid_grant(
            "the code was made for another call",
        ));
    }
    let directory = call.tenant.read();
    prove_client(call, fields, &code, &directory)?;
    continue_session(call, &directory, app, &code.session, code.nonce.as_deref())
}

/// The verifier replaces the secret.
fn prove_client(
    call: &Call<'_>,
    fields: &Fields,
    code: &CodeGrant,
    directory: &Directory,
) -> Result<(), OAuthError> {
    match (&code.challenge, fields.get("code_verifier")) {
        (Some(challenge), Some(verifier)) => prove_verifier(challenge, verifier)?,
        (Some(_), None) => return Err(OAuthError::missing("code_verifier is missing")),
        (None, _) => {
            client(call, fields, directory)?;
        }
    }
    let named = fields.credentials(call.headers).map(|(id, _)| id);
    let named = named.as_deref().or(fields.get("client_id"));
    if named.is_some_and(|id| id.eq_ignore_ascii_case(&code.session.client_id)) {
        Ok(())
    } else {
        Err(OAuthError::invalid_grant(
            "the code was made for another client",
        ))
    }
}

fn prove_verifier(challenge: &Challenge, verifier: &str) -> Result<(), OAuthError> {
    if pkce::fits(challenge, verifier) {
        Ok(())
    } else {
        Err(OAuthError::invalid_grant("the code verifier does not fit"))
    }
}

/// Every refresh gives a new refresh token and ends the old one. Whether the service turns them over is not known.
fn for_a_refresh_token(call: &Call<'_>, fields: &Fields, app: &str) -> Granted {
    let secret = fields
        .get("refresh_token")
        .ok_or_else(|| OAuthError::missing("refresh_token is missing"))?;
    let named = fields.credentials(call.headers).map(|(id, _)| id);
    let named = named.as_deref().or(fields.get("client_id"));
    let session = call
        .tenant
        .refresh_tokens
        .take_if(secret, call.now_ms(), |session| {
            session.app.eq_ignore_ascii_case(app)
                && named.is_none_or(|id| id.eq_ignore_ascii_case(&session.client_id))
        })
        .ok_or_else(|| OAuthError::invalid_grant("the refresh token is not known or was used"))?;
    let directory = call.tenant.read();
    continue_session(call, &directory, app, &session, None)
}

fn continue_session(
    call: &Call<'_>,
    directory: &Directory,
    app: &str,
    session: &crate::state::SessionGrant,
    nonce: Option<&str>,
) -> Granted {
    let user = directory
        .users
        .get(&session.user)
        .filter(|user| user.may_sign_in(call.now_ms()))
        .ok_or_else(|| OAuthError::invalid_grant("the user may not sign in"))?;
    let issue = Issue {
        call,
        app,
        audience: &session.client_id,
        user,
        scope: session.scope.as_deref(),
        nonce,
    };
    Ok(issue.refreshable_answer())
}
