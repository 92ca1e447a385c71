//! What `tracing` is told of calls. A file of its own, for it needs a process in which nothing is called before the
//! subscriber is there: what is not listened to when it is first met stays unheard.
// Clippy tells tests by their attribute, and so does not know their helpers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    cell::RefCell,
    io::{self, Write},
    sync::Once,
};

use cyberark_identity::{
    Client, ClientCredentials,
    observe::{Event, Level, Observer},
    ops::users::ResetPassword,
};
use cyberark_identity_tests::{
    echo::{ALL, KEY, PASSWORD, TOKEN, builder, echoes, failures, keyed},
    replay::{Answer, Replay},
};
use tracing_subscriber::fmt::format::FmtSpan;

thread_local! {
    /// What was written on the thread of a test.
    static SEEN: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Writes down all that can be seen of calls: spans, events and hooks.
#[derive(Debug, Clone, Copy)]
struct Paper;

impl Paper {
    /// An empty one, on which `tracing` writes from now on.
    fn new() -> Self {
        static LISTENS: Once = Once::new();
        LISTENS.call_once(|| {
            tracing_subscriber::fmt()
                .with_max_level(tracing::Level::TRACE)
                .with_span_events(FmtSpan::FULL)
                .with_writer(|| Paper)
                .init();
        });
        SEEN.take();
        Self
    }

    fn text(self) -> String {
        String::from_utf8(SEEN.take()).unwrap()
    }
}

impl io::Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        SEEN.with_borrow_mut(|seen| seen.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Observer for Paper {
    fn level(&self) -> Option<Level> {
        Some(Level::Debug)
    }

    fn event(&self, event: &Event<'_>) {
        write!(&mut Self, "{event} {event:?}").unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn spans_have_the_names_of_opentelemetry() {
    let paper = Paper::new();
    let token = r#"{"access_token":"eyJ-the-token","token_type":"Bearer","expires_in":18000}"#;
    let answers = [(200, token), (503, "{}"), (404, "{}")];
    let replay = Replay::of(answers.map(|(status, body)| Answer::json(status, body)));
    let client = Client::builder("abc1234.id.cyberark.cloud")
        .auth(ClientCredentials::new("app", "svc@acme.example", "hunter2").unwrap())
        .transport(replay.clone())
        .build()
        .unwrap();
    let error = client.users().get("secret-id").await.unwrap_err();
    let text = paper.text();
    let last = text.lines().last().unwrap();
    let id = format!("cyberark.call_id={}", error.details().call_id.unwrap());
    for part in [
        r#"otel.name="users.get""#,
        r#"otel.kind="client""#,
        r#"otel.status_code="ERROR""#,
        r#"cyberark.operation="users.get""#,
        r#"http.request.method="POST""#,
        "http.request.resend_count=1",
        "http.response.status_code=404",
        r#"url.template="/CDirectoryService/GetUser""#,
        r#"server.address="abc1234.id.cyberark.cloud""#,
        r#"error.type="NotFoundError""#,
        &id,
    ] {
        assert!(last.contains(part), "{part} is not in {last}");
    }
    for part in [
        "cyberark_identity::retry: sent again in",
        "cyberark_identity::auth: token fetched in",
        "cyberark_identity::call: request 2 goes out",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    // Every line within the span, and so with the name of the call.
    for line in text.lines().filter(|l| l.contains("cyberark_identity::")) {
        assert!(line.contains(&id), "{line}");
    }
}

#[tokio::test]
async fn no_secret_is_told_to_whoever_looks_at_calls() {
    let paper = Paper::new();
    // A success may repeat them, too.
    let fine = Answer::json(200, r#"{"success": true, "Result": null}"#);
    let fine = fine.header("x-cfy-tx-id", &ALL.join(" and "));
    let answers = echoes().into_iter().flat_map(|answer| vec![answer; 3]);
    let replay = Replay::of(answers.chain([fine]));
    let client = builder(&replay)
        .observer(paper)
        .after(|end| Ok(write!(&mut Paper, "{end} {end:?}")?))
        .build()
        .unwrap();
    for _ in echoes() {
        failures(&client).await;
    }
    let reset = ResetPassword::new("u-1", PASSWORD);
    client.send(&reset, &keyed()).await.unwrap();
    let seen = paper.text();
    assert!(seen.contains("***") && seen.contains("cyberark.request_id"));
    for secret in [PASSWORD, TOKEN, KEY] {
        assert!(!seen.contains(secret), "{secret} is in {seen}");
    }
}
