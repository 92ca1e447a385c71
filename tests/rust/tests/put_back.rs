//! What was read and is put back loses nothing, whatever it came as: fields in every form, attributes and extensions
//! that nobody knows.
// Clippy tells tests by their attribute, and so does not know their helpers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use cyberark_identity::{
    Client, Result,
    ops::scim::{groups::ReplaceGroup, users::ReplaceUser},
};
use cyberark_identity_tests::{
    fixture::{self, Fixture},
    replay::{Answer, Replay},
};
use serde_json::Value;

/// The one attribute that a resource needs to be put back. Some forms have none, so all get it.
const NAME: &str = "put.back@acme.example";

#[tokio::test]
async fn users_go_back_as_they_came() {
    for fixture in reads("scim.users.get") {
        let replay = answers(&fixture);
        put_user(&replay.client(), &fixture).await.unwrap();
        check(&fixture, &replay, "userName");
    }
}

#[tokio::test]
async fn groups_go_back_as_they_came() {
    for fixture in reads("scim.groups.get") {
        let replay = answers(&fixture);
        put_group(&replay.client(), &fixture).await.unwrap();
        check(&fixture, &replay, "displayName");
    }
}

async fn put_user(client: &Client, fixture: &Fixture) -> Result<()> {
    let mut user = client.scim().users().get(id(fixture)).await?;
    user.user_name = Some(NAME.to_owned());
    let put = ReplaceUser::new("x", user);
    client.scim().users().replace(put).await.map(drop)
}

async fn put_group(client: &Client, fixture: &Fixture) -> Result<()> {
    let mut group = client.scim().groups().get(id(fixture)).await?;
    group.display_name = Some(NAME.to_owned());
    let put = ReplaceGroup::new("x", group);
    client.scim().groups().replace(put).await.map(drop)
}

#[tokio::test]
async fn numbers_beyond_2_to_the_53_go_back_with_all_their_digits() {
    let body = r#"{"id":"x","userName":"ana","urn:x:y":{"n":9007199254740993,"m":-9223372036854775808,"u":18446744073709551615}}"#;
    let replay = Replay::of([Answer::json(200, body), Answer::json(200, body)]);
    let client = replay.client();
    let user = client.scim().users().get("x").await.unwrap();
    let put = ReplaceUser::new("x", user);
    client.scim().users().replace(put).await.unwrap();
    let sent = replay.requests()[1].body.clone().unwrap();
    let sent = String::from_utf8(sent.to_vec()).unwrap();
    let digits =
        r#""urn:x:y":{"n":9007199254740993,"m":-9223372036854775808,"u":18446744073709551615}"#;
    assert!(sent.contains(digits), "{sent}");
}

/// The fixtures of the operation that end in a result.
fn reads(operation: &str) -> Vec<Fixture> {
    let mut all = fixture::all();
    all.retain(|fixture| fixture.operation == operation && fixture.result.is_some());
    assert!(all.len() > 10, "{operation}: {}", all.len());
    all
}

fn answers(fixture: &Fixture) -> Replay {
    let read = Answer::json(200, fixture.response.bytes());
    Replay::of([read, Answer::json(200, r#"{"id": "x"}"#)])
}

fn id(fixture: &Fixture) -> &str {
    fixture.arguments["id"].as_str().unwrap()
}

/// `schemas` says what there is, so it is made anew. An empty list stands for none.
fn check(fixture: &Fixture, replay: &Replay, name: &str) {
    let requests = replay.requests();
    let body = requests[1].body.as_deref().unwrap();
    let mut sent: Value = serde_json::from_slice(body).unwrap();
    let mut read = fixture.result.clone().unwrap();
    read[name] = NAME.into();
    for resource in [&mut sent, &mut read] {
        let members = resource.as_object_mut().unwrap();
        members.shift_remove("schemas");
        members.retain(|_, value| value.as_array().is_none_or(|list| !list.is_empty()));
    }
    assert_eq!(sent, read, "{}/{}", fixture.operation, fixture.case);
}
