//! The token that a sign-in ends in, and renewing it.

use std::{collections::BTreeMap, time::Duration};

use http::{HeaderMap, HeaderValue, header};
use secrecy::{ExposeSecret, SecretString};

use super::{
    super::{
        Exchange,
        claims::Claims,
        exchange::{SIGNING_IN, Step},
        grant::lifetime,
    },
    conversation::keep_cookies,
    failure,
    package::Answered,
};
use crate::{auth::Token, error::Result, operation::Retry};

/// What a person gets who has signed in.
pub(super) struct Session {
    /// Of the platform, where the tenant is a part of one; else of the session.
    token: Option<SecretString>,
    refresh_token: Option<SecretString>,
    lifetime: Option<Duration>,
}

impl Session {
    pub(super) fn of(answered: Answered) -> Self {
        Self {
            token: answered.token.or(answered.auth).map(SecretString::from),
            refresh_token: answered.refresh_token.map(SecretString::from),
            lifetime: answered.token_lifetime.as_ref().and_then(lifetime),
        }
    }

    pub(super) fn token(self) -> Result<Token> {
        let Some(text) = &self.token else {
            return Err(failure("the service gave no token".to_owned()));
        };
        let token = Token::new(text.expose_secret(), self.lifetime)?;
        Ok(match self.refresh_token {
            Some(refresh_token) => token.renewed_by(refresh_token),
            None => token,
        })
    }
}

/// Exchanges the last token by `RefreshPlatformToken`, where both tokens come and go as cookies. None when there is
/// nothing to exchange, or it is no longer good. Confidence: high.
pub(super) async fn refreshed(exchange: &Exchange<'_>) -> Result<Option<Token>> {
    let (Some(last), Some(refresh_token)) = (exchange.last, exchange.refresh_token()) else {
        return Ok(None);
    };
    let Some(tenant) = Claims::of(last.text()).and_then(|claims| claims.tenant_id) else {
        return Ok(None);
    };
    let (id_name, refresh_name) = (
        format!("idToken-{tenant}"),
        format!("refreshToken-{tenant}"),
    );
    let pair = [
        format!("{id_name}={}", last.text()),
        format!("{refresh_name}={}", refresh_token.expose_secret()),
    ];
    let Ok(mut cookie) = HeaderValue::try_from(pair.join("; ")) else {
        return Ok(None);
    };
    cookie.set_sensitive(true);
    let json = HeaderValue::from_static("application/json");
    let step = Step {
        name: "oauth2.refresh_platform_token",
        purpose: SIGNING_IN,
        path: &["OAuth2", "RefreshPlatformToken"],
        headers: HeaderMap::from_iter([(header::CONTENT_TYPE, json), (header::COOKIE, cookie)]),
        body: "{}".into(),
        retry: Retry::Write,
    };
    let answer = exchange.send(&step).await?;
    let mut cookies = BTreeMap::new();
    keep_cookies(&mut cookies, &answer.headers);
    match (cookies.remove(&id_name), cookies.remove(&refresh_name)) {
        (Some(token), Some(refresh_token)) if answer.status.is_success() => {
            let token = Token::new(&token, None)?;
            Ok(Some(token.renewed_by(refresh_token.into())))
        }
        _ => Ok(None),
    }
}
