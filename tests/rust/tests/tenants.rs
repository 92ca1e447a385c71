//! Several tenants in one process: what belongs to one does not reach another.
// Clippy tells tests by their attribute, and so does not know their helpers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use cyberark_identity::{Client, ClientBuilder, ClientCredentials, ErrorKind, SharedSource};
use cyberark_identity_emulator::{Emulator, FaultScript, Options};

const ADMIN: &str = "admin@acme.example";

fn start() -> Emulator {
    Emulator::start(Options::default()).unwrap()
}

fn credentials(emulator: &Emulator) -> SharedSource {
    let tenant = emulator.description();
    let own = ClientCredentials::new(&tenant.app_id, &tenant.client_id, &tenant.client_secret);
    own.unwrap().into()
}

fn settings(emulator: &Emulator, auth: SharedSource) -> ClientBuilder {
    Client::builder(&emulator.description().url).auth(auth)
}

async fn look(client: &Client) -> Result<Option<String>, ErrorKind> {
    let user = client.users().get_by_name(ADMIN).await;
    user.map(|user| user.name).map_err(|error| error.kind())
}

#[tokio::test]
async fn a_token_is_not_taken_to_another_tenant_even_where_both_share_a_source() {
    let (emulator, other) = (start(), start());
    let auth = credentials(&emulator);
    let first = settings(&emulator, auth.clone()).build().unwrap();
    let second = settings(&other, auth).build().unwrap();
    let name = Ok(Some(ADMIN.to_owned()));
    assert_eq!(look(&first).await, name);
    assert_eq!(look(&second).await, Err(ErrorKind::Authentication));
    assert_eq!(look(&first).await, name);
    assert_eq!(emulator.requests().len(), 3);
    let at_other: Vec<String> = other.requests().into_iter().map(|seen| seen.path).collect();
    assert_eq!(at_other.len(), 1);
    assert!(at_other[0].starts_with("/oauth2/"), "{at_other:?}");
}

#[tokio::test]
async fn a_tenant_that_is_busy_holds_up_no_other() {
    let (emulator, other) = (start(), start());
    let limited =
        r#"{"match": {"path": "GetUserByName"}, "action": {"status": 429, "retry_after": 30}}"#;
    emulator.add_faults(FaultScript::from_json(limited).unwrap());
    let held = settings(&emulator, credentials(&emulator)).max_retries(0);
    let held = held.build().unwrap();
    let free = settings(&other, credentials(&other)).build().unwrap();
    assert_eq!(look(&held).await, Err(ErrorKind::RateLimited));
    for _ in 0..3 {
        assert_eq!(look(&free).await, Ok(Some(ADMIN.to_owned())));
    }
    assert!(held.limits().held_for.is_some());
    assert_eq!(free.limits().held_for, None);
    assert_eq!((emulator.requests().len(), other.requests().len()), (2, 4));
}
