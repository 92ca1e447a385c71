//! Every operation's fixtures, both directions: arguments to request, answer to result or error.
// Clippy tells tests by their attribute, and so does not know their helpers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};

use cyberark_identity::{CallOptions, find, operations};
use cyberark_identity_tests::{
    coverage,
    fixture::{self, Expected, Fixture, Part},
    replay::{Answer, Replay, Seen},
    tests_folder,
};

#[tokio::test]
async fn requests_and_results_are_those_of_the_fixtures() {
    let fixtures = fixture::all();
    assert!(!fixtures.is_empty(), "no fixtures found");
    for fixture in fixtures {
        assert!(
            find(&fixture.operation).is_some(),
            "no such operation: {}",
            fixture.operation
        );
        coverage::note(&fixture.operation);
        play(&fixture.operation, &fixture).await;
    }
}

#[tokio::test]
async fn every_id_of_the_catalogue_is_a_way_to_call_its_operation() {
    let fixtures = fixture::all();
    let ids = std::fs::read_to_string(tests_folder("catalogue_ids.txt")).unwrap();
    for id in ids.lines() {
        let meta = find(id).unwrap().meta;
        let success = fixtures
            .iter()
            .find(|fixture| fixture.operation == meta.name && fixture.case == "success");
        play(id, success.unwrap()).await;
    }
}

/// Calls the operation that `called` names as the fixture says.
async fn play(called: &str, fixture: &Fixture) {
    let name = format!("{}/{}", fixture.operation, fixture.case);
    let answer = Answer {
        status: fixture.response.status,
        headers: Vec::new(),
        body: fixture.response.bytes(),
    }
    .header("content-type", &fixture.response.content_type);
    let replay = Replay::of([answer]);
    let client = replay.client();
    let arguments = fixture.arguments.clone();
    let outcome = client.call(called, arguments, &CallOptions::new()).await;
    let requests = replay.requests();
    assert_eq!(requests.len(), 1, "{name}: requests");
    check_request(&name, fixture, &requests[0]);
    match (&fixture.result, &fixture.error, outcome) {
        (Some(expected), _, Ok(result)) => assert_eq!(&result, expected, "{name}: result"),
        (_, Some(expected), Err(error)) => check_error(&name, fixture, expected, &error),
        (_, _, outcome) => panic!("{name}: ended in {outcome:?}"),
    }
}

fn check_request(name: &str, fixture: &Fixture, seen: &Seen) {
    let content_type = seen.headers["content-type"].to_str().unwrap();
    let bytes = seen.body.as_deref();
    let (body, parts) = match content_type.split_once("; boundary=") {
        Some(("multipart/form-data", boundary)) => (None, bytes.map(|b| parts(b, boundary))),
        _ => {
            assert_eq!(content_type, "application/json", "{name}");
            (bytes.map(|b| serde_json::from_slice(b).unwrap()), None)
        }
    };
    let request = fixture::Request {
        method: seen.method.clone(),
        path: seen.url.path().to_owned(),
        query: seen.url.query().unwrap_or_default().to_owned(),
        body,
        parts,
    };
    assert_eq!(request, fixture.request, "{name}: request");
    assert_eq!(seen.headers["authorization"], "Bearer t0ken", "{name}");
    assert_eq!(seen.headers["x-idap-native-client"], "true", "{name}");
}

/// Takes a form apart (RFC 2046, section 5.1.1).
fn parts(body: &[u8], boundary: &str) -> Vec<Part> {
    let text = std::str::from_utf8(body).unwrap();
    let text = text.strip_prefix(&format!("--{boundary}\r\n")).unwrap();
    let text = text
        .strip_suffix(&format!("\r\n--{boundary}--\r\n"))
        .unwrap();
    let between = format!("\r\n--{boundary}\r\n");
    text.split(&between).map(part).collect()
}

fn part(text: &str) -> Part {
    let (head, text) = text.split_once("\r\n\r\n").unwrap();
    let header = |name: &str| {
        let mut lines = head.lines().filter_map(|line| line.split_once(": "));
        let found = lines.find(|(this, _)| this.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.to_owned())
    };
    Part {
        disposition: header("content-disposition").unwrap(),
        content_type: header("content-type"),
        text: text.to_owned(),
    }
}

fn check_error(
    name: &str,
    fixture: &Fixture,
    expected: &Expected,
    error: &cyberark_identity::Error,
) {
    let details = error.details();
    assert_eq!(
        format!("{:?}", details.kind),
        expected.kind,
        "{name}: {error}"
    );
    assert!(
        details.message.contains(&expected.message),
        "{name}: {error}"
    );
    assert_eq!(details.code, expected.code, "{name}");
    assert_eq!(details.message_id, expected.message_id, "{name}");
    assert_eq!(details.error_id, expected.error_id, "{name}");
    assert_eq!(details.status, Some(fixture.response.status), "{name}");
    assert_eq!(
        details.operation.as_deref(),
        Some(fixture.operation.as_str()),
        "{name}"
    );
}

/// A new operation is not done without these.
#[test]
fn every_operation_has_a_success_a_failure_and_a_tolerant_read() {
    let mut cases: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    let fixtures = fixture::all();
    for fixture in &fixtures {
        let kinds = cases.entry(fixture.operation.clone()).or_default();
        kinds.insert(if fixture.error.is_some() {
            "failure"
        } else {
            "success"
        });
        if fixture.case.starts_with("tolerant") {
            kinds.insert("tolerant");
        }
    }
    for entry in operations() {
        let has = cases.remove(entry.meta.name).unwrap_or_default();
        for kind in ["success", "failure", "tolerant"] {
            assert!(
                has.contains(kind),
                "tests/wire/{} has no {kind} case",
                entry.meta.name
            );
        }
    }
    assert!(cases.is_empty(), "fixtures of no operation: {cases:?}");
}
