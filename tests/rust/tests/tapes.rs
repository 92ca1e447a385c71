//! Tapes: what was recorded is played with equal results.
// Clippy tells tests by their attribute, and so does not know their helpers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::{Arc, Mutex};

use cyberark_identity::{
    CallOptions, Client, ClientCredentials, Error, ErrorKind, Prepared, Spelling, find,
};
use cyberark_identity_tests::{
    fixture::{self, Fixture},
    replay::{Answer, Replay},
    tape::{Place, TENANT, ok, playing, recording, signed_in},
};
use serde_json::{Value, json};

/// What a call came to, in a form that can be compared.
fn told<T: std::fmt::Debug>(outcome: &Result<T, Error>) -> String {
    match outcome {
        Ok(value) => format!("{value:?}"),
        Err(error) => {
            let d = error.details();
            let ids = (
                &d.code,
                &d.message_id,
                &d.error_id,
                &d.request_id,
                d.retry_after,
            );
            format!(
                "{error} {:?} {:?} {ids:?} {}",
                d.delivery, d.status, d.attempts
            )
        }
    }
}

async fn play_fixture(client: &Client, fixture: &Fixture) -> String {
    let entry = find(&fixture.operation).unwrap();
    let outcome = async {
        let prepared = entry.prepare(fixture.arguments.clone(), Spelling::Wire)?;
        let payload = client.dispatch(&prepared, &CallOptions::new()).await?;
        let value = entry.decode(&payload)?;
        Ok((payload.status, payload.headers, payload.body, value))
    };
    told(&outcome.await)
}

#[tokio::test]
async fn every_fixture_is_played_as_it_was_recorded() {
    let mut played = 0;
    for fixture in fixture::all() {
        let response = &fixture.response;
        let answer = Answer {
            status: response.status,
            headers: Vec::new(),
            body: response.bytes(),
        };
        let answer = answer.header("content-type", &response.content_type);
        let place = Place::new();
        let transport = Replay::of(vec![answer; 3]);
        let recorded = play_fixture(&recording(&place, &transport), &fixture).await;
        assert!(!transport.requests().is_empty(), "{}", fixture.operation);
        let replayed = play_fixture(&playing(&place), &fixture).await;
        assert_eq!(
            replayed,
            recorded,
            "{}: {}",
            fixture.operation,
            place.text()
        );
        played += 1;
    }
    assert!(played > 100, "{played}");
}

#[tokio::test]
async fn equal_requests_are_answered_in_their_order_and_no_more_often() {
    let place = Place::new();
    let user = |name: &str| ok(json!({ "Name": name }));
    let transport = Replay::of([user("first"), user("other"), user("second")]);
    let client = recording(&place, &transport);
    for id in ["u-1", "u-2", "u-1"] {
        client.users().get(id).await.unwrap();
    }

    // Copies on other runtimes play the same tape.
    let client = playing(&place);
    let copy = client.with_own_connections().unwrap();
    assert_eq!(
        client.users().get("u-1").await.unwrap().name.as_deref(),
        Some("first")
    );
    assert_eq!(
        copy.users().get("u-1").await.unwrap().name.as_deref(),
        Some("second")
    );
    assert_eq!(
        client.users().get("u-2").await.unwrap().name.as_deref(),
        Some("other")
    );
    let error = client.users().get("u-1").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    let said = error.to_string();
    assert!(
        said.contains("only 2 times (lines 2, 4), and it was asked once more"),
        "{said}"
    );
    // Another client begins anew.
    let again = playing(&place).users().get("u-1").await.unwrap();
    assert_eq!(again.name.as_deref(), Some("first"));
}

