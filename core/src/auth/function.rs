//! Tokens from a function of the caller.

use std::{fmt, future::Future};

use super::{Exchange, Token, TokenSource};
use crate::{error::Result, transport::BoxFuture};

/// Gets the token from a function: from a vault, another library, or a file that something else keeps up to date. It is called
/// again when the token's claims say that it has expired, and once after the service has refused it.
#[derive(Clone)]
pub struct TokenFunction<F>(F);

impl<F, A> TokenFunction<F>
where
    F: Fn() -> A + Send + Sync + 'static,
    A: Future<Output = Result<String>> + Send + 'static,
{
    /// `function` returns the text of a token.
    pub fn new(function: F) -> Self {
        Self(function)
    }
}

impl<F> fmt::Debug for TokenFunction<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenFunction")
    }
}

impl<F, A> TokenSource for TokenFunction<F>
where
    F: Fn() -> A + Send + Sync + 'static,
    A: Future<Output = Result<String>> + Send + 'static,
{
    fn fetch<'a>(&'a self, _: Exchange<'a>) -> BoxFuture<'a, Result<Token>> {
        Box::pin(async { Token::new(&(self.0)().await?, None) })
    }
}
