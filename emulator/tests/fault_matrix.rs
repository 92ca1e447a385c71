//! Every fault, asked for in every way there is, as it is on the wire.
//!
//! A call before it and a call after it go well: a fault meets the request it is meant for and no other.
#![allow(clippy::unwrap_used, clippy::panic)] // helpers of tests are tests

mod common;

use std::io::Read;
use std::time::{Duration, Instant};

use common::{Connection, Reply, Tenant, start_with};
use cyberark_identity_emulator::{FaultScript, Options};
use serde_json::{Value, json};

const PATH: &str = "/scim/Users";
const DELAY: Duration = Duration::from_millis(30);

/// How a fault is asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    Script,
    Header,
    ControlApi,
}

const WAYS: [Way; 3] = [Way::Script, Way::Header, Way::ControlApi];

/// The connection on which a request met its fault, right after the request was sent.
struct Met<'t> {
    tenant: &'t Tenant,
    connection: Connection,
    begun: Instant,
}

impl Met<'_> {
    fn reply(&mut self) -> Reply {
        self.connection.receive().unwrap()
    }

    fn reply_with(&mut self, status: u16) -> Reply {
        let reply = self.reply();
        assert_eq!(reply.status, status, "{}", reply.text());
        reply
    }

    /// The bytes of an announced body that came before the connection was closed.
    fn cut(&mut self) -> (usize, Vec<u8>) {
        let (status, headers) = self.connection.receive_head().unwrap();
        assert_eq!(status, 200);
        let length = headers.iter().find(|(name, _)| name == "content-length");
        (length.unwrap().1.parse().unwrap(), self.connection.rest())
    }
}

/// A fault and what a client sees of it; `afterwards` is the status of the next call.
struct Row {
    action: Value,
    check: fn(&mut Met<'_>),
    afterwards: u16,
}

fn row(action: Value, check: fn(&mut Met<'_>)) -> Row {
    Row {
        action,
        check,
        afterwards: 200,
    }
}

fn rows() -> Vec<Row> {
    vec![
        row(json!({ "status": 503, "retry_after": 7 }), |met| {
            assert_eq!(met.reply_with(503).header("retry-after"), Some("7"));
        }),
        row(json!({ "status": 503 }), |met| {
            assert_eq!(met.reply_with(503).header("retry-after"), None);
        }),
        row(json!({ "delay_ms": DELAY.as_millis() as u64 }), |met| {
            assert_eq!(met.reply_with(200).json()["totalResults"], 5);
            assert!(met.begun.elapsed() >= DELAY);
        }),
        row(json!({ "hang": true }), |met| {
            let pending = "/_emulator/requests?outcome=pending&fault=hang&wait_ms=5000";
            assert_eq!(met.tenant.get(pending).status, 200);
            assert!(met.connection.is_silent());
        }),
        row(json!({ "close_before": true }), |met| {
            assert!(met.connection.rest().is_empty());
        }),
        row(json!({ "close_in_body": true }), |met| {
            let (announced, sent) = met.cut();
            assert!(announced > 1_000);
            assert_eq!(sent.len(), announced / 2);
        }),
        row(json!({ "close_after": true }), |met| {
            let reply = met.reply_with(200);
            assert_eq!(reply.json()["totalResults"], 5);
            assert_eq!(reply.header("connection"), None);
            assert!(met.connection.rest().is_empty());
        }),
        row(json!({ "html_200": true }), |met| {
            let reply = met.reply_with(200);
            let kind = reply.header("content-type").unwrap();
            assert!(kind.starts_with("text/html"), "{kind}");
            assert!(reply.text().contains("<html"));
        }),
        row(json!({ "success_false": "Not today." }), |met| {
            let envelope = met.reply_with(200).json();
            assert_eq!(envelope["success"], false);
            assert_eq!(envelope["Message"], "Not today.");
        }),
        row(json!({ "wrong_content_type": "image/png" }), |met| {
            let reply = met.reply_with(200);
            assert_eq!(reply.header("content-type"), Some("image/png"));
            assert_eq!(reply.json()["totalResults"], 5);
        }),
        row(json!({ "gzip": true }), |met| {
            let reply = met.reply_with(200);
            assert_eq!(reply.header("content-encoding"), Some("gzip"));
            let mut text = String::new();
            flate2::read::GzDecoder::new(&*reply.body)
                .read_to_string(&mut text)
                .unwrap();
            assert!(text.contains("\"totalResults\":5"), "{text}");
        }),
        row(json!({ "unauthorized": true }), |met| {
            let challenge = met.reply_with(401);
            assert!(challenge.header("www-authenticate").is_some());
        }),
        Row {
            action: json!({ "expire_tokens": true }),
            check: |met| {
                met.reply_with(401);
            },
            afterwards: 401,
        },
    ]
}

#[test]
fn every_fault_in_every_way_meets_the_second_call_alone() {
    for Row {
        action,
        check,
        afterwards,
    } in rows()
    {
        for way in WAYS {
            println!("{action} by {way:?}");
            let rule = json!({ "match": { "path": PATH, "nth": 2 }, "action": action });
            let (tenant, token) = tenant_with(way, &rule);
            let call = || tenant.call_as(&token, "GET", PATH, None).status;
            assert_eq!(call(), 200);
            let fault = action.to_string();
            let fault = (way == Way::Header).then_some(fault.as_str());
            check(&mut meet(&tenant, &token, fault));
            assert_eq!(call(), afterwards);
        }
    }
}

#[test]
fn a_rate_limit_is_kept_by_script_and_by_control_api() {
    let limit = json!({ "rate_limit": { "per_second": 0.001, "burst": 2 } });
    let rule = json!({ "match": { "path": PATH }, "action": limit });
    for way in [Way::Script, Way::ControlApi] {
        let (tenant, token) = tenant_with(way, &rule);
        meet(&tenant, &token, None).reply_with(200);
        meet(&tenant, &token, None).reply_with(200);
        let refused = meet(&tenant, &token, None).reply_with(429);
        let seconds: u64 = refused.header("retry-after").unwrap().parse().unwrap();
        tenant.emulator.advance_clock(Duration::from_secs(seconds));
        meet(&tenant, &token, None).reply_with(200);
        meet(&tenant, &token, None).reply_with(429);
    }
    let (tenant, token) = tenant_with(Way::Header, &Value::Null);
    let text = meet(&tenant, &token, Some(&limit.to_string())).reply_with(400);
    assert!(text.text().contains("belongs into a rule"));
}

/// A tenant in which the rule is in force, unless a header shall bring the fault, and a token that can expire.
fn tenant_with(way: Way, rule: &Value) -> (Tenant, String) {
    let script = || FaultScript::from_json(&rule.to_string()).unwrap();
    let tenant = start_with(Options {
        seed_users: 3,
        faults: (way == Way::Script).then(script),
        ..Options::default()
    });
    if way == Way::ControlApi {
        tenant.add_faults(rule.clone());
    }
    let token = tenant.issue_token();
    (tenant, token)
}

/// Sends a request on a connection of its own, and reads nothing.
fn meet<'t>(tenant: &'t Tenant, token: &str, fault: Option<&str>) -> Met<'t> {
    let authorization = format!("Bearer {token}");
    let mut headers = vec![("Authorization", authorization.as_str())];
    headers.extend(fault.map(|fault| ("X-Emulator-Fault", fault)));
    let mut connection = tenant.connect();
    let begun = Instant::now();
    connection.send("GET", PATH, &headers, b"").unwrap();
    Met {
        tenant,
        connection,
        begun,
    }
}
