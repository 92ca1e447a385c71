//! What can be seen of calls: names, events, spans, hooks.
// Clippy tells tests by their attribute, and so does not know their helpers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use cyberark_identity::{
    CallOptions, Client, ClientBuilder, ClientCredentials, Delivery, ErrorKind,
    observe::{CallEnd, CallId, Event, Level, Observer, Outcome, What},
    ops::{scim::users::CreateUser, users::GetUser},
};
use cyberark_identity_tests::replay::{Answer, Replay};

const HEADER: &str = "x-correlation-id";

fn token() -> Answer {
    let body = r#"{"access_token":"eyJ-the-token","token_type":"Bearer","expires_in":18000}"#;
    Answer::json(200, body)
}

fn ok() -> Answer {
    let body = r#"{"success":true,"Result":{"Uuid":"1","Name":"ana@acme.example"}}"#;
    Answer::json(200, body).header("x-cfy-tx-id", "tx-1")
}

fn unavailable() -> Answer {
    Answer::json(503, "{}")
}

fn refused() -> Answer {
    Answer::json(401, "{}")
}

fn builder(replay: &Replay) -> ClientBuilder {
    Client::builder("abc1234.id.cyberark.cloud")
        .auth(ClientCredentials::new("app", "svc@acme.example", "hunter2").unwrap())
        .transport(replay.clone())
}

/// Writes down what it is told.
#[derive(Debug, Clone)]
struct Scribe {
    level: Level,
    lines: Arc<Mutex<Vec<String>>>,
    ids: Arc<Mutex<Vec<CallId>>>,
}

impl Scribe {
    fn new(level: Level) -> Self {
        let (lines, ids) = Default::default();
        Self { level, lines, ids }
    }

    fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }

    /// All events that it was told are of one call.
    fn id(&self) -> CallId {
        let ids = self.ids.lock().unwrap();
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
        ids[0]
    }
}

impl Observer for Scribe {
    fn level(&self) -> Option<Level> {
        Some(self.level)
    }

    fn event(&self, event: &Event<'_>) {
        let (level, topic, name) = (
            event.what.level(),
            event.what.topic().as_str(),
            event.what.name(),
        );
        let line = format!("{level:?} {topic} {} {name}", event.operation);
        self.lines.lock().unwrap().push(line);
        self.ids.lock().unwrap().push(event.call_id);
    }
}

#[tokio::test(start_paused = true)]
async fn a_plain_call_is_told_from_its_beginning_to_its_end() {
    let replay = Replay::of([token(), ok()]);
    let scribe = Scribe::new(Level::Debug);
    let client = builder(&replay).observer(scribe.clone()).build().unwrap();
    client.users().get("1").await.unwrap();
    assert_eq!(
        scribe.lines(),
        [
            "Debug call users.get started",
            "Info auth users.get token_fetched",
            "Debug call users.get sent",
            "Debug call users.get ended",
        ]
    );
    scribe.id();
}

#[tokio::test(start_paused = true)]
async fn so_is_what_goes_wrong_and_is_repaired() {
    let replay = Replay::of([token(), refused(), token(), unavailable(), ok()]);
    let scribe = Scribe::new(Level::Debug);
    let client = builder(&replay).observer(scribe.clone()).build().unwrap();
    client.users().get("1").await.unwrap();
    assert_eq!(
        scribe.lines(),
        [
            "Debug call users.get started",
            "Info auth users.get token_fetched",
            "Debug call users.get sent",
            "Info retry users.get failed",
            "Info auth users.get token_refused",
            "Info auth users.get token_renewed",
            "Debug call users.get sent",
            "Info retry users.get failed",
            "Warning retry users.get retrying",
            "Debug call users.get sent",
            "Debug call users.get ended",
        ]
    );
    scribe.id();
}

