//! Requests that are legal and that other clients make: of HTTP (RFC 9110, 9112) and of SCIM (RFC 7644).
#![allow(clippy::unwrap_used)] // helpers of tests are tests

mod common;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use common::{Reply, Tenant, start};
use serde_json::{Value, json};

/// Sends these bytes, with the token in the place of `TOKEN`, and gives everything until the tenant closes.
fn raw(tenant: &Tenant, request: &str) -> String {
    let request = request.replace("TOKEN", &tenant.description().token);
    let mut stream = TcpStream::connect(tenant.address()).unwrap();
    stream
        .set_read_timeout(Some(std::time::Duration::from_secs(10)))
        .unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8(answer).unwrap()
}

fn typed(tenant: &Tenant, content_type: &str, method: &str, path: &str, body: &str) -> Reply {
    let authorization = format!("Bearer {}", tenant.description().token);
    let headers = [
        ("Authorization", authorization.as_str()),
        ("Content-Type", content_type),
    ];
    let mut connection = tenant.connect();
    connection
        .request(method, path, &headers, body.as_bytes())
        .unwrap()
}

#[test]
fn a_head_is_a_get_without_its_body() {
    let tenant = start(0);
    let id = tenant.create_user("ana@acme.example");
    for path in [
        "/scim/Users".to_owned(),
        format!("/scim/Users/{id}"),
        "/scim/Users/nobody".to_owned(),
        "/scim/ServiceProviderConfig".to_owned(),
        "/Core/GetDirectoryServices".to_owned(),
    ] {
        let get = tenant.get(&path);
        let head = raw(
            &tenant,
            &format!(
                "HEAD {path} HTTP/1.1\r\nHost: tenant.example\r\nAuthorization: Bearer TOKEN\r\nConnection: close\r\n\r\n"
            ),
        );
        let (head, body) = head.split_once("\r\n\r\n").unwrap();
        assert_eq!(body, "", "{path}");
        assert!(
            head.starts_with(&format!("HTTP/1.1 {}", get.status)),
            "{path}: {head}"
        );
        // The length of a resource differs from answer to answer, because it tells the time.
        let length = get.header("content-length").unwrap();
        let length = if get.status == 404 { length } else { "" };
        let content_type = get.header("content-type").unwrap();
        for line in [
            format!("content-type: {content_type}"),
            format!("content-length: {length}"),
        ] {
            assert!(head.contains(&line), "{path}: {line}: {head}");
        }
    }
}

#[test]
fn options_tell_the_methods_without_a_token_and_other_methods_are_told_them() {
    let tenant = start(0);
    let allowed = "POST, GET, HEAD, OPTIONS";
    let reply = tenant
        .connect()
        .request("OPTIONS", "/scim/Users", &[], b"")
        .unwrap();
    assert_eq!((reply.status, reply.header("allow")), (200, Some(allowed)));
    let reply = tenant.call("PUT", "/scim/Users", Some(&json!({})));
    assert_eq!((reply.status, reply.header("allow")), (405, Some(allowed)));
    assert_eq!(reply.json()["status"], "405");
    let reply = tenant.call("OPTIONS", "/scim/Nowhere", None);
    assert_eq!(reply.status, 404);
    let reply = tenant.call("PROPFIND", "/scim/Users/x", None);
    assert_eq!(
        (reply.status, reply.header("allow")),
        (405, Some("GET, PATCH, PUT, DELETE, HEAD, OPTIONS"))
    );
}

#[test]
fn what_scim_leaves_to_servers_and_is_not_there_is_told_by_its_error() {
    let tenant = start(0);
    for (method, path, status) in [
        ("GET", "/scim/Me", 501),
        ("PATCH", "/scim/v2/me", 501),
        ("POST", "/scim/Bulk", 501),
        ("POST", "/scim/.search", 404),
        ("POST", "/scim/Users/.search", 405),
        ("GET", "/scim/Devices", 404),
        ("GET", "/scim", 404),
        ("GET", "/scim/Users/a/b", 404),
        ("GET", "/scim/ResourceTypes/Device", 404),
        ("GET", "/scim/ServiceProviderConfig?filter=x", 403),
        (
            "GET",
            "/scim/ResourceTypes?filter=name%20eq%20%22User%22",
            403,
        ),
        ("GET", "/scim/Schemas?filter=x", 403),
    ] {
        let reply = tenant.call(method, path, (method == "POST").then(|| json!({})).as_ref());
        let error = reply.json();
        assert_eq!(
            (reply.status, &error["status"]),
            (status, &json!(status.to_string())),
            "{method} {path}"
        );
        assert_eq!(
            error["schemas"],
            json!(["urn:ietf:params:scim:api:messages:2.0:Error"])
        );
        assert_eq!(
            reply.header("content-type"),
            Some("application/json; charset=utf-8")
        );
    }
}

