//! Signing in where there is no service.

use crate::{
    auth::{Exchange, Token, TokenSource},
    error::Result,
    transport::BoxFuture,
};

/// Gives a token that nobody takes, and asks nobody for it.
#[derive(Debug)]
pub(super) struct Offline {
    /// Whether a token that was refused was replaced when the tape was recorded.
    pub(super) renews_tokens: bool,
}

impl TokenSource for Offline {
    fn fetch<'a>(&'a self, _: Exchange<'a>) -> BoxFuture<'a, Result<Token>> {
        Box::pin(async { Token::new("replayed", None) })
    }

    fn revoke<'a>(&'a self, _: Exchange<'a>, _: &'a Token) -> BoxFuture<'a, Result<()>> {
        Box::pin(async { Ok(()) })
    }

    fn renewable(&self) -> bool {
        self.renews_tokens
    }
}
