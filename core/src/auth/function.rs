//! Tokens from a function of the caller.

use std::{fmt, future::Future};

use super::{Exchange, Token, TokenSource};
use crate::{error::Result, transport::BoxFuture};

/// Asks a function for a token: a vault, a file that somebody else keeps, another library. It is asked again when the
/// token has expired, as far as its claims tell, and once after the service refused it.
#[derive(Clone)]
pub struct TokenFunction<F>(F);

impl<F, A> TokenFunction<F>
where
    F: Fn() -> A + Send + Sync + 'static,
    A: Future<Output = Result<String>> + Send + 'static,
{
    /// `function` gives the text of a token.
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
