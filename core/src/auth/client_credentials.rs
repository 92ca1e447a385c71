//! OAuth2 client credentials (RFC 6749, section 4.4), by an application or for the whole platform.

use std::fmt;

use super::{
    Exchange, Identity, Token, TokenSource,
    grant::{ClientProof, Endpoint},
    revocation::log_out,
};
use crate::{
    error::{Error, Result},
    model::Id,
    transport::BoxFuture,
};

/// Signs in as a service user through an OAuth2 client application of the tenant.
///
/// The client is a user of the directory that is marked as an OAuth confidential client; its password is the secret.
/// Confidence: high.
#[derive(Clone)]
pub struct ClientCredentials {
    /// None for the token of the platform.
    app_id: Option<Id>,
    client_id: String,
    proof: ClientProof,
    scope: Option<String>,
}

/// Signs in as a service user for the shared services of the platform, at `/oauth2/platformtoken`, which needs no
/// application. The tenant's own calls accept this token, too. Confidence: high; its lifetime was not recorded.
#[derive(Debug, Clone)]
pub struct PlatformToken(ClientCredentials);

impl ClientCredentials {
    /// `app_id` is the application's id in the tenant; `client_id` the service user's login name with suffix.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) if one is empty.
    pub fn new(
        app_id: impl Into<String>,
        client_id: impl Into<String>,
        client_secret: impl Into<String>,
    ) -> Result<Self> {
        let app_id = not_empty("app_id", app_id.into())?;
        let client_id = not_empty("client_id", client_id.into())?;
        let secret = not_empty("client_secret", client_secret.into())?;
        if client_id.contains(':') {
            return Err(Error::configuration(
                "client credentials: `client_id` must not contain `:`",
            )
            .hint("it is the login name of the service user, such as svc@example.com"));
        }
        Ok(Self {
            app_id: Some(app_id.into()),
            client_id,
            proof: ClientProof::Basic(secret.into()),
            scope: None,
        })
    }

    /// Asks for `scope`: scopes that the application defines, separated by spaces.
    #[must_use]
    pub fn scope(mut self, scope: impl Into<String>) -> Self {
        self.scope = Some(scope.into());
        self
    }

    /// Sends id and secret in the form instead of a Basic header, if a gateway needs that header for itself.
    #[must_use]
    pub fn in_body(mut self) -> Self {
        if let ClientProof::Basic(secret) = self.proof {
            self.proof = ClientProof::Body(secret);
        }
        self
    }

    fn endpoint<'a>(&'a self, path: &'a [&'a str]) -> Endpoint<'a> {
        Endpoint {
            path,
            client_id: &self.client_id,
            proof: &self.proof,
        }
    }
}

impl PlatformToken {
    /// `client_id` is the service user's login name with suffix, `client_secret` its password.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) if one is empty.
    pub fn new(client_id: impl Into<String>, client_secret: impl Into<String>) -> Result<Self> {
        let secret = not_empty("client_secret", client_secret.into())?;
        Ok(Self(ClientCredentials {
            app_id: None,
            client_id: not_empty("client_id", client_id.into())?,
            proof: ClientProof::Body(secret.into()),
            scope: None,
        }))
    }
}

fn not_empty(name: &str, value: String) -> Result<String> {
    if value.trim().is_empty() {
        let message = format!("client credentials: `{name}` is empty");
        return Err(Error::configuration(message).hint("pass it, or set its environment variable"));
    }
    Ok(value)
}

impl fmt::Debug for ClientCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientCredentials")
            .field("app_id", &self.app_id.as_ref().map(Id::as_str))
            .field("client_id", &self.client_id)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

impl TokenSource for ClientCredentials {
    fn fetch<'a>(&'a self, exchange: Exchange<'a>) -> BoxFuture<'a, Result<Token>> {
        Box::pin(async move {
            let mut fields = vec![("grant_type", "client_credentials")];
            fields.extend(self.scope.as_deref().map(|scope| ("scope", scope)));
            let path: &[&str] = match &self.app_id {
                Some(app_id) => &["oauth2", "token", app_id.as_str()],
                None => &["oauth2", "platformtoken"],
            };
            self.endpoint(path).token(&exchange, &fields).await
        })
    }

    fn revoke<'a>(&'a self, exchange: Exchange<'a>, token: &'a Token) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            match &self.app_id {
                Some(app_id) => {
                    let path = ["oauth2", "revoke", app_id.as_str()];
                    self.endpoint(&path).revoke(&exchange, token).await
                }
                None => log_out(exchange, token).await,
            }
        })
    }

    fn identity(&self) -> Option<Identity> {
        let mut identity = match &self.app_id {
            Some(app_id) => Identity::new("client_credentials").part("app_id", app_id.as_str()),
            None => Identity::new("platform_token"),
        };
        if let Some(scope) = &self.scope {
            identity = identity.part("scope", scope);
        }
        let identity = identity.part("client_id", &self.client_id);
        Some(identity.secret(self.proof.secret()))
    }
}

impl TokenSource for PlatformToken {
    fn fetch<'a>(&'a self, exchange: Exchange<'a>) -> BoxFuture<'a, Result<Token>> {
        self.0.fetch(exchange)
    }

    fn revoke<'a>(&'a self, exchange: Exchange<'a>, token: &'a Token) -> BoxFuture<'a, Result<()>> {
        self.0.revoke(exchange, token)
    }

    fn identity(&self) -> Option<Identity> {
        self.0.identity()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_parts_are_named_and_the_secret_never_prints() {
        let error = ClientCredentials::new("app", "svc@x", "").unwrap_err();
        assert!(error.to_string().contains("client_secret"));
        let error = PlatformToken::new(" ", "hunter2").unwrap_err();
        assert!(error.to_string().contains("client_id"));
        let whole = ClientCredentials::new("app", "svc@x", "hunter2").unwrap();
        assert!(!format!("{whole:?}").contains("hunter2"));
        let whole = PlatformToken::new("svc@x", "hunter2").unwrap();
        assert!(!format!("{whole:?}").contains("hunter2"));
    }
}
