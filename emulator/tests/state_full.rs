//! The file of a tenant cannot grow any more: that is said, and nothing that was acknowledged is lost.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic)] // tests

mod common;

use common::program::Program;
use common::{Connection, Reply};
use serde_json::json;

/// More than fits into the room that the program gets.
const MOST: usize = 200;
const BLOCKS: u32 = 16_000;

fn call(program: &Program, method: &str, path: &str, body: &str) -> Reply {
    let authorization = format!("Bearer {}", program.token);
    let headers = [("Authorization", authorization.as_str())];
    Connection::open(&program.address)
        .request(method, path, &headers, body.as_bytes())
        .unwrap()
}

#[test]
fn a_full_disk_is_told_and_loses_nothing_that_was_acknowledged() {
    let folder = std::env::temp_dir().join(format!("emulator-full-{}", std::process::id()));
    std::fs::create_dir(&folder).unwrap();
    let file = folder.join("tenant.state");
    let program = Program::start_with_room_for(BLOCKS, &file);
    let large = "x".repeat(500_000);
    let create = |number: usize| {
        let name = format!("n{number}@acme.example");
        let body = json!({ "userName": name, "displayName": large }).to_string();
        call(&program, "POST", "/scim/Users", &body)
    };
    let mut acknowledged = Vec::new();
    let refused = (0..MOST).map(create).find(|reply| {
        if reply.status == 201 {
            acknowledged.push(reply.json()["id"].as_str().unwrap().to_owned());
        }
        reply.status != 201
    });
    let refused = refused.unwrap_or_else(|| panic!("there was room for {MOST}"));
    assert!(!acknowledged.is_empty());
    let told = refused.text();
    assert_eq!(refused.status, 500, "{told}");
    assert!(told.contains("cannot be saved any more"), "{told}");
    assert!(told.contains("tenant.state"), "{told}");
    assert!(told.contains("File too large"), "{told}");
    assert_eq!(call(&program, "GET", "/scim/Users", "").status, 500);
    program.kill();

    let program = Program::start(&file);
    for id in &acknowledged {
        let reply = call(&program, "GET", &format!("/scim/Users/{id}"), "");
        assert_eq!(reply.status, 200, "{id}");
    }
    let found = call(&program, "GET", "/scim/Users?count=1", "").json();
    let built_in = accounts_of_a_new_tenant(&folder);
    assert_eq!(
        found["totalResults"].as_u64().unwrap(),
        built_in + acknowledged.len() as u64
    );
    std::fs::remove_dir_all(&folder).unwrap();
}

/// How many accounts a tenant has to begin with.
fn accounts_of_a_new_tenant(folder: &std::path::Path) -> u64 {
    let program = Program::start(&folder.join("other.state"));
    let found = call(&program, "GET", "/scim/Users?count=1", "").json();
    found["totalResults"].as_u64().unwrap()
}
