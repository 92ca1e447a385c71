//! A token that was obtained elsewhere.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

use super::{Exchange, Token, TokenSource};
use crate::{error::Result, transport::BoxFuture};

/// A bearer token that was obtained elsewhere. It is not renewed: when it expires, calls end in an authentication error.
#[derive(Clone)]
pub struct StaticToken(SecretString);

impl StaticToken {
    /// Uses `token` as it is.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) for a text that cannot be a token.
    pub fn new(token: impl Into<String>) -> Result<Self> {
        let secret = SecretString::from(token.into());
        Token::new(secret.expose_secret(), None)?;
        Ok(Self(secret))
    }
}

impl fmt::Debug for StaticToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StaticToken(***)")
    }
}

impl TokenSource for StaticToken {
    fn fetch<'a>(&'a self, _: Exchange<'a>) -> BoxFuture<'a, Result<Token>> {
        Box::pin(async { Token::new(self.0.expose_secret(), None) })
    }

    fn renewable(&self) -> bool {
        false
    }
}
