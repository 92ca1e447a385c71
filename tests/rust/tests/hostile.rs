//! Answers that no service should give: each ends in a value or in a typed error.
// Clippy tells tests by their attribute, and so does not know their helpers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use cyberark_identity::{Client, Delivery, Error, ErrorKind, StaticToken, ops::scim::users::User};
use cyberark_identity_tests::{
    odd_server::OddServer,
    replay::{Answer, Replay},
};
use serde_json::json;

async fn read(body: impl Into<Vec<u8>>) -> Result<User, Error> {
    let replay = Replay::of([Answer::json(200, body)]);
    replay.client().scim().users().get("1").await
}

/// Reads from a server that gives these bytes to everything.
async fn read_from(answer: Vec<u8>) -> Error {
    let server = OddServer::plain(answer).await;
    let client = Client::builder(&server.url).auth(StaticToken::new("made-up").unwrap());
    let client = client.max_response_size(1_000_000).build().unwrap();
    let error = client.scim().users().get("1").await.unwrap_err();
    assert_eq!(server.seen().requests, 1, "it would come again");
    error
}

#[tokio::test]
async fn what_is_no_json_or_nested_without_measure_is_no_answer() {
    let [open, close] = ["[", "]"].map(|bracket| bracket.repeat(100_000));
    let deep = format!(r#"{{"id": "1", "deep": {open}{close}}}"#);
    let cases: [&[u8]; 8] = [
        deep.as_bytes(),
        b"{\"id\": \"\xff\xfe\"}",
        b"{\"id\": \"1\", \"userName\": \"\xc3\"}",
        b"{\"id\": \"1\"",
        b"{\"id\": 1e999999}",
        b"{,}",
        b"\0",
        b"\xef\xbb\xbf{}x",
    ];
    for body in cases {
        let error = read(body).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnexpectedResponse, "{error}");
        assert_eq!(error.details().delivery, Delivery::Answered);
    }
}

#[tokio::test]
async fn texts_and_numbers_keep_what_they_hold() {
    let user = read(r#"{"id": "1", "userName": "a\u0000b", "large": 9007199254740993}"#);
    let user = user.await.unwrap();
    assert_eq!(user.user_name.as_deref(), Some("a\0b"));
    assert_eq!(user.extra["large"], json!(9_007_199_254_740_993_u64));
}

#[tokio::test]
async fn a_gigabyte_that_is_announced_is_not_read() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-length: 1073741824\r\n\r\n";
    let error = read_from(head.to_vec()).await;
    assert_eq!(error.kind(), ErrorKind::UnexpectedResponse, "{error}");
    let hint = error.details().hint.clone().unwrap_or_default();
    assert!(hint.contains("max_response_size"), "{error}");
}

#[tokio::test]
async fn a_body_without_end_is_cut_off() {
    let head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    let chunk = [b"10000\r\n", &[b' '; 0x10000][..], b"\r\n"].concat();
    let error = read_from([&head[..], &chunk.repeat(100)].concat()).await;
    assert_eq!(error.kind(), ErrorKind::UnexpectedResponse, "{error}");
    assert!(
        error.to_string().contains("larger than 1000000 bytes"),
        "{error}"
    );
}
