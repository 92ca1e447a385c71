//! Whatever is sent, the tenant answers, never fails on its own account, and goes on.
#![allow(clippy::unwrap_used)] // helpers of tests are tests

mod common;

use common::start;
use cyberark_identity_emulator::{Emulator, handled};
use serde_json::{Value, json};

/// Bodies that fit no operation, or fit one oddly.
fn odd_bodies() -> Vec<Vec<u8>> {
    let deep = format!("{}1{}", "[".repeat(500), "]".repeat(500));
    let names = [
        "ID",
        "Name",
        "OrgId",
        "uuid",
        "user",
        "state",
        "Users",
        "Roles",
        "Table",
        "Columns",
        "Entities",
        "Args",
        "Grant",
        "Revoke",
        "Add",
        "Remove",
        "userName",
        "displayName",
        "members",
        "emails",
        "Operations",
        "name",
        "active",
        "ReturnID",
        "AdminEmail",
        "newPassword",
        "Role",
        "Path",
        "timespan",
        "Mail",
    ];
    let values = [
        json!(null),
        json!(true),
        json!(-1),
        json!(1e300),
        json!(""),
        json!("\u{0}\u{feff}x"),
        json!([]),
        json!([null]),
        json!([[]]),
        json!({}),
        json!({ "": {} }),
        json!([{ "value": 1, "op": [], "path": "a[", "Id": {}, "ID": [], "Right": [1] }]),
    ];
    let mut bodies: Vec<Vec<u8>> = [
        "",
        " ",
        "null",
        "7",
        "\"x\"",
        "[]",
        "[1]",
        "{}",
        "{\"a\":",
        "\u{feff}{}",
        &deep,
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec();
    bodies.push(vec![0xff, 0xfe, 0x00]);
    for value in values {
        let object: serde_json::Map<String, Value> = names
            .iter()
            .map(|name| ((*name).to_owned(), value.clone()))
            .collect();
        bodies.push(Value::Object(object).to_string().into_bytes());
    }
    bodies
}

#[test]
fn odd_bodies_get_an_answer_from_every_operation() {
    let tenant = start(3);
    let authorization = format!("Bearer {}", tenant.description().token);
    let headers = [("Authorization", authorization.as_str())];
    let mut connection = tenant.connect();
    for (method, template) in handled() {
        for id in ["x", "Everybody", "%00", "%F0%9F%98%80"] {
            let path = template.replace("{id}", id).replace("{app_id}", id);
            for body in odd_bodies() {
                let reply = connection
                    .request(method.as_str(), &path, &headers, &body)
                    .unwrap();
                let what = || {
                    format!(
                        "{method} {path} {}: {reply:?}",
                        String::from_utf8_lossy(&body)
                    )
                };
                assert!(!reply.text().contains("The emulator failed"), "{}", what());
                // SCIM alone has a fact that asks for 500: values of the wrong type and unknown schemas.
                assert!(
                    reply.status < 500 || template.starts_with("/scim/"),
                    "{}",
                    what()
                );
            }
            if !template.contains('{') {
                break;
            }
        }
    }
    assert_eq!(
        tenant
            .get("/scim/Users?filter=userName%20eq%20'admin@acme.example'")
            .json()["totalResults"],
        1
    );
}

#[test]
fn odd_queries_get_an_answer() {
    let tenant = start(3);
    for query in [
        "filter=%00",
        "filter=userName%20eq%20%27%ff%27",
        "filter=a%20eq%20%22%5C",
        "count=99999999999999999999",
        "startIndex=-9223372036854775808",
        "startIndex=9223372036854775807&count=1",
        "attributes=,.,name.",
        "sortBy=%20",
        "&&==&=",
        "excludedAttributes=urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager",
    ] {
        for path in ["/scim/Users", "/scim/Groups"] {
            let reply = tenant.get(&format!("{path}?{query}"));
            assert!(
                matches!(reply.status, 200 | 400),
                "{path}?{query}: {reply:?}"
            );
        }
    }
}

#[test]
fn a_client_that_leaves_in_its_body_is_recorded_as_gone() {
    use std::io::Write as _;
    let tenant = start(0);
    let mut stream = std::net::TcpStream::connect(tenant.address()).unwrap();
    stream
        .write_all(b"POST /Org/Create HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{\"Name\"")
        .unwrap();
    tenant.get("/_emulator/requests?outcome=pending&wait_ms=5000");
    drop(stream);
    assert_eq!(tenant.wait_for_outcome("client_closed"), "/Org/Create");
}

#[test]
fn many_clients_write_at_once_without_losing_anything() {
    let tenant = start(0);
    std::thread::scope(|scope| {
        for client in 0..8 {
            let tenant = &tenant;
            scope.spawn(move || {
                for number in 0..25 {
                    tenant.create_user(&format!("u{client}.{number}@acme.example"));
                    // Everybody fights for this one name.
                    let body = json!({ "userName": format!("same{number}@acme.example") });
                    tenant.call("POST", "/scim/Users", Some(&body));
                }
            });
        }
    });
    assert_eq!(
        tenant.get("/scim/Users?count=0").json()["totalResults"],
        2 + 8 * 25 + 25
    );
    assert_eq!(tenant.emulator.counters().by_status[&409], 7 * 25);
}

#[test]
fn the_handle_can_be_shared_and_sent() {
    fn shared<T: Send + Sync>() {}
    shared::<Emulator>();
}
