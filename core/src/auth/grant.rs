//! Tokens for grants: the token endpoint of RFC 6749.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use http::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;

use super::{Exchange, Token, exchange::Step};
use crate::{
    error::{Error, ErrorKind, Result},
    transport::{Incoming, OAuthError},
};

/// What errors call a token request.
const TOKEN: &str = "oauth2.token";

/// How a client proves who it is.
#[derive(Clone)]
pub(super) enum ClientProof {
    /// HTTP Basic.
    Basic(SecretString),
    /// In the form.
    Body(SecretString),
    /// A public client has no secret.
    Public,
}

impl ClientProof {
    pub(super) fn secret(&self) -> Option<&SecretString> {
        match self {
            Self::Basic(secret) | Self::Body(secret) => Some(secret),
            Self::Public => None,
        }
    }
}

/// Who asks, and where.
#[derive(Clone, Copy)]
pub(super) struct Endpoint<'a> {
    pub(super) path: &'a [&'a str],
    pub(super) client_id: &'a str,
    pub(super) proof: &'a ClientProof,
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    #[serde(default)]
    expires_in: Option<Value>,
    #[serde(default)]
    refresh_token: Option<String>,
}

impl Endpoint<'_> {
    /// Asks for a token by the grant that `fields` describe.
    pub(super) async fn token(
        &self,
        exchange: &Exchange<'_>,
        fields: &[(&str, &str)],
    ) -> Result<Token> {
        let step = self.step(TOKEN, self.path, fields)?;
        let answer = exchange.send(&step).await?;
        if let Some(refused) = refusal(&step, &answer) {
            return Err(step.answered(answer.status, refused));
        }
        let granted: Granted = step.read(&answer, "the answer holds no token")?;
        let lifetime = granted.expires_in.as_ref().and_then(lifetime);
        let token = Token::new(&granted.access_token, lifetime)?;
        let given = granted.refresh_token.filter(|text| !text.is_empty());
        // A service that gives no new one leaves the old one good (RFC 6749, section 6).
        let kept = || exchange.refresh_token().cloned();
        Ok(match given.map(SecretString::from).or_else(kept) {
            Some(refresh_token) => token.renewed_by(refresh_token),
            None => token,
        })
    }

    /// A token for the refresh token that came with the last one. None when there is none, or it is no longer good.
    pub(super) async fn refreshed(&self, exchange: &Exchange<'_>) -> Result<Option<Token>> {
        let Some(refresh_token) = exchange.refresh_token() else {
            return Ok(None);
        };
        let fields = [
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh_token.expose_secret()),
        ];
        match self.token(exchange, &fields).await {
            Ok(token) => Ok(Some(token)),
            Err(error) if error.kind() == ErrorKind::Authentication => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// A form to `path` with the proof of the client.
    pub(super) fn step<'p>(
        &self,
        name: &'static str,
        path: &'p [&'p str],
        fields: &[(&str, &str)],
    ) -> Result<Step<'p>> {
        let mut form = fields.to_vec();
        let authorization = match self.proof {
            ClientProof::Basic(secret) => Some(basic(self.client_id, secret)?),
            ClientProof::Body(secret) => {
                form.push(("client_id", self.client_id));
                form.push(("client_secret", secret.expose_secret()));
                None
            }
            ClientProof::Public => {
                form.push(("client_id", self.client_id));
                None
            }
        };
        Ok(Step::form(name, path, authorization, &form))
    }
}

fn basic(client_id: &str, secret: &SecretString) -> Result<HeaderValue> {
    let pair = format!("{client_id}:{}", secret.expose_secret());
    let mut header = HeaderValue::try_from(format!("Basic {}", STANDARD.encode(pair)))
        .map_err(|error| Error::configuration("client credentials").caused_by(error))?;
    header.set_sensitive(true);
    Ok(header)
}

/// What an OAuth2 endpoint says when it does not do what it was asked for.
pub(super) fn refusal(step: &Step<'_>, answer: &Incoming) -> Option<Error> {
    let failed = format!("{} failed", step.purpose);
    let error = match serde_json::from_slice::<OAuthError>(&answer.body) {
        Ok(refused) => {
            let said = refused.error_description.as_ref().unwrap_or(&refused.error);
            let message = format!("{failed}: {said}");
            Error::new(ErrorKind::Authentication, message)
                .hint("check application id, client id, secret and scope")
                .with(|d| d.code = Some(refused.error))
        }
        Err(_) if answer.status.is_success() => return None,
        Err(_) => {
            let message = format!("{failed} with HTTP {}", answer.status.as_u16());
            Error::new(ErrorKind::Authentication, message)
                .hint("check the tenant URL and the application id")
        }
    };
    Some(error)
}

/// Seconds, which may be written as text.
pub(super) fn lifetime(expires_in: &Value) -> Option<Duration> {
    let seconds = match expires_in {
        Value::String(text) => text.trim().parse().ok(),
        number => number.as_f64(),
    };
    Duration::try_from_secs_f64(seconds?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lifetime_may_be_text() {
        for told in [Value::from(300), Value::from(300.0), Value::from(" 300 ")] {
            assert_eq!(lifetime(&told), Some(Duration::from_secs(300)), "{told}");
        }
        for told in [Value::Null, "soon".into(), "NaN".into(), Value::from(-1)] {
            assert_eq!(lifetime(&told), None, "{told}");
        }
    }
}
