//! OAuth2 client credentials (RFC 6749, section 4.4).

use std::{fmt, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use http::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;

use super::{Exchange, Token, TokenSource};
use crate::{
    error::{Error, Result},
    model::Id,
    transport::BoxFuture,
};

/// Signs in as a service user by an OAuth2 client application of the tenant.
///
/// The client is a user of the directory that is marked as an OAuth confidential client; its password is the secret.
#[derive(Clone)]
pub struct ClientCredentials {
    app_id: Id,
    client_id: String,
    client_secret: SecretString,
    scope: Option<String>,
}

#[derive(Deserialize)]
struct Answer {
    access_token: String,
    #[serde(default)]
    expires_in: Option<Value>,
}

/// Seconds, which may be written as text.
fn lifetime(expires_in: &Value) -> Option<Duration> {
    let seconds = match expires_in {
        Value::String(text) => text.trim().parse().ok(),
        number => number.as_f64(),
    };
    Duration::try_from_secs_f64(seconds?).ok()
}

impl ClientCredentials {
    /// `app_id` is the application's id in the tenant; `client_id` the service user's login name with suffix.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) when one is empty.
    pub fn new(
        app_id: impl Into<String>,
        client_id: impl Into<String>,
        client_secret: impl Into<String>,
    ) -> Result<Self> {
        let (app_id, client_id, client_secret) =
            (app_id.into(), client_id.into(), client_secret.into());
        let named = [
            ("app_id", &app_id),
            ("client_id", &client_id),
            ("client_secret", &client_secret),
        ];
        if let Some((name, _)) = named.iter().find(|(_, value)| value.trim().is_empty()) {
            return Err(
                Error::configuration(format!("client credentials: `{name}` is empty"))
                    .hint("pass it, or set its environment variable"),
            );
        }
        if client_id.contains(':') {
            return Err(Error::configuration(
                "client credentials: `client_id` must not contain `:`",
            )
            .hint("it is the login name of the service user, such as svc@example.com"));
        }
        let client_secret = client_secret.into();
        Ok(Self {
            app_id: app_id.into(),
            client_id,
            client_secret,
            scope: None,
        })
    }

    /// Asks for `scope`: names, separated by spaces, of scopes that the application defines.
    #[must_use]
    pub fn scope(mut self, scope: impl Into<String>) -> Self {
        self.scope = Some(scope.into());
        self
    }

    fn basic(&self) -> Result<HeaderValue> {
        let pair = format!("{}:{}", self.client_id, self.client_secret.expose_secret());
        let mut header = HeaderValue::try_from(format!("Basic {}", STANDARD.encode(pair)))
            .map_err(|error| Error::configuration("client credentials").caused_by(error))?;
        header.set_sensitive(true);
        Ok(header)
    }
}

impl fmt::Debug for ClientCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientCredentials")
            .field("app_id", &self.app_id.as_str())
            .field("client_id", &self.client_id)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

impl TokenSource for ClientCredentials {
    fn fetch<'a>(&'a self, exchange: Exchange<'a>) -> BoxFuture<'a, Result<Token>> {
        Box::pin(async move {
            let mut form = vec![("grant_type", "client_credentials")];
            form.extend(self.scope.as_deref().map(|scope| ("scope", scope)));
            let path = ["oauth2", "token", self.app_id.as_str()];
            let answer: Answer = exchange.post_form(&path, self.basic()?, &form).await?;
            let lifetime = answer.expires_in.as_ref().and_then(lifetime);
            Token::new(&answer.access_token, lifetime)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lifetime_may_be_text() {
        for told in [Value::from(300), Value::from(300.0), Value::from(" 300 ")] {
            assert_eq!(lifetime(&told), Some(Duration::from_secs(300)), "{told}");
        }
        for told in [Value::Null, Value::from("soon"), Value::from(-1)] {
            assert_eq!(lifetime(&told), None, "{told}");
        }
    }

    #[test]
    fn missing_parts_are_named_and_the_secret_never_prints() {
        let error = ClientCredentials::new("app", "svc@x", "").unwrap_err();
        assert!(error.to_string().contains("client_secret"));
        let whole = ClientCredentials::new("app", "svc@x", "hunter2").unwrap();
        assert!(!format!("{whole:?}").contains("hunter2"));
    }
}
