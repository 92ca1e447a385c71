//! Tapes as files: what is one, what is none, and what is left of one whose recording was stopped.
// Clippy tells tests by their attribute, and so does not know their helpers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;

use cyberark_identity::{CallOptions, Client, ErrorKind, File, Tape};
use cyberark_identity_tests::{
    replay::Replay,
    tape::{Place, ok, playing, recording, signed_in},
};
use serde_json::json;

#[tokio::test]
async fn a_tape_is_made_once_for_all_copies_of_a_builder() {
    let place = Place::new();
    let transport = Replay::of([ok(json!({})), ok(json!({}))]);
    let builder = signed_in()
        .transport(transport.clone())
        .record(place.as_ref());
    for id in ["u-1", "u-2"] {
        let client = builder.clone().build().unwrap();
        client.users().get(id).await.unwrap();
    }
    assert_eq!(Tape::open(&place).unwrap().len(), 2);

    let another = signed_in().record(place.as_ref()).build();
    let said = another.unwrap_err().to_string();
    assert!(
        said.contains("already exists (replay it, or remove it"),
        "{said}"
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(&place).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn what_is_no_tape_is_told_with_its_line() {
    let head = r#"{"format":"cyberark-identity tape","version":1,"tenant_url":"https://abc1234.id.cyberark.cloud"}"#;
    let line = r#"{"request":{"method":"GET","path":"/x"},"answer":{"status":200}}"#;
    for (text, problem) in [
        (
            String::new(),
            "`t` is not a tape: its first line does not say what it is",
        ),
        ("PK\x03\x04".into(), "`t` is not a tape: its first line"),
        (
            r#"{"format":"x","version":1}"#.into(),
            "says that it is something else",
        ),
        (head.replace(":1,", ":0,"), "there is no version 0"),
        (
            head.replace(":1,", ":2,"),
            "is of version 2, and this package reads up to 1",
        ),
        (
            head.replace("tenant_url", "y"),
            "missing field `tenant_url`, at column ",
        ),
        (
            format!("{head}\n{{}}\n"),
            "line 2 of the tape `t`: missing field `request`, at column 2",
        ),
        (
            format!("{head}\n\n{line}\n{{\n"),
            "line 4 of the tape `t`: EOF while",
        ),
        (
            format!("{head}\n{}\n", line.replace("200", "20")),
            "line 2 of the tape `t`: 20 is not a status",
        ),
        (
            format!(
                "{head}\n{}\n",
                line.replace("200", r#"200,"headers":[["a b","c"]]"#)
            ),
            "`a b` is not a header",
        ),
        (
            format!(
                "{head}\n{}\n",
                line.replace("200", r#"200,"body":{"base64":"%"}"#)
            ),
            "a body is not base64",
        ),
        (
            format!(
                "{head}\n{}\n",
                line.replace("answer", "failure").replace(
                    "\"status\":200",
                    r#""kind":"X","delivery":"unknown","message":"""#
                )
            ),
            "there is no error `X`",
        ),
    ] {
        let error = Tape::parse("t", text.as_bytes()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(
            error.to_string().contains(problem),
            "{error} does not say {problem}"
        );
    }
    let error = Client::replay("/no/such/x.tape").build().unwrap_err();
    assert!(
        error
            .to_string()
            .contains("`/no/such/x.tape` cannot be read"),
        "{error}"
    );
    let both = Tape::parse("t", head.as_bytes())
        .unwrap()
        .replay()
        .record("y.tape");
    assert!(
        both.build()
            .unwrap_err()
            .to_string()
            .contains("does not go with a replay")
    );
}

#[tokio::test]
async fn a_tape_whose_recording_was_stopped_can_be_played() {
    let place = Place::new();
    let transport = Replay::of([ok(json!({"Name": "ana"})), ok(json!({}))]);
    let client = recording(&place, &transport);
    client.users().get("u-1").await.unwrap();
    client.users().get("u-2").await.unwrap();
    let text = place.text();
    let tape = Tape::parse("t", &text.as_bytes()[..text.len() - 9]).unwrap();
    assert_eq!(tape.len(), 1);
    let client = tape.replay().build().unwrap();
    assert_eq!(client.tenant_url(), "https://abc1234.id.cyberark.cloud");
    assert_eq!(
        client.users().get("u-1").await.unwrap().name.as_deref(),
        Some("ana")
    );
    let said = client.users().get("u-2").await.unwrap_err().to_string();
    assert!(said.contains("its last line, 3, is incomplete"), "{said}");
}

#[tokio::test]
async fn a_form_is_known_by_its_files_and_not_by_where_they_lie() {
    let place = Place::new();
    let folder = std::env::temp_dir();
    let path = folder.join(format!("picture-{}.png", std::process::id()));
    fs::write(&path, b"\x89PNG bytes").unwrap();
    let send = async |client: &Client, file: File| {
        let picture = cyberark_identity::ops::users::SetPicture::new("u-1", file.named("me.png"));
        client.send(&picture, &CallOptions::new()).await
    };
    let client = recording(&place, &Replay::of([ok(json!("queued"))]));
    send(&client, File::at(&path)).await.unwrap();
    fs::remove_file(&path).unwrap();
    let text = place.text();
    assert!(
        !text.contains("PNG") && text.contains("\"size\":10"),
        "{text}"
    );
    let client = playing(&place);
    let other = send(&client, File::of(&b"\x89PNG other"[..]))
        .await
        .unwrap_err();
    assert_eq!(other.kind(), ErrorKind::Configuration, "{other}");
    send(&client, File::of(&b"\x89PNG bytes"[..]))
        .await
        .unwrap();
}