#[tokio::test(start_paused = true)]
async fn observers_are_told_no_more_than_they_asked_for() {
    let replay = Replay::of([token(), unavailable(), ok()]);
    let (warnings, nothing) = (Scribe::new(Level::Warning), Scribe::new(Level::Error));
    let client = builder(&replay)
        .observer(warnings.clone())
        .observer(nothing.clone())
        .build()
        .unwrap();
    client.users().get("1").await.unwrap();
    assert_eq!(warnings.lines(), ["Warning retry users.get retrying"]);
    assert_eq!(nothing.lines(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_sign_in_that_is_repeated_and_one_that_fails() {
    let wrong = Answer::json(400, r#"{"error":"invalid_client"}"#);
    let replay = Replay::of([unavailable(), wrong]);
    let scribe = Scribe::new(Level::Info);
    let client = builder(&replay).observer(scribe.clone()).build().unwrap();
    let error = client.users().get("1").await.unwrap_err();
    assert_eq!(
        scribe.lines(),
        [
            "Warning retry oauth2.token retrying",
            "Warning auth users.get token_failed",
        ]
    );
    assert_eq!(error.details().call_id, Some(scribe.id()));
}

#[tokio::test(start_paused = true)]
async fn waiting_for_a_turn_is_told_with_the_reason() {
    let limited = Answer::json(429, "{}").header("retry-after", "2");
    let replay = Replay::of([token(), limited, ok()]);
    let scribe = Scribe::new(Level::Warning);
    let client = builder(&replay).observer(scribe.clone()).build().unwrap();
    client.users().get("1").await.unwrap();
    let lines = scribe.lines();
    assert!(lines.contains(&"Warning retry users.get retrying".to_owned()));

    let limited = Answer::json(429, "{}").header("retry-after", "2");
    let replay = Replay::of([token(), limited, ok()]);
    let client = builder(&replay)
        .observer(scribe.clone())
        .max_retries(0)
        .build()
        .unwrap();
    client.users().get("1").await.unwrap_err();
    client.users().get("1").await.unwrap();
    let last = scribe.lines().pop().unwrap();
    assert_eq!(last, "Warning pace users.get held");
}

#[tokio::test(start_paused = true)]
async fn a_look_up_after_a_lost_answer_belongs_to_the_call() {
    let replay = Replay::of([token()]);
    replay.push(Err(Delivery::Unknown));
    replay.push(Ok(Answer::json(
        200,
        r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"Resources":[],"totalResults":0}"#,
    )));
    replay.push(Ok(Answer::json(
        201,
        r#"{"id":"1","userName":"ana@acme.example"}"#,
    )));
    let scribe = Scribe::new(Level::Debug);
    let client = builder(&replay)
        .observer(scribe.clone())
        .correlation_header(HEADER)
        .before(|start| Ok(start.header("traceparent", "00-1-2-01")?))
        .build()
        .unwrap();
    let create = CreateUser {
        user_name: "ana@acme.example".into(),
        ..CreateUser::default()
    };
    client.send(&create, &CallOptions::new()).await.unwrap();
    let lines = scribe.lines();
    for line in [
        "Warning retry scim.users.create looking_up",
        "Debug call scim.users.query sent",
        "Info retry scim.users.create looked_up",
    ] {
        assert!(lines.contains(&line.to_owned()), "{line}: {lines:?}");
    }
    assert_eq!(lines.iter().filter(|l| l.ends_with("started")).count(), 1);
    let id = scribe.id().to_string();
    let (sign_in, requests) = (&replay.requests()[0], &replay.requests()[1..]);
    assert!(!sign_in.headers.contains_key(HEADER));
    assert!(!sign_in.headers.contains_key("traceparent"));
    assert_eq!(requests.len(), 3);
    for request in requests {
        assert_eq!(request.headers[HEADER], id);
        assert_eq!(request.headers["traceparent"], "00-1-2-01");
    }
}

#[tokio::test]
async fn the_name_of_a_call_is_sent_only_when_a_header_is_named_for_it() {
    let replay = Replay::of([token(), ok(), ok()]);
    let client = builder(&replay).build().unwrap();
    client.users().get("1").await.unwrap();
    let sent = format!("{:?}", replay.requests()[1].headers);
    assert!(!sent.contains("correlation"), "{sent}");

    for name in ["authorization", "not a header", ""] {
        let refused = builder(&replay).correlation_header(name).build();
        let error = refused.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        let text = error.to_string();
        assert!(text.contains("`correlation_header`"), "{text}");
    }
}

#[tokio::test]
async fn errors_carry_the_name_of_their_call() {
    let replay = Replay::of([token(), Answer::json(200, r#"{"success":false}"#)]);
    let client = builder(&replay).correlation_header(HEADER).build().unwrap();
    let error = client.users().get("1").await.unwrap_err();
    let id = error.details().call_id.unwrap().to_string();
    assert_eq!(replay.requests()[1].headers[HEADER], id);

    let before = CallId::new();
    let options = CallOptions::new().call_id(before);
    let error = client
        .send(&GetUser::from("1"), &options)
        .await
        .unwrap_err();
    assert_eq!(error.details().call_id, Some(before));

    // A call that did not begin has none.
    let error = client.users().get("").await.unwrap_err();
    assert_eq!(error.details().call_id, None);
}

#[tokio::test(start_paused = true)]
async fn hooks_are_told_what_comes_of_a_call() {
    let replay = Replay::of([token(), unavailable(), ok(), refused(), token(), refused()]);
    let ends: Arc<Mutex<Vec<CallEnd>>> = Arc::default();
    let starts: Arc<Mutex<Vec<String>>> = Arc::default();
    let (at_start, at_end) = (starts.clone(), ends.clone());
    let client = builder(&replay)
        .before(move |start| {
            let (method, path, retry) = (start.method, &start.path, start.retry);
            let (operation, host) = (start.operation, &start.host);
            let line = format!("{operation} {method} {host}{path} {retry}");
            at_start.lock().unwrap().push(line);
            Ok(())
        })
        .after(move |end| {
            at_end.lock().unwrap().push(end.clone());
            Ok(())
        })
        .build()
        .unwrap();
    client.users().get("1").await.unwrap();
    let error = client.users().get("1").await.unwrap_err();
    let starts = starts.lock().unwrap();
    assert_eq!(
        starts[0],
        "users.get POST abc1234.id.cyberark.cloud/CDirectoryService/GetUser safe"
    );
    let ends = ends.lock().unwrap();
    let (fine, failed) = (&ends[0], &ends[1]);
    assert_eq!(fine.outcome, Outcome::Success);
    assert_eq!((fine.attempts, fine.status), (2, Some(200)));
    assert_eq!(fine.request_id.as_deref(), Some("tx-1"));
    assert!(fine.duration >= Duration::from_millis(100), "{fine:?}");
    let sent = replay.requests()[1].body.as_ref().unwrap().len() as u64;
    assert_eq!(fine.bytes_sent, Some(sent));
    assert_eq!(fine.bytes_received, Some(ok().body.len() as u64));
    assert_eq!(failed.outcome, Outcome::Failure(ErrorKind::Authentication));
    assert_eq!((failed.attempts, failed.status), (2, Some(401)));
    assert_eq!(Some(failed.call_id), error.details().call_id);
    assert_eq!(failed.message.as_ref(), Some(&error.details().message));
}

#[tokio::test(start_paused = true)]
async fn calls_out_of_time_and_calls_that_nobody_waits_for_end_too() {
    let ends: Arc<Mutex<Vec<CallEnd>>> = Arc::default();
    let at_end = ends.clone();
    let limited = || Answer::json(429, "{}").header("retry-after", "2");
    let replay = Replay::of([token(), unavailable(), unavailable(), limited()]);
    let client = builder(&replay)
        .after(move |end| {
            at_end.lock().unwrap().push(end.clone());
            Ok(())
        })
        .build()
        .unwrap();
    let short = CallOptions::new().timeout(Duration::from_millis(100));
    let error = client.send(&GetUser::from("1"), &short).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    let call = client.users();
    let waited = tokio::time::timeout(Duration::from_millis(50), call.get("1")).await;
    assert!(waited.is_err());
    let ends = ends.lock().unwrap();
    assert_eq!(ends[0].outcome, Outcome::Failure(ErrorKind::Timeout));
    assert_eq!(Some(ends[0].call_id), error.details().call_id);
    assert_eq!((ends[1].outcome, ends[1].attempts), (Outcome::Cancelled, 1));
}

/// Never comes to an end.
#[derive(Debug)]
struct Sleeper;

impl Observer for Sleeper {
    fn has_hooks(&self) -> bool {
        true
    }

    fn before<'a>(
        &'a self,
        _: &'a mut cyberark_identity::observe::CallStart,
    ) -> cyberark_identity::transport::BoxFuture<'a, cyberark_identity::observe::HookResult> {
        Box::pin(std::future::pending())
    }
}

#[tokio::test(start_paused = true)]
async fn hooks_that_fail_break_no_call_and_are_reported_once() {
    let replay = Replay::of([token(), ok(), ok()]);
    let errors = Scribe::new(Level::Error);
    let client = builder(&replay)
        .observer(errors.clone())
        .before(|start| Ok(start.header("Authorization", "Bearer mine")?))
        .before(|_| panic!("on purpose"))
        .after(|_| Err("the disk is full".into()))
        .build()
        .unwrap();
    client.users().get("1").await.unwrap();
    client.users().get("1").await.unwrap();
    let failed = "Error hooks users.get hook_failed";
    assert_eq!(errors.lines(), [failed, failed], "one for each hook");
    let sent = &replay.requests()[1].headers["authorization"];
    assert_eq!(sent, "Bearer eyJ-the-token");

    let replay = Replay::of([token(), ok()]);
    let client = builder(&replay).observer(Sleeper).build().unwrap();
    client.users().get("1").await.unwrap();
}

#[tokio::test]
async fn what_a_hook_must_not_set_is_refused_in_words() {
    let replay = Replay::of([token(), ok()]);
    let said: Arc<Mutex<String>> = Arc::default();
    let told = said.clone();
    let client = builder(&replay)
        .before(move |start| {
            let refused = start.header("Host", "evil.example").unwrap_err();
            *told.lock().unwrap() = refused.to_string();
            Ok(())
        })
        .build()
        .unwrap();
    client.users().get("1").await.unwrap();
    assert_eq!(
        *said.lock().unwrap(),
        "users.get: argument `headers.Host`: is set by the client"
    );
}

#[tokio::test]
async fn what_is_told_can_be_matched() {
    #[derive(Debug)]
    struct Matching;
    impl Observer for Matching {
        fn level(&self) -> Option<Level> {
            Some(Level::Debug)
        }
        fn event(&self, event: &Event<'_>) {
            if let What::Ended(end) = &event.what {
                assert!(
                    end.to_string()
                        .starts_with("done (HTTP 200) after 1 request in")
                );
                panic!("and a panic breaks nothing");
            }
        }
    }
    let replay = Replay::of([token(), ok()]);
    let client = builder(&replay).observer(Matching).build().unwrap();
    client.users().get("1").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_end_of_a_token_is_told_under_a_name_of_its_own() {
    let done = Answer::json(200, "{}");
    let replay = Replay::of([token(), ok(), unavailable(), done]);
    let scribe = Scribe::new(Level::Debug);
    let client = builder(&replay).observer(scribe.clone()).build().unwrap();
    client.users().get("1").await.unwrap();
    let before = scribe.id();
    scribe.lines.lock().unwrap().clear();
    scribe.ids.lock().unwrap().clear();
    client.revoke(&CallOptions::new()).await.unwrap();
    assert_eq!(
        scribe.lines(),
        [
            "Warning retry oauth2.revoke retrying",
            "Info auth revoke token_ended"
        ]
    );
    assert_ne!(scribe.id(), before);

    let replay = Replay::of([token(), ok(), refused()]);
    let client = builder(&replay).build().unwrap();
    client.users().get("1").await.unwrap();
    let named = CallId::new();
    let options = CallOptions::new().call_id(named);
    let error = client.revoke(&options).await.unwrap_err();
    assert_eq!(error.details().call_id, Some(named));
}
