//! Signing in: where tokens come from, and how one is kept for everybody who needs it.

mod client_credentials;
mod exchange;
mod keeper;
mod static_token;
mod token;

pub use client_credentials::ClientCredentials;
pub use exchange::Exchange;
pub(crate) use keeper::Keeper;
pub use static_token::StaticToken;
pub use token::Token;

use std::fmt;

use crate::{error::Result, transport::BoxFuture};

/// Where tokens come from.
pub trait TokenSource: fmt::Debug + Send + Sync + 'static {
    /// Fetches a new token. Requests go out through `exchange`, which is the client's own transport.
    fn fetch<'a>(&'a self, exchange: Exchange<'a>) -> BoxFuture<'a, Result<Token>>;

    /// Whether asking again can give another token.
    fn renewable(&self) -> bool {
        true
    }
}
