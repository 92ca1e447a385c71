//! Lists of a large tenant: what a page holds does not depend on how it was found.
#![allow(clippy::unwrap_used)] // tests

mod common;

use common::{Tenant, start};
use serde_json::{Value, json};

fn page(tenant: &Tenant, query: &str) -> Value {
    let reply = tenant.call("GET", &format!("/scim/Users?{query}"), None);
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()
}

fn names(page: &Value) -> Vec<String> {
    let resources = page["Resources"].as_array().unwrap();
    resources
        .iter()
        .map(|user| user["userName"].as_str().unwrap().to_owned())
        .collect()
}

/// All pages of a list, one behind the other.
fn walk(tenant: &Tenant, order: &str) -> Vec<String> {
    let mut all = Vec::new();
    loop {
        let start = all.len() + 1;
        let page = page(tenant, &format!("startIndex={start}&count=700{order}"));
        let found = names(&page);
        if found.is_empty() {
            assert_eq!(page["totalResults"], all.len());
            return all;
        }
        all.extend(found);
    }
}

#[test]
fn pages_fit_together_after_removals_in_every_order() {
    let tenant = start(3_000);
    let first = page(&tenant, "startIndex=500&count=40");
    for user in first["Resources"].as_array().unwrap() {
        let path = format!("/scim/Users/{}", user["id"].as_str().unwrap());
        assert_eq!(tenant.call("DELETE", &path, None).status, 204);
    }
    let unsorted = walk(&tenant, "");
    assert_eq!(unsorted.len(), 3_000 + 2 - 40);
    for name in names(&first) {
        assert!(!unsorted.contains(&name), "{name}");
    }
    for order in [
        "&sortBy=userName",
        "&sortBy=name.familyName&sortOrder=descending",
        "&sortBy=preferredLanguage",
    ] {
        let mut sorted = walk(&tenant, order);
        sorted.sort();
        sorted.dedup();
        assert_eq!(sorted.len(), unsorted.len(), "{order}");
    }
    let ascending = walk(&tenant, "&sortBy=userName");
    assert!(ascending.is_sorted());
}

#[test]
fn a_sorted_list_shows_what_was_made_between_two_pages() {
    let tenant = start(50);
    let before = names(&page(&tenant, "sortBy=userName&count=1"));
    let body = json!({"userName": "0first@acme.example", "password": "Xy1!aaaa"});
    assert_eq!(tenant.call("POST", "/scim/Users", Some(&body)).status, 201);
    let after = names(&page(&tenant, "sortBy=userName&count=2"));
    assert_eq!(after, ["0first@acme.example".to_owned(), before[0].clone()]);
}

#[test]
fn equality_finds_the_one_and_a_prefix_all() {
    let tenant = start(5_000);
    let exact = page(
        &tenant,
        "filter=userName%20eq%20%22ana.nunez@acme.example%22",
    );
    assert_eq!(names(&exact), ["ana.nunez@acme.example"]);
    let prefix = page(&tenant, "filter=userName%20sw%20%22ana.nunez%22");
    assert!(prefix["totalResults"].as_u64().unwrap() > 1);
    let mail = page(
        &tenant,
        "filter=emails.value%20eq%20%22ana.nunez.2@acme.example%22",
    );
    assert_eq!(names(&mail), ["ana.nunez.2@acme.example"]);
}

#[test]
fn scripts_find_by_address_whether_or_not_there_is_one() {
    let tenant = start(100);
    let count = |address: &str| {
        let script = format!("Select Username from User where Email = '{address}'");
        let found = tenant.result("/Redrock/query", json!({ "Script": script }));
        found["Count"].as_u64().unwrap()
    };
    assert_eq!(
        count("ANA.NUNEZ@acme.example") + count("nobody@acme.example"),
        1
    );
    assert_eq!(count(""), 0);
    tenant.create_user("without.mail@acme.example");
    assert_eq!(count(""), 1);
}

#[test]
fn a_large_tenant_has_departments_and_a_small_one_has_not() {
    let organizations = |tenant: &Tenant| {
        let reply = tenant.call("POST", "/Org/ListAll", Some(&json!({})));
        reply.json()["Result"].as_array().unwrap().len()
    };
    assert_eq!(organizations(&start(999)), 3);
    assert_eq!(organizations(&start(1_000)), 23);
}
