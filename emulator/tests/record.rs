//! The record of requests.

mod common;

use common::start;
use serde_json::json;

#[test]
fn a_request_is_recorded_without_its_secrets() {
    let tenant = start(0);
    let body = json!({ "userName": "a@acme.example", "password": "Hidden-1" });
    tenant.call(
        "POST",
        "/Scim/v2/Users?attributes=userName&access_token=Hidden-2",
        Some(&body),
    );
    let listed = tenant.get("/_emulator/requests").text();
    for secret in ["Hidden-1", "Hidden-2", &tenant.description().token] {
        assert!(!listed.contains(secret));
    }
    let requests = tenant.emulator.requests();
    let request = &requests[0];
    assert_eq!(
        (request.method.as_str(), request.path.as_str()),
        ("POST", "/Scim/v2/Users")
    );
    assert_eq!(request.query, "attributes=userName&access_token=***");
    assert_eq!(request.operation, Some("/scim/Users"));
    assert_eq!(
        request.body,
        json!({ "userName": "a@acme.example", "password": "***" })
    );
    assert_eq!(request.headers["authorization"], "Bearer ***");
    assert_eq!(
        (request.caller.as_deref(), request.status),
        (Some("admin@acme.example"), Some(201))
    );
    assert_eq!(
        requests.len(),
        1,
        "asking for the record is not itself recorded"
    );
    let debugged = format!("{:?}{:?}", tenant.emulator, tenant.description());
    assert!(!debugged.contains(&tenant.description().token));
    assert!(!debugged.contains(&tenant.description().client_secret));
}

#[test]
fn counters_count_and_clear() {
    let tenant = start(0);
    tenant.get("/scim/Users");
    tenant.get("/scim/Users/unknown");
    tenant.call("POST", "/nowhere", None);
    let counters = tenant.get("/_emulator/counters").json();
    assert_eq!(counters["requests"], 3);
    assert_eq!(counters["by_status"], json!({ "200": 1, "404": 2 }));
    assert_eq!(
        counters["by_operation"],
        json!({ "GET /scim/Users": 1, "GET /scim/Users/{id}": 1 })
    );
    assert_eq!(
        tenant.call("DELETE", "/_emulator/requests", None).status,
        204
    );
    assert_eq!(
        tenant.get("/_emulator/requests").json(),
        json!({ "requests": [] })
    );
    tenant.get("/scim/Users");
    assert_eq!(tenant.emulator.requests()[0].id, 4);
    assert_eq!(tenant.emulator.counters().requests, 1);
}

#[test]
fn the_list_can_be_narrowed_and_waited_for_in_vain() {
    let tenant = start(0);
    tenant.get("/scim/Users");
    tenant.call("POST", "/Org/ListAll", None);
    let only = tenant
        .get("/_emulator/requests?method=post&path=Org")
        .json();
    assert_eq!(only["requests"].as_array().unwrap().len(), 1);
    assert_eq!(
        tenant
            .get("/_emulator/requests?outcome=client_closed&wait_ms=1")
            .status,
        408
    );
    assert_eq!(tenant.get("/_emulator/requests?colour=red").status, 400);
    assert_eq!(tenant.get("/_emulator/nothing").status, 404);
}

#[test]
fn the_clock_moves_forward_on_demand() {
    let tenant = start(0);
    let before = tenant.get("/_emulator/clock").json()["now"]
        .as_str()
        .unwrap()
        .to_owned();
    let after = tenant.call(
        "POST",
        "/_emulator/clock",
        Some(&json!({ "advance_ms": 86_400_000 })),
    );
    // The control paths are plain JSON endpoints and want their content type.
    assert_eq!(after.status, 415);
    let headers = [("Content-Type", "application/json")];
    let reply = tenant
        .connect()
        .request(
            "POST",
            "/_emulator/clock",
            &headers,
            b"{\"advance_ms\":86400000}",
        )
        .unwrap();
    assert!(*reply.json()["now"].as_str().unwrap() > *before);
}
