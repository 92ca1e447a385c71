//! The pipeline: tokens, repeats, time, and what an error knows.
// Clippy tells tests by their attribute, and so does not know their helpers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::time::Duration;

use cyberark_identity::{
    Client, ClientBuilder, ClientCredentials, Delivery, ErrorKind, StaticToken,
    ops::organizations::CreateOrganization,
};
use cyberark_identity_tests::replay::{Answer, Replay};

const SECRET: &str = "hunter2-secret";
const TOKEN: &str = "eyJ-the-token";

fn token() -> Answer {
    Answer::json(
        200,
        format!(r#"{{"access_token":"{TOKEN}","token_type":"Bearer","expires_in":18000}}"#),
    )
}

fn ok() -> Answer {
    Answer::json(
        200,
        r#"{"success":true,"Result":{"Uuid":"1","Name":"ana@acme.example"}}"#,
    )
}

fn client(replay: &Replay) -> Client {
    builder(replay).build().unwrap()
}

fn builder(replay: &Replay) -> ClientBuilder {
    Client::builder("abc1234.id.cyberark.cloud")
        .auth(
            ClientCredentials::new("my app", "svc@acme.example", SECRET)
                .unwrap()
                .scope("scim api"),
        )
        .transport(replay.clone())
}

fn paths(replay: &Replay) -> Vec<String> {
    replay
        .requests()
        .iter()
        .map(|request| request.url.path().to_owned())
        .collect()
}

#[tokio::test]
async fn signs_in_once_and_reuses_the_token() {
    let replay = Replay::of([token(), ok(), ok()]);
    let client = client(&replay);
    client.users().get("1").await.unwrap();
    client.users().get("1").await.unwrap();
    let requests = replay.requests();
    assert_eq!(requests.len(), 3);
    assert_eq!(requests[0].url.path(), "/oauth2/token/my%20app");
    assert_eq!(
        requests[0].headers["content-type"],
        "application/x-www-form-urlencoded"
    );
    assert_eq!(
        requests[0].body.as_deref(),
        Some(&b"grant_type=client_credentials&scope=scim%20api"[..])
    );
    // svc@acme.example:hunter2-secret
    assert_eq!(
        requests[0].headers["authorization"],
        "Basic c3ZjQGFjbWUuZXhhbXBsZTpodW50ZXIyLXNlY3JldA=="
    );
    assert_eq!(
        requests[2].headers["authorization"],
        format!("Bearer {TOKEN}")
    );
}

#[tokio::test]
async fn a_refused_token_is_replaced_once() {
    let refused = || Answer {
        status: 401,
        headers: vec![],
        body: b"<html>no</html>".to_vec(),
    };
    let replay = Replay::of([token(), refused(), token(), ok()]);
    assert!(client(&replay).users().get("1").await.is_ok());

    let replay = Replay::of([token(), refused(), token(), refused()]);
    let error = client(&replay).users().get("1").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication);
    assert_eq!(error.details().attempts, 2);
    assert_eq!(replay.requests().len(), 4);

    let replay = Replay::of([refused()]);
    let fixed = Client::builder("abc1234.id.cyberark.cloud")
        .auth(StaticToken::new(TOKEN).unwrap())
        .transport(replay.clone())
        .build()
        .unwrap();
    let error = fixed.users().get("1").await.unwrap_err();
    assert_eq!(
        (error.kind(), replay.requests().len()),
        (ErrorKind::Authentication, 1)
    );
}

#[tokio::test]
async fn a_failed_sign_in_says_why() {
    let body = r#"{"error":"access_denied","error_description":"invalid client creds or client not allowed"}"#;
    let replay = Replay::of([Answer::json(400, body)]);
    let error = client(&replay).users().get("1").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication);
    assert_eq!(error.details().code.as_deref(), Some("access_denied"));
    assert!(
        error.to_string().contains("invalid client creds"),
        "{error}"
    );
    assert_eq!(paths(&replay), ["/oauth2/token/my%20app"]);
}