#[test]
fn bodies_say_that_they_are_json_or_nothing() {
    let tenant = start(0);
    let mut number = 0;
    for (content_type, status) in [
        ("application/scim+json", 201),
        ("application/json", 201),
        ("Application/JSON; charset=UTF-8", 201),
        ("text/json", 201),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("application/xml", 415),
    ] {
        number += 1;
        let body = json!({ "userName": format!("u{number}@acme.example") }).to_string();
        let reply = typed(&tenant, content_type, "POST", "/scim/Users", &body);
        assert_eq!(reply.status, status, "{content_type}: {}", reply.text());
        assert_eq!(reply.json().get("id").is_some(), status == 201);
    }
    let reply = typed(
        &tenant,
        "application/scim+json",
        "POST",
        "/scim/Users",
        "{\"userName\":",
    );
    assert_eq!(
        (reply.status, &reply.json()["scimType"]),
        (400, &json!("invalidSyntax"))
    );
}

#[test]
fn attributes_may_be_named_in_full() {
    let tenant = start(0);
    let enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    let core = "urn:ietf:params:scim:schemas:core:2.0:User";
    let manager = tenant.create_user("boss@acme.example");
    let body = json!({
        "userName": "ana@acme.example",
        "name": { "givenName": "Ana", "familyName": "Lund" },
        enterprise: { "manager": { "value": manager } },
    });
    let id = tenant.call("POST", "/scim/Users", Some(&body)).json()["id"].clone();
    let path = format!("/scim/Users/{}", id.as_str().unwrap());
    let with = |query: &str| tenant.get(&format!("{path}?{query}")).json();
    let members = |value: &Value| -> Vec<String> {
        let mut names: Vec<_> = value.as_object().unwrap().keys().cloned().collect();
        names.sort();
        names
    };

    let shown = with(&format!("attributes={core}:userName"));
    assert_eq!(members(&shown), ["id", "schemas", "userName"]);
    let shown = with(&format!("attributes={core}:NAME.givenName"));
    assert_eq!(shown["name"], json!({ "givenName": "Ana" }));
    let shown = with(&format!("attributes={enterprise}:manager.value,id"));
    assert_eq!(
        shown[enterprise],
        json!({ "manager": { "value": manager } })
    );
    assert_eq!(members(&shown), ["id", "schemas", enterprise]);
    let shown = with(&format!(
        "excludedAttributes={enterprise}:manager.value,id,schemas,name"
    ));
    assert!(shown[enterprise]["manager"]["displayName"].is_string());
    assert!(shown[enterprise]["manager"].get("value").is_none());
    assert!(
        shown.get("id").is_some() && shown.get("schemas").is_some() && shown.get("name").is_none()
    );

    let list = tenant.get(&format!(
        "/scim/Users?filter={core}:userName%20eq%20%22ana@acme.example%22&sortBy={core}:userName"
    ));
    assert_eq!(list.json()["totalResults"], 1, "{}", list.text());
    let group = "urn:ietf:params:scim:schemas:core:2.0:Group";
    let list = tenant.get(&format!(
        "/scim/Groups?filter={group}:displayName%20eq%20%22Everybody%22&sortBy={group}:displayName"
    ));
    assert_eq!(list.json()["totalResults"], 1, "{}", list.text());
}

#[test]
fn pages_of_nothing_and_pages_out_of_range_are_answered() {
    let tenant = start(3);
    let total = tenant.get("/scim/Users").json()["totalResults"].clone();
    for (query, start_index, items) in [
        ("count=0", 1, 0),
        ("count=-5", 1, 0),
        ("startIndex=0&count=1", 1, 1),
        ("startIndex=-3&count=1", 1, 1),
        ("startIndex=99", 99, 0),
        ("STARTINDEX=2&COUNT=1", 2, 1),
        ("unheard=of&count=1", 1, 1),
    ] {
        let list = tenant.get(&format!("/scim/Users/?{query}")).json();
        assert_eq!(list["totalResults"], total, "{query}");
        assert_eq!(list["startIndex"], start_index, "{query}");
        assert_eq!(list["itemsPerPage"], items, "{query}");
        assert_eq!(
            list["Resources"].as_array().unwrap().len(),
            items,
            "{query}"
        );
    }
}

