//! Says who the caller is, with a token from a cache: a process for the tests.
//!
//! `whoami URL CACHE APP_ID CLIENT_ID CLIENT_SECRET [PLAIN_HOST]`: the last may be reached by plain http.

use cyberark_identity::{Client, ClientCredentials, Error, TokenCache};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().unwrap_or_default();
    let client = Client::builder(next())
        .token_cache(TokenCache::file(next()))
        .auth(ClientCredentials::new(next(), next(), next())?)
        .allow_plain_http(next())
        .build()?;
    let user = client.security().whoami().await?.user;
    println!("{}", user.unwrap_or_default());
    Ok(())
}