#[tokio::test(start_paused = true)]
async fn reads_are_repeated_and_ambiguous_writes_are_not() {
    let unavailable = || Answer::json(503, "");
    let replay = Replay::of([token(), unavailable(), unavailable(), ok()]);
    assert!(client(&replay).users().get("1").await.is_ok());

    let replay = Replay::of([token()]);
    replay.push(Err(Delivery::Unknown));
    let deleted = client(&replay).scim().users().delete("1").await;
    let error = deleted.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connection);
    assert_eq!(error.details().delivery, Delivery::Unknown);
    assert_eq!(replay.requests().len(), 2);

    let replay = Replay::of([token()]);
    replay.push(Err(Delivery::NotSent));
    replay.push(Ok(Answer::json(
        200,
        r#"{"success":true,"Result":{"ID":"1"}}"#,
    )));
    let request = CreateOrganization {
        name: "Northwind".into(),
        ..Default::default()
    };
    assert!(
        client(&replay)
            .organizations()
            .create(request)
            .await
            .is_ok()
    );
    assert_eq!(replay.requests().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn nobody_looks_at_once_for_what_may_still_be_under_way() {
    let found = r#"{"Resources":[{"id":"1","userName":"ana@acme.example"}],"totalResults":1}"#;
    let replay = Replay::of([token()]);
    replay.push(Err(Delivery::Unknown));
    replay.push(Ok(Answer::json(200, found)));
    let client = builder(&replay).max_retries(0).build().unwrap();
    let started = tokio::time::Instant::now();
    let request = cyberark_identity::ops::scim::users::CreateUser {
        user_name: "ana@acme.example".into(),
        ..Default::default()
    };
    let options = cyberark_identity::CallOptions::new();
    let response = client.send_raw(&request, &options).await.unwrap();
    assert!(response.payload.recovered);
    assert!(started.elapsed() >= Duration::from_millis(100));
}

#[tokio::test(start_paused = true)]
async fn a_client_tells_what_it_repeated_and_what_it_did_not() {
    let unavailable = |_| Answer::json(503, "");
    let replay = Replay::of([token()].into_iter().chain((0..1_000).map(unavailable)));
    let client = client(&replay);
    let calls = (0..300).map(|_| async { client.users().get("1").await.unwrap_err() });
    futures_util::future::join_all(calls).await;
    let limits = client.limits();
    assert!(limits.retries > 0 && limits.retries_refused > 0);
    let sent = replay.requests().len() as u64;
    assert_eq!(sent, 1 + 300 + limits.retries, "the token, calls, repeats");
}

#[tokio::test(start_paused = true)]
async fn the_service_is_given_the_time_it_asks_for() {
    let limited = |wait: &str| Answer::json(429, "").header("retry-after", wait);
    let replay = Replay::of([token(), limited("7"), ok()]);
    let started = tokio::time::Instant::now();
    assert!(client(&replay).users().get("1").await.is_ok());
    assert!(started.elapsed() >= Duration::from_secs(7));

    let replay = Replay::of([token(), limited("3600")]);
    let error = client(&replay).users().get("1").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert_eq!(error.details().retry_after, Some(Duration::from_secs(3600)));
}

#[tokio::test(start_paused = true)]
async fn for_how_long_it_may_ask_is_a_setting() {
    let limited = |wait: &str| Answer::json(429, "").header("retry-after", wait);
    let replay = Replay::of([token(), limited("5"), ok()]);
    let settings = builder(&replay).max_retry_after(Duration::from_secs(4));
    let client = settings.build().unwrap();
    let error = client.users().get("1").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert_eq!(error.details().retry_after, Some(Duration::from_secs(5)));
    assert_eq!(replay.requests().len(), 2);
    assert_eq!(client.limits().held_for, None, "nobody else waits, either");

    let replay = Replay::of([token(), limited("100"), ok()]);
    let settings = builder(&replay).max_retry_after(Duration::from_secs(100));
    let client = settings.timeout(Duration::from_secs(200)).build().unwrap();
    let started = tokio::time::Instant::now();
    assert!(client.users().get("1").await.is_ok());
    assert!(started.elapsed() >= Duration::from_secs(100));
}

#[tokio::test(start_paused = true)]
async fn the_time_for_a_call_covers_its_repeats() {
    let replay = Replay::of([token(), Answer::json(503, ""), ok()]);
    let options = cyberark_identity::CallOptions::new().timeout(Duration::from_millis(50));
    let request = cyberark_identity::ops::users::GetUser::from("1");
    let error = client(&replay).send(&request, &options).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(error.details().operation.as_deref(), Some("users.get"));
}

#[tokio::test(start_paused = true)]
async fn a_wait_for_longer_than_the_call_may_take_is_told_at_once() {
    let limited = Answer::json(429, "").header("retry-after", "50");
    let replay = Replay::of([token(), limited, ok()]);
    let options = cyberark_identity::CallOptions::new().timeout(Duration::from_secs(5));
    let request = cyberark_identity::ops::users::GetUser::from("1");
    let before = tokio::time::Instant::now();
    let error = client(&replay).send(&request, &options).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert_eq!(error.details().retry_after, Some(Duration::from_secs(50)));
    assert_eq!(before.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_a_turn_that_comes_after_the_time_of_the_call() {
    let limited = Answer::json(429, "").header("retry-after", "50");
    let replay = Replay::of([token(), limited, ok()]);
    let client = builder(&replay).max_retries(0).build().unwrap();
    client.users().get("1").await.unwrap_err();
    let options = cyberark_identity::CallOptions::new().timeout(Duration::from_secs(5));
    let request = cyberark_identity::ops::users::GetUser::from("1");
    let before = tokio::time::Instant::now();
    let error = client.send(&request, &options).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert_eq!(error.details().retry_after, Some(Duration::from_secs(50)));
    assert_eq!(error.details().delivery, Delivery::NotSent);
    assert_eq!(before.elapsed(), Duration::ZERO);
    assert_eq!(replay.requests().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_slows_a_client_down_what_lets_it_go_faster_and_what_does_neither() {
    let missing = Answer::json(404, "");
    let refusals = [503, 429, 503, 503].map(|status| Answer::json(status, ""));
    let replay = Replay::of([token()].into_iter().chain(refusals));
    replay.push(Err(Delivery::Unknown));
    replay.push(Ok(missing));
    let client = builder(&replay).max_retries(0).build().unwrap();
    let mut limits = Vec::new();
    for _ in 0..6 {
        client.users().get("1").await.unwrap_err();
        limits.push(client.limits().limit.unwrap());
        // Refusals of one moment count once.
        tokio::time::advance(Duration::from_millis(1)).await;
    }
    assert_eq!(limits, [8, 4, 2, 1, 1, 2]);
    let limited = client.limits().limited.unwrap();
    assert_eq!((limited.status, limited.retry_after), (503, None));
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let away = Answer {
        status: 302,
        headers: vec![("location", "https://evil.example/x".into())],
        body: vec![],
    };
    let replay = Replay::of([token(), away]);
    let error = client(&replay).users().get("1").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnexpectedResponse);
    assert!(error.to_string().contains("evil.example"), "{error}");
}

#[tokio::test]
async fn raw_responses_keep_status_headers_and_body() {
    let replay = Replay::of([token(), ok().header("x-cfy-tx-id", "tx-7")]);
    let request = cyberark_identity::ops::users::GetUser::from("1");
    let response = client(&replay)
        .send_raw(&request, &Default::default())
        .await
        .unwrap();
    assert_eq!(response.payload.status, 200);
    assert_eq!(response.payload.headers["x-cfy-tx-id"], "tx-7");
    assert!(response.payload.body.starts_with(b"{\"success\":true"));
    assert_eq!(response.value.name.as_deref(), Some("ana@acme.example"));
}

#[tokio::test]
async fn secrets_do_not_print() {
    let replay = Replay::of([
        token(),
        Answer::json(200, r#"{"success":false,"Message":"No."}"#),
    ]);
    let client = client(&replay);
    let builder =
        Client::builder("abc1234.id.cyberark.cloud").auth(StaticToken::new(TOKEN).unwrap());
    let error = client.users().get("1").await.unwrap_err();
    for printed in [
        format!("{client:?}"),
        format!("{builder:?}"),
        format!("{error:?}"),
        error.to_string(),
    ] {
        assert!(
            !printed.contains(SECRET) && !printed.contains(TOKEN),
            "{printed}"
        );
    }
}

#[tokio::test]
async fn anything_else_goes_through_the_same_pipeline() {
    let replay = Replay::of([
        token(),
        Answer::json(200, r#"{"success":true,"Result":[1]}"#),
        Answer::json(200, r#"{"success":false,"Message":"No."}"#),
        Answer::json(200, r#"{"schemas":[]}"#),
    ]);
    let client = client(&replay);
    let query = [("format".to_owned(), "a b".to_owned())];
    let body = serde_json::json!({"Args": {}});
    let send = async |method: &str, path: &str, query: &[(String, String)], body| {
        let method = method.parse().unwrap();
        client
            .request(method, path, query, body, &Default::default())
            .await
    };
    let payload = send("POST", "/Org/ListAll", &query, Some(&body))
        .await
        .unwrap();
    assert_eq!(payload.value.as_ref(), b"[1]");
    let seen = &replay.requests()[1];
    assert_eq!(
        (seen.url.path(), seen.url.query()),
        ("/Org/ListAll", Some("format=a%20b"))
    );
    let refused = send("POST", "/Org/ListAll", &[], None).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Rejected);
    let payload = send("GET", "/scim/v2/Schemas", &[], None).await.unwrap();
    assert_eq!(payload.value.as_ref(), br#"{"schemas":[]}"#);
}
