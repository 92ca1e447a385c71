//! Signing in: where tokens come from, and how one is kept for all calls that need it.

mod cache;
mod claims;
mod client_credentials;
mod code;
mod exchange;
mod function;
mod grant;
mod keeper;
mod login;
mod prompt;
mod random;
mod revocation;
mod shared;
mod static_token;
mod terminal;
mod token;

pub use cache::{Identity, TokenCache};
pub(crate) use claims::token_claims;
pub use client_credentials::{ClientCredentials, PlatformToken};
pub use code::AuthorizationCode;
pub use exchange::Exchange;
pub use function::TokenFunction;
pub(crate) use keeper::Keeper;
pub use login::UserLogin;
pub use prompt::{Choice, Prompt, PromptFunction, Question, QuestionKind};
pub use shared::SharedSource;
pub use static_token::StaticToken;
pub use terminal::TerminalPrompt;
pub use token::Token;

use std::fmt;

use crate::{error::Result, transport::BoxFuture};

/// Where tokens come from.
pub trait TokenSource: fmt::Debug + Send + Sync + 'static {
    /// Fetches a new token. Its requests are sent through `exchange`, which uses the client's own transport.
    fn fetch<'a>(&'a self, exchange: Exchange<'a>) -> BoxFuture<'a, Result<Token>>;

    /// Ends `token`, and what was issued with it, at the service. Unless a source can do more, the session of the token is
    /// logged out.
    fn revoke<'a>(&'a self, exchange: Exchange<'a>, token: &'a Token) -> BoxFuture<'a, Result<()>> {
        Box::pin(revocation::log_out(exchange, token))
    }

    /// Who signs in, for a [`TokenCache`]. Tokens of a source without an identity are not kept.
    fn identity(&self) -> Option<Identity> {
        None
    }

    /// Whether fetching again can give another token.
    fn renewable(&self) -> bool {
        true
    }

    /// Whether a person may have to do something. If so, a call's time-out starts when there is a token, so that people are
    /// not hurried.
    fn asks_people(&self) -> bool {
        false
    }
}
