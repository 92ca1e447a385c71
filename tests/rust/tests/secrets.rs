//! What a failed call tells: nothing that is secret, whoever wrote the words, and a command line to try it by hand.
// Clippy tells tests by their attribute, and so does not know their helpers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::process::Command;

use cyberark_identity::{
    CallOptions, Client, ClientCredentials, Delivery, Error, File, Prepared,
    ops::users::{ResetPassword, SetPicture},
};
use cyberark_identity_tests::{
    echo::{KEY, PASSWORD, SECRET, TOKEN, builder, echoes, failures, keyed},
    replay::{Answer, Replay},
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn client(replay: &Replay) -> Client {
    builder(replay).build().unwrap()
}

fn shown(error: &Error) -> String {
    format!(
        "{error} {error:?} {error:#?} {}",
        error.as_curl().unwrap_or_default()
    )
}

#[tokio::test]
async fn a_service_that_repeats_what_it_was_sent_is_not_repeated() {
    for answer in echoes() {
        let replay = Replay::of(vec![answer; 3]);
        for error in failures(&client(&replay)).await {
            let shown = shown(&error);
            assert!(shown.contains("***"), "{shown}");
            // The client does not know the secret that it was not given.
            for secret in [PASSWORD, TOKEN, KEY] {
                assert!(!shown.contains(secret), "{secret} is in {shown}");
            }
        }
        assert_eq!(replay.requests().len(), 3);
    }
}

#[tokio::test]
async fn nor_is_one_that_repeats_the_secret_of_a_sign_in() {
    let auth = ClientCredentials::new("app", "svc@acme.example", SECRET).unwrap();
    for status in [400, 401, 403] {
        let said = format!("no client has {SECRET} (c3ZjQGFjbWUuZXhhbXBsZTpodW50ZXIyLXNlY3JldA==)");
        let body = json!({"error": "invalid_client", "error_description": said});
        let client = Client::builder("abc1234.id.cyberark.cloud")
            .auth(auth.clone())
            .transport(Replay::of([Answer::json(status, body.to_string())]))
            .build()
            .unwrap();
        let error = client.users().get("u-1").await.unwrap_err();
        let shown = shown(&error);
        assert!(shown.contains("no client has *** (***)"), "{shown}");
        assert!(
            !shown.contains(SECRET) && !shown.contains("c3ZjQGFj"),
            "{shown}"
        );
    }
}

#[tokio::test]
async fn an_error_tells_its_request_as_a_command_line() {
    let refused = || Answer::json(200, r#"{"success": false, "Message": "No."}"#);
    let replay = Replay::of([refused(), refused(), refused()]);
    let client = client(&replay);
    let reset = ResetPassword::new("u-1", PASSWORD);
    let error = client.send(&reset, &keyed()).await.unwrap_err();
    let command = error.as_curl().unwrap();
    for part in [
        "curl --request POST ",
        r#" --header "Authorization: Bearer $TOKEN""#,
        " --header 'content-type: application/json'",
        " --header 'x-api-key: ***'",
        r#""newPassword":"***""#,
    ] {
        assert!(command.contains(part), "{part} is not in {command}");
    }

    let query = [
        ("client_secret".to_owned(), SECRET.to_owned()),
        ("x".to_owned(), "y".to_owned()),
    ];
    let raw = Prepared::raw("GET", "/Core/Any", &query, None).unwrap();
    let error = client
        .dispatch(&raw, &CallOptions::new())
        .await
        .unwrap_err();
    let command = error.as_curl().unwrap();
    let address = " --url 'https://abc1234.id.cyberark.cloud/Core/Any?client_secret=***&x=y'";
    assert!(command.ends_with(address), "{command}");

    let picture = SetPicture::new("u-1", File::of(&b"\x89PNG bytes"[..]).named("me.png"));
    let error = client
        .send(&picture, &CallOptions::new())
        .await
        .unwrap_err();
    let command = error.as_curl().unwrap();
    assert!(command.contains("=@FILE' --url '"), "{command}");
    assert!(
        !command.contains("PNG") && !command.contains("boundary"),
        "{command}"
    );
}

#[tokio::test]
async fn so_does_one_without_an_answer_but_not_one_that_came_to_no_request() {
    let replay = Replay::default();
    replay.push(Err(Delivery::Unknown));
    let client = client(&replay);
    let error = client
        .send(&ResetPassword::new("u-1", PASSWORD), &keyed())
        .await;
    assert!(error.unwrap_err().as_curl().is_some());
    assert_eq!(client.users().get("").await.unwrap_err().as_curl(), None);
}

/// The arguments that a shell makes of a command line.
fn arguments(command: &str) -> Vec<String> {
    let script = format!(r#"curl() {{ printf '%s\0' "$@"; }}; TOKEN=made-up; {command}"#);
    let done = Command::new("sh").args(["-c", &script]).output().unwrap();
    assert!(done.status.success(), "{command}: {done:?}");
    let text = String::from_utf8(done.stdout).unwrap();
    text.split_terminator('\0').map(str::to_owned).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_shell_takes_the_command_line_as_it_was_meant(
        text in "(\\PC|['\"\\\\$`!\n\t ]){0,40}",
        header in "[ -~]{0,20}",
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let body = json!({"text": text});
        let query = [("q".to_owned(), text.clone())];
        let raw = Prepared::raw("POST", "/Core/Any", &query, Some(&body)).unwrap();
        let options = CallOptions::new().header("X-Any", &header).unwrap();
        let replay = Replay::of([Answer::json(200, r#"{"success": false}"#)]);
        let error = runtime.block_on(client(&replay).dispatch(&raw, &options)).unwrap_err();
        let arguments = arguments(error.as_curl().unwrap());
        let after = |option: &str| {
            let at = arguments.iter().position(|argument| argument == option).unwrap();
            arguments[at + 1].clone()
        };
        prop_assert_eq!(serde_json::from_str::<Value>(&after("--data-binary")).unwrap(), body);
        let sent = replay.requests().remove(0);
        prop_assert_eq!(after("--url"), sent.url.to_string());
        prop_assert!(arguments.contains(&"Authorization: Bearer made-up".to_owned()));
        let header = format!("x-any: {}", sent.headers["x-any"].to_str().unwrap());
        prop_assert!(arguments.contains(&header), "{:?}", arguments);
    }
}