#[test]
fn what_a_body_says_of_read_only_members_and_entity_tags_is_ignored() {
    let tenant = start(0);
    let id = tenant.create_user("ana@acme.example");
    let path = format!("/SCIM/v2/users/{}/", id.to_uppercase());
    let body = json!({
        "id": "another",
        "USERNAME": "ana@acme.example",
        "DisplayName": "Ana",
        "meta": { "version": "W/\"1\"" },
        "nickName": "unknown",
    });
    let reply = tenant.call("PUT", &path, Some(&body));
    assert_eq!((reply.status, &reply.json()["id"]), (200, &json!(id)));
    assert_eq!(reply.json()["displayName"], "Ana");
    let patch =
        json!({ "operations": [{ "OP": "Replace", "Path": "displayname", "Value": "Iris" }] });
    let authorization = format!("Bearer {}", tenant.description().token);
    let headers = [
        ("Authorization", authorization.as_str()),
        ("If-Match", "W/\"never\""),
    ];
    let encoded = format!("/scim/%55sers/%{:02x}{}", id.as_bytes()[0], &id[1..]);
    let reply = tenant
        .connect()
        .request("PATCH", &encoded, &headers, patch.to_string().as_bytes())
        .unwrap();
    assert_eq!(
        (reply.status, &reply.json()["displayName"]),
        (200, &json!("Iris"))
    );
}

#[test]
fn http_in_its_rarer_forms_is_understood() {
    let tenant = start(0);
    let get = "GET /scim/Users?count=0 HTTP/1.1\r\nHost: tenant.example\r\nAuthorization: Bearer TOKEN\r\n";
    let pipelined = raw(
        &tenant,
        &format!("{get}\r\n{get}\r\n{get}Connection: close\r\n\r\n"),
    );
    assert_eq!(pipelined.matches("HTTP/1.1 200").count(), 3, "{pipelined}");
    assert_eq!(pipelined.matches("\"totalResults\":2").count(), 3);

    let old = raw(
        &tenant,
        "GET /scim/Users?count=0 HTTP/1.0\r\nAuthorization: bearer TOKEN\r\n\r\n",
    );
    assert!(old.starts_with("HTTP/1.0 200"), "{old}");

    let proxied = get.replace("GET /", "GET http://tenant.example/");
    let proxied = raw(&tenant, &format!("{proxied}Connection: close\r\n\r\n"));
    assert!(proxied.starts_with("HTTP/1.1 200"), "{proxied}");

    let chunked = raw(
        &tenant,
        "POST /scim/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer TOKEN\r\nContent-Type: application/json\r\n\
         Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n\
         10\r\n{\"userName\":\"ana\r\n11;note=1\r\n@acme.example\" }\n\r\n0\r\nTrailer: 1\r\n\r\n",
    );
    assert!(chunked.starts_with("HTTP/1.1 201"), "{chunked}");
}

#[test]
fn a_body_that_breaks_the_rules_of_http_is_no_success() {
    let tenant = start(0);
    let broken = raw(
        &tenant,
        "POST /scim/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer TOKEN\r\n\
         Transfer-Encoding: chunked\r\n\r\n2\r\n{}}\r\n0\r\n\r\n",
    );
    assert!(broken.starts_with("HTTP/1.1 400"), "{broken}");
}

#[test]
fn a_client_that_waits_for_leave_to_send_its_body_gets_it() {
    let tenant = start(0);
    let body = json!({ "userName": "ana@acme.example" }).to_string();
    let authorization = format!("Bearer {}", tenant.description().token);
    let mut stream = TcpStream::connect(tenant.address()).unwrap();
    let head = format!(
        "POST /scim/Users HTTP/1.1\r\nHost: x\r\nAuthorization: {authorization}\r\nExpect: 100-continue\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut leave = [0; 25];
    stream.read_exact(&mut leave).unwrap();
    assert_eq!(&leave, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(body.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
}