#[tokio::test]
async fn a_request_that_is_not_on_the_tape_is_told_with_the_nearest() {
    let place = Place::new();
    let transport = Replay::of([ok(json!({})), ok(json!({}))]);
    let client = recording(&place, &transport);
    client.users().get("u-1").await.unwrap();
    client
        .users()
        .get_by_name("ana@acme.example")
        .await
        .unwrap();

    let client = playing(&place);
    let error = client.users().get("u-9").await.unwrap_err();
    let said = error.to_string();
    assert!(said.contains("nearest is line 2: POST /"), "{said}");
    assert!(
        said.contains(r#"where body `ID` is "u-1" and not "u-9""#),
        "{said}"
    );
    assert_eq!(error.details().attempts, 1, "it is not repeated");
    let error = client.scim().users().get("u-1").await.unwrap_err();
    let said = error.to_string();
    assert!(
        said.contains("has no GET /scim/Users/u-1; nearest is line "),
        "{said}"
    );
}

#[tokio::test(start_paused = true)]
async fn repeats_are_played_without_their_waits() {
    let place = Place::new();
    let busy = Answer::json(429, "{}").header("retry-after", "30");
    let transport = Replay::of([busy.clone(), busy, ok(json!({"Name": "ana"}))]);
    recording(&place, &transport)
        .users()
        .get("u-1")
        .await
        .unwrap();

    let before = tokio::time::Instant::now();
    let user = playing(&place).users().get("u-1").await.unwrap();
    assert_eq!(user.name.as_deref(), Some("ana"));
    assert_eq!(before.elapsed(), std::time::Duration::ZERO);
    let error = Client::replay(place.as_ref())
        .max_retries(0)
        .build()
        .unwrap();
    let error = error.users().get("u-1").await.unwrap_err();
    assert_eq!(
        error.details().retry_after,
        Some(std::time::Duration::from_secs(30))
    );
}

#[tokio::test]
async fn hooks_run_while_a_tape_is_played_and_what_they_add_does_not_matter() {
    let place = Place::new();
    let transport = Replay::of([Answer::json(503, ""), ok(json!({"Name": "ana"}))]);
    let client = recording(&place, &transport);
    client.users().get("u-1").await.unwrap();

    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let (at_start, at_end) = (seen.clone(), seen.clone());
    let client = Client::replay(place.as_ref())
        .before(move |start| {
            start.header("traceparent", "made-up")?;
            at_start.lock().unwrap().push(start.operation.to_owned());
            Ok(())
        })
        .after(move |end| {
            let told = format!("{:?} after {} attempts", end.outcome, end.attempts);
            at_end.lock().unwrap().push(told);
            Ok(())
        })
        .build()
        .unwrap();
    client.users().get("u-1").await.unwrap();
    let seen = seen.lock().unwrap();
    assert_eq!(*seen, ["users.get", "Success after 2 attempts"]);
}

#[tokio::test(start_paused = true)]
async fn what_nobody_waited_for_ends_as_it_did() {
    #[derive(Debug)]
    struct Silent;
    impl cyberark_identity::transport::Transport for Silent {
        fn round_trip(
            &self,
            _: cyberark_identity::transport::Outgoing,
        ) -> cyberark_identity::transport::BoxFuture<
            '_,
            Result<cyberark_identity::transport::Incoming, cyberark_identity::transport::Failure>,
        > {
            Box::pin(std::future::pending())
        }
    }
    let place = Place::new();
    let client = signed_in()
        .transport(Silent)
        .record(place.as_ref())
        .build()
        .unwrap();
    let recorded = client.users().get("u-1").await;
    let replayed = playing(&place).users().get("u-1").await;
    assert_eq!(told(&replayed), told(&recorded));
    assert_eq!(replayed.unwrap_err().kind(), ErrorKind::Timeout);
}

#[tokio::test]
async fn a_token_that_was_refused_is_replaced_as_it_was() {
    let auth = || ClientCredentials::new("app", "svc@acme.example", "hunter2-secret").unwrap();
    let place = Place::new();
    let token = |text: &str| {
        Answer::json(
            200,
            json!({"access_token": text, "expires_in": 300}).to_string(),
        )
    };
    let refused = Answer::json(401, "{}");
    let transport = Replay::of([
        token("first-token"),
        refused.clone(),
        token("second-token"),
        ok(json!({})),
    ]);
    let client = Client::builder(TENANT)
        .auth(auth())
        .transport(transport)
        .record(place.as_ref());
    client.build().unwrap().users().get("u-1").await.unwrap();
    // Without credentials, and with some that are not those.
    playing(&place).users().get("u-1").await.unwrap();
    let other = ClientCredentials::new("app", "svc@acme.example", "another").unwrap();
    let client = Client::replay(place.as_ref()).auth(other).build().unwrap();
    client.users().get("u-1").await.unwrap();

    // One that is not replaced.
    let place = Place::new();
    let recorded = recording(&place, &Replay::of([refused]))
        .users()
        .get("u-1")
        .await;
    let replayed = playing(&place).users().get("u-1").await;
    assert_eq!(told(&replayed), told(&recorded));
}

#[tokio::test]
async fn the_order_of_fields_and_parameters_does_not_matter() {
    let place = Place::new();
    let raw = |body: &str, query: [(&str, &str); 2]| {
        let body: Value = serde_json::from_str(body).unwrap();
        let query = query.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Prepared::raw("POST", "/Core/Any", &query, Some(&body)).unwrap()
    };
    let send = async |client: &Client, prepared: &Prepared| {
        client.dispatch(prepared, &CallOptions::new()).await
    };
    let client = recording(&place, &Replay::of([ok(json!(1))]));
    let recorded = raw(
        r#"{"a": 1, "b": {"c": 2, "d": 3}}"#,
        [("x", "1"), ("y", "2")],
    );
    send(&client, &recorded).await.unwrap();
    let other = raw(
        r#"{"b": {"d": 3, "c": 2}, "a": 1}"#,
        [("y", "2"), ("x", "1")],
    );
    send(&playing(&place), &other).await.unwrap();
}
