//! What core does for a call, with a network but without a language binding.
//!
//! `core-loop get COUNT`, with BENCH_TENANT as for the other clients. Measured from outside.

use std::{env, error::Error};

use cyberark_identity::{Client, ClientCredentials, ops::scim::users::QueryUsers};
use serde_json::Value;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let tenant: Value = serde_json::from_str(&env::var("BENCH_TENANT")?)?;
    let text = |name: &str| tenant[name].as_str().unwrap_or_default();
    let count: usize = env::args().nth(2).ok_or("how many?")?.parse()?;
    let (id, secret) = (text("client_id"), text("client_secret"));
    let auth = ClientCredentials::new(text("app_id"), id, secret)?;
    let client = Client::builder(text("url")).auth(auth).build()?;
    let page = QueryUsers {
        count: Some(50),
        ..QueryUsers::default()
    };
    let known = client.scim().users().query(page).await?;
    for number in 0..count {
        let id = known[number % known.len()].id.as_deref();
        let user = client.scim().users().get(id.unwrap_or_default()).await?;
        if user.user_name.is_none() || user.emails.is_empty() {
            return Err("an empty user".into());
        }
    }
    Ok(())
}
