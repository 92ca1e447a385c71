//! The page at `/`, which shows what others have written without letting it do anything.
#![allow(clippy::unwrap_used)] // tests

mod common;

use common::start;
use serde_json::json;

const HOSTILE: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>&amp;";

#[test]
fn it_shows_what_is_in_the_tenant() {
    let tenant = start(1_200);
    tenant.create_user("newest@acme.example");
    tenant.add_faults(json!({"match": {"path": "/Org/"}, "action": {"status": 503}}));
    tenant.platform("/CDirectoryService/GetUsers", json!({}));
    assert_eq!(tenant.call("POST", "/Org/ListAll", None).status, 503);
    tenant
        .emulator
        .advance_clock(std::time::Duration::from_secs(90));

    let page = tenant.connect().request("GET", "/", &[], b"").unwrap();
    assert_eq!(page.status, 200);
    assert_eq!(
        page.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    let text = page.text();
    for part in [
        "1\u{202f}203",
        "newest@acme.example",
        "/CDirectoryService/GetUsers",
        "…/Org/…",
        "fault: status 503",
        "moved ahead by 90 s",
        "in memory",
    ] {
        assert!(text.contains(part), "{part}");
    }
}

#[test]
fn what_others_wrote_stays_text() {
    let tenant = start(1);
    let user = json!({"userName": format!("{HOSTILE}@acme.example"), "displayName": HOSTILE});
    let made = tenant.call("POST", "/scim/Users", Some(&user));
    assert_eq!(made.status, 201, "{}", made.text());
    let path = "/scim/%3Cscript%3E?filter=%3Cimg%20onerror=x%3E&a=\"'<b>";
    let _ = tenant.connect().request("GET", path, &[], b"");
    tenant.add_faults(json!({"match": {"path": HOSTILE}, "action": "hang"}));
    tenant.result("/Org/Create", json!({"Name": HOSTILE}));

    let page = tenant.connect().request("GET", "/", &[], b"").unwrap();
    let text = page.text();
    for tag in ["<script", "<img", "<b>\"", "onerror=alert(2)>&amp;<"] {
        assert!(!text.contains(tag), "{tag}");
    }
    assert!(text.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none';"), "{policy}");
}

#[test]
fn it_shows_no_secret_and_is_no_request_itself() {
    let tenant = start(0);
    let description = tenant.description().clone();
    let form = format!(
        "grant_type=client_credentials&client_secret={}",
        description.client_secret
    );
    let path = format!(
        "/oauth2/token/{}?access_token={}",
        description.app_id, description.token
    );
    let headers = [("Content-Type", "application/x-www-form-urlencoded")];
    let _ = tenant
        .connect()
        .request("POST", &path, &headers, form.as_bytes());
    for _ in 0..2 {
        let text = tenant
            .connect()
            .request("GET", "/", &[], b"")
            .unwrap()
            .text();
        assert!(text.contains("access_token=***"));
        assert!(!text.contains(&description.client_secret) && !text.contains(&description.token));
    }
    assert_eq!(tenant.emulator.counters().requests, 1);
    // It only shows: nothing can be sent to it.
    let sent = tenant.connect().request("POST", "/", &[], b"x=1").unwrap();
    assert_eq!(sent.status, 405);
}
