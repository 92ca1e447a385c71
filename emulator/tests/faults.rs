//! Each fault as it is on the wire.
#![allow(clippy::unwrap_used)] // helpers of tests are tests

mod common;

use std::time::{Duration, Instant};

use common::{Connection, Tenant, start, start_with};
use cyberark_identity_emulator::{FaultScript, Options, Outcome};
use serde_json::{Value, json};

fn authorization(tenant: &Tenant) -> String {
    format!("Bearer {}", tenant.description().token)
}

fn ask(
    tenant: &Tenant,
    connection: &mut Connection,
    fault: Option<&str>,
) -> std::io::Result<common::Reply> {
    let authorization = authorization(tenant);
    let mut headers = vec![("Authorization", authorization.as_str())];
    headers.extend(fault.map(|fault| ("X-Emulator-Fault", fault)));
    connection.request("GET", "/scim/Users", &headers, b"")
}

#[test]
fn a_status_comes_with_its_headers_and_body() {
    let tenant = start(0);
    tenant.add_faults(json!([
        { "match": { "method": "get", "path": "/users", "times": 1 }, "action": { "status": 429, "retry_after": 3 } },
        { "match": { "times": 1 }, "action": { "status": 503, "retry_after": "Wed, 21 Oct 2026 07:28:00 GMT", "body": { "a": 1 } } },
        { "match": { "times": 1 }, "action": { "status": 502, "body": "<p>", "content_type": "text/html" } },
    ]));
    let reply = tenant.get("/scim/Users");
    assert_eq!(
        (reply.status, reply.header("retry-after"), reply.body.len()),
        (429, Some("3"), 0)
    );
    let reply = tenant.get("/scim/Users");
    assert_eq!((reply.status, reply.json()), (503, json!({ "a": 1 })));
    assert_eq!(
        reply.header("retry-after"),
        Some("Wed, 21 Oct 2026 07:28:00 GMT")
    );
    let reply = tenant.get("/scim/Users");
    assert_eq!(
        (reply.status, reply.header("content-type"), &*reply.text()),
        (502, Some("text/html"), "<p>")
    );
    assert!(reply.header("x-cfy-tx-id").is_some());
    assert_eq!(tenant.get("/scim/Users").status, 200);
}

#[test]
fn rules_can_be_given_at_start_listed_and_removed() {
    let script = r#"[{"match":{"prefix":"/SCIM","nth":2},"action":{"status":500}}]"#;
    let tenant = start_with(Options {
        faults: Some(FaultScript::from_json(script).unwrap()),
        ..Options::default()
    });
    let statuses: Vec<u16> = (0..3).map(|_| tenant.get("/scim/Users").status).collect();
    assert_eq!(statuses, [200, 500, 200]);
    let listed = tenant.get("/_emulator/faults").json();
    assert_eq!(listed["faults"][0]["matched"], 3);
    assert_eq!(listed["faults"][0]["applied"], 1);
    let id = listed["faults"][0]["id"].as_u64().unwrap();
    assert_eq!(
        tenant
            .call("DELETE", &format!("/_emulator/faults/{id}"), None)
            .status,
        204
    );
    assert_eq!(
        tenant
            .call("DELETE", &format!("/_emulator/faults/{id}"), None)
            .status,
        404
    );
    tenant.add_faults(json!({ "action": "html_200" }));
    assert_eq!(tenant.call("DELETE", "/_emulator/faults", None).status, 204);
    assert_eq!(tenant.get("/scim/Users").status, 200);
    let reply = tenant.call(
        "POST",
        "/_emulator/faults",
        Some(&json!({ "action": "explode" })),
    );
    assert_eq!(reply.status, 400);
    assert!(reply.text().contains("explode"));
}

