//! A service that repeats every secret that it was sent, and calls that send them.
// Part of a test: it ends by panicking.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use cyberark_identity::{
    CallOptions, Client, ClientBuilder, Error, Prepared, StaticToken,
    ops::{scim::users::CreateUser, users::ResetPassword},
};
use serde_json::{Value, json};

use crate::replay::{Answer, Replay};

/// The secret of an argument.
pub const PASSWORD: &str = "Made-Up & 'Pass' 1";
/// The secret of the client.
pub const TOKEN: &str = "eyJ-the-token";
/// The secret of a header.
pub const KEY: &str = "made-up-key";
/// The secret of a sign-in.
pub const SECRET: &str = "hunter2-secret";
/// Each of them.
pub const ALL: [&str; 4] = [PASSWORD, TOKEN, KEY, SECRET];

/// A service that repeats all it was sent, in every place that an error shows.
pub fn echoes() -> Vec<Answer> {
    let said = ALL.join(" and ");
    let envelope = json!({
        "success": false, "Message": said, "MessageID": said, "ErrorID": said, "ErrorCode": said,
    });
    let scim = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "detail": said, "scimType": said,
    });
    let oauth = json!({"error": "invalid_client", "error_description": said});
    let answer = |status, body: Value| Answer::json(status, body.to_string());
    vec![
        answer(200, envelope.clone()),
        answer(400, scim),
        answer(401, oauth),
        answer(500, envelope).header("x-cfy-tx-id", &said),
    ]
}

pub fn builder(replay: &Replay) -> ClientBuilder {
    Client::builder("abc1234.id.cyberark.cloud")
        .auth(StaticToken::new(TOKEN).unwrap())
        .transport(replay.clone())
}

pub fn keyed() -> CallOptions {
    CallOptions::new().header("X-Api-Key", KEY).unwrap()
}

/// Sends what holds secrets, in every way in which they are sent. One more way is one more row.
pub async fn failures(client: &Client) -> Vec<Error> {
    let reset = ResetPassword::new("u-1", PASSWORD);
    let create = CreateUser {
        password: Some(PASSWORD.into()),
        user_name: "ana@acme.example".into(),
        ..CreateUser::default()
    };
    let patch = json!({"Operations": [{"op": "replace", "path": "password", "value": PASSWORD}]});
    let patch = Prepared::raw("PATCH", "/scim/Users/u-1", &[], Some(&patch)).unwrap();
    vec![
        client.send(&reset, &keyed()).await.unwrap_err(),
        client.send(&create, &keyed()).await.unwrap_err(),
        client.dispatch(&patch, &keyed()).await.unwrap_err(),
    ]
}