#[test]
fn a_header_brings_a_fault_for_one_request() {
    let tenant = start(0);
    let mut connection = tenant.connect();
    assert_eq!(
        ask(&tenant, &mut connection, Some(r#"{"status":418}"#))
            .unwrap()
            .status,
        418
    );
    let reply = ask(&tenant, &mut connection, Some(r#"{"status":"teapot"}"#)).unwrap();
    assert_eq!(reply.status, 400);
    assert!(reply.text().contains("teapot"));
    assert_eq!(ask(&tenant, &mut connection, None).unwrap().status, 200);
}

#[test]
fn a_delay_is_waited_before_the_request_is_handled() {
    let tenant = start(0);
    let begun = Instant::now();
    let reply = ask(&tenant, &mut tenant.connect(), Some(r#"{"delay_ms":80}"#)).unwrap();
    assert_eq!(reply.status, 200);
    assert!(begun.elapsed() >= Duration::from_millis(80));
}

#[test]
fn a_hanging_request_is_seen_to_be_given_up() {
    let tenant = start(0);
    let mut connection = tenant.connect();
    let headers = [
        ("Authorization", &*authorization(&tenant)),
        ("X-Emulator-Fault", "\"hang\""),
    ];
    connection
        .send("GET", "/scim/Users/gone", &headers, b"")
        .unwrap();
    let waiting = tenant
        .get("/_emulator/requests?outcome=pending&fault=hang&wait_ms=5000")
        .json();
    assert_eq!(waiting["requests"][0]["fault"], "hang");
    drop(connection);
    assert_eq!(tenant.wait_for_outcome("client_closed"), "/scim/Users/gone");
}

#[test]
fn close_before_ends_the_connection_without_a_byte() {
    let tenant = start(0);
    let mut connection = tenant.connect();
    let headers = [
        ("Authorization", &*authorization(&tenant)),
        ("X-Emulator-Fault", "\"close_before\""),
    ];
    connection
        .send("GET", "/scim/Users", &headers, b"")
        .unwrap();
    assert!(connection.rest().is_empty());
    assert_eq!(tenant.emulator.requests()[0].outcome, Outcome::ClosedBefore);
    assert_eq!(tenant.emulator.requests()[0].status, None);
}

#[test]
fn close_in_body_sends_less_than_it_announced() {
    let tenant = start(3);
    let mut connection = tenant.connect();
    let headers = [
        ("Authorization", &*authorization(&tenant)),
        ("X-Emulator-Fault", "\"close_in_body\""),
    ];
    connection
        .send("GET", "/scim/Users", &headers, b"")
        .unwrap();
    let (status, headers) = connection.receive_head().unwrap();
    let announced = headers
        .iter()
        .find(|(name, _)| name == "content-length")
        .unwrap();
    let announced: usize = announced.1.parse().unwrap();
    let sent = connection.rest();
    assert_eq!(status, 200);
    assert!(announced > 1_000);
    assert_eq!(sent.len(), announced / 2);
    assert!(sent.starts_with(b"{\"schemas\""));
}

#[test]
fn close_in_body_of_an_answer_without_body_closes_before() {
    let tenant = start(0);
    let path = format!("/scim/Users/{}", tenant.create_user("gone@acme.example"));
    let mut connection = tenant.connect();
    let headers = [
        ("Authorization", &*authorization(&tenant)),
        ("X-Emulator-Fault", "\"close_in_body\""),
    ];
    connection.send("DELETE", &path, &headers, b"").unwrap();
    assert!(connection.rest().is_empty());
    assert_eq!(tenant.get(&path).status, 404, "the request was carried out");
    assert_eq!(tenant.emulator.requests()[1].outcome, Outcome::ClosedBefore);
}

#[test]
fn close_after_answers_in_full_and_then_closes_the_idle_connection() {
    let tenant = start(0);
    let mut connection = tenant.connect();
    let reply = ask(&tenant, &mut connection, Some("\"close_after\"")).unwrap();
    assert_eq!(
        (reply.status, &reply.json()["totalResults"]),
        (200, &json!(2))
    );
    assert_eq!(reply.header("connection"), None);
    assert!(connection.rest().is_empty());
    // On record when the connection is closed, which this side may see before.
    tenant.wait_for_outcome("closed_after");
    assert_eq!(tenant.emulator.requests()[0].outcome, Outcome::ClosedAfter);
}

#[test]
fn without_a_fault_the_connection_stays_open() {
    let tenant = start(0);
    let mut connection = tenant.connect();
    for _ in 0..3 {
        assert_eq!(ask(&tenant, &mut connection, None).unwrap().status, 200);
    }
    let connections: Vec<u64> = tenant
        .emulator
        .requests()
        .iter()
        .map(|request| request.connection)
        .collect();
    assert!(
        connections.windows(2).all(|pair| pair[0] == pair[1]),
        "{connections:?}"
    );
}

#[test]
fn answers_that_lie_about_success() {
    let tenant = start(0);
    let reply = ask(&tenant, &mut tenant.connect(), Some("\"html_200\"")).unwrap();
    assert_eq!(reply.status, 200);
    assert!(
        reply
            .header("content-type")
            .unwrap()
            .starts_with("text/html")
            && reply.text().contains("<html")
    );
    let reply = ask(
        &tenant,
        &mut tenant.connect(),
        Some(r#"{"success_false":"No."}"#),
    )
    .unwrap();
    assert_eq!(reply.status, 200);
    assert_eq!(
        (&reply.json()["success"], &reply.json()["Message"]),
        (&json!(false), &json!("No."))
    );
}

#[test]
fn tokens_can_be_refused_or_expired() {
    let tenant = start(0);
    let refused = r#"{"match":{"times":2},"action":"unauthorized"}"#;
    tenant
        .emulator
        .add_faults(FaultScript::from_json(refused).unwrap());
    let reply = tenant.get("/scim/Users");
    assert_eq!(
        (reply.status, &reply.json()["status"]),
        (401, &json!("401"))
    );
    let reply = tenant.call("POST", "/Org/ListAll", None);
    assert_eq!(reply.status, 401);
    assert!(reply.text().contains("<html"));
    assert_eq!(tenant.get("/scim/Users").status, 200);

    let issued = tenant.issue_token();
    let call = || tenant.call_as(&issued, "GET", "/scim/Users", None).status;
    assert_eq!(call(), 200);
    tenant.add_faults(json!({ "match": { "times": 1 }, "action": "expire_tokens" }));
    assert_eq!((call(), call()), (401, 401));
    assert_eq!(
        tenant
            .call_as(&tenant.issue_token(), "GET", "/scim/Users", None)
            .status,
        200
    );
}

#[test]
fn apply_carries_the_change_out_although_the_answer_is_lost() {
    let tenant = start(0);
    let create = |name: &str, fault: Value| {
        let body = json!({ "userName": name }).to_string();
        let fault = fault.to_string();
        let headers = [
            ("Authorization", &*authorization(&tenant)),
            ("X-Emulator-Fault", fault.as_str()),
        ];
        let mut connection = tenant.connect();
        connection
            .send("POST", "/scim/Users", &headers, body.as_bytes())
            .unwrap();
        assert!(connection.rest().is_empty());
    };
    create("lost@acme.example", json!({ "close_before": true }));
    create(
        "kept@acme.example",
        json!({ "close_before": true, "apply": true }),
    );
    assert_eq!(
        tenant
            .get("/scim/Users?filter=userName%20co%20'lost'")
            .json()["totalResults"],
        0
    );
    assert_eq!(
        tenant
            .get("/scim/Users?filter=userName%20co%20'kept'")
            .json()["totalResults"],
        1
    );
}

/// Who is in a list of users; the dates in it are those of the call.
fn names(list: &Value) -> Vec<String> {
    let users = list["Resources"].as_array().unwrap().iter();
    users
        .map(|user| user["userName"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn the_usual_answer_comes_under_another_media_type() {
    let tenant = start(2);
    let usual = names(&tenant.get("/scim/Users").json());
    let mut connection = tenant.connect();
    for (fault, kind) in [
        (r#""wrong_content_type""#, "text/plain; charset=utf-8"),
        (r#"{"wrong_content_type":"image/png"}"#, "image/png"),
    ] {
        let reply = ask(&tenant, &mut connection, Some(fault)).unwrap();
        assert_eq!(
            (reply.status, reply.header("content-type")),
            (200, Some(kind))
        );
        assert_eq!(names(&reply.json()), usual);
    }
}

#[test]
fn the_usual_answer_comes_compressed_although_nobody_asked() {
    let tenant = start(30);
    let usual = tenant.get("/scim/Users");
    let mut connection = tenant.connect();
    let reply = ask(&tenant, &mut connection, Some(r#""gzip""#)).unwrap();
    assert_eq!(reply.header("content-encoding"), Some("gzip"));
    assert_eq!(reply.header("content-type"), usual.header("content-type"));
    assert!(reply.body.len() < usual.body.len() / 2);
    let unpacked = flate2::read::GzDecoder::new(&*reply.body);
    let unpacked: Value = serde_json::from_reader(unpacked).unwrap();
    assert_eq!(names(&unpacked), names(&usual.json()));
    let next = ask(&tenant, &mut connection, None).unwrap();
    assert_eq!(next.header("content-encoding"), None);
}

#[test]
fn a_rate_limit_lets_a_burst_through_and_refills_by_the_clock() {
    let tenant = start(0);
    // So slow that the time the test takes does not matter.
    tenant.add_faults(json!([
        { "match": { "path": "/scim/" }, "action": { "rate_limit": { "per_second": 0.001, "burst": 3 } } },
        { "match": { "path": "/scim/Groups", "nth": 1 }, "action": { "status": 418 } },
    ]));
    let statuses = |count: usize| -> Vec<u16> {
        (0..count)
            .map(|_| tenant.get("/scim/Users").status)
            .collect()
    };
    assert_eq!(statuses(2), [200, 200]);
    assert_eq!(
        tenant.get("/scim/Groups").status,
        418,
        "what passes meets the next rules"
    );
    let refused = tenant.get("/scim/Users");
    assert_eq!((refused.status, refused.body.len()), (429, 0));
    let seconds: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((990..=1_000).contains(&seconds), "{seconds}");
    assert_eq!(
        tenant
            .call("POST", "/CDirectoryService/GetUsers", None)
            .status,
        200
    );

    tenant.emulator.advance_clock(Duration::from_secs(seconds));
    assert_eq!(statuses(2), [200, 429]);
    tenant
        .emulator
        .advance_clock(Duration::from_secs(1_000_000));
    assert_eq!(statuses(4), [200, 200, 200, 429]);
    let listed = tenant.get("/_emulator/faults").json();
    assert_eq!(listed["faults"][0]["applied"], 3);
    let met = tenant.get("/_emulator/requests?fault=429").json();
    assert_eq!(met["requests"].as_array().unwrap().len(), 3);
}

#[test]
fn a_rate_limit_may_keep_quiet_and_belongs_into_a_rule() {
    let tenant = start(0);
    let mut connection = tenant.connect();
    let limit = r#"{"rate_limit":{"per_second":0.001,"retry_after":false}}"#;
    let reply = ask(&tenant, &mut connection, Some(limit)).unwrap();
    assert_eq!(reply.status, 400);
    assert!(
        reply.text().contains("belongs into a rule"),
        "{}",
        reply.text()
    );
    tenant.add_faults(serde_json::from_str(&format!(r#"{{"action":{limit}}}"#)).unwrap());
    assert_eq!(tenant.get("/scim/Users").status, 200);
    let refused = tenant.get("/scim/Users");
    assert_eq!((refused.status, refused.header("retry-after")), (429, None));
}
