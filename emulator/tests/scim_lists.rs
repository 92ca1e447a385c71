//! Lists of SCIM users: filters, pages, and the choice of attributes.
#![allow(clippy::unwrap_used)] // helpers of tests are tests

mod common;

use common::start;
use serde_json::{Value, json};

fn names(list: &Value) -> Vec<&str> {
    let resources = list["Resources"].as_array().unwrap();
    resources
        .iter()
        .map(|user| user["userName"].as_str().unwrap())
        .collect()
}

fn encode(filter: &str) -> String {
    filter
        .replace('%', "%25")
        .replace(' ', "%20")
        .replace('"', "%22")
        .replace('+', "%2B")
}

#[test]
fn filters_find_by_name_and_mail() {
    let tenant = start(0);
    for name in [
        "ana.one@acme.example",
        "ana.two@acme.example",
        "Bea@acme.example",
        "it's@acme.example",
    ] {
        let body = json!({ "userName": name, "emails": [{ "value": format!("mail+{name}") }] });
        assert_eq!(tenant.call("POST", "/scim/Users", Some(&body)).status, 201);
    }
    for (filter, expected) in [
        (
            "userName eq \"ana.one@acme.example\"",
            vec!["ana.one@acme.example"],
        ),
        (
            "USERNAME EQ 'ana.one@acme.example'",
            vec!["ana.one@acme.example"],
        ),
        ("userName eq 'bea@acme.example'", vec![]),
        (
            "userName sw 'ana.'",
            vec!["ana.one@acme.example", "ana.two@acme.example"],
        ),
        ("userName co '.t'", vec!["ana.two@acme.example"]),
        ("userName ew 'ea@acme.example'", vec!["Bea@acme.example"]),
        (
            "userName eq \"it's@acme.example\"",
            vec!["it's@acme.example"],
        ),
        (
            "userName eq 'it\\'s@acme.example'",
            vec!["it's@acme.example"],
        ),
        (
            "emails.value eq 'mail+Bea@acme.example'",
            vec!["Bea@acme.example"],
        ),
        (
            "emails.value sw 'mail+ana'",
            vec!["ana.one@acme.example", "ana.two@acme.example"],
        ),
        ("emails.value co '+B'", vec!["Bea@acme.example"]),
    ] {
        let list = tenant
            .get(&format!("/scim/Users?FILTER={}", encode(filter)))
            .json();
        assert_eq!(names(&list), expected, "{filter}");
        assert_eq!(list["totalResults"], expected.len(), "{filter}");
    }
    for filter in [
        "userName eq ana",
        "active eq 'true'",
        "userName pr",
        "userName eq 'a' or userName eq 'b'",
    ] {
        let reply = tenant.get(&format!("/scim/Users?filter={}", encode(filter)));
        assert_eq!(
            (reply.status, reply.json()["scimType"].as_str()),
            (400, Some("invalidFilter")),
            "{filter}"
        );
    }
}

#[test]
fn pages_cover_the_list_once_in_order() {
    let tenant = start(1_050);
    let first = tenant.get("/scim/Users").json();
    assert_eq!(
        (
            &first["totalResults"],
            &first["itemsPerPage"],
            &first["startIndex"]
        ),
        (&json!(1_052), &json!(1_000), &json!(1))
    );
    assert_eq!(
        tenant.get("/scim/Users?count=5000").json()["itemsPerPage"],
        1_000
    );

    for order in [
        "",
        "&sortBy=userName",
        "&sortby=USERNAME&sortorder=Descending",
        "&sortBy=displayName",
    ] {
        let mut seen = Vec::new();
        for start_index in (1..=1_052).step_by(400) {
            let list = tenant
                .get(&format!(
                    "/scim/Users?startIndex={start_index}&count=400{order}"
                ))
                .json();
            assert_eq!(list["startIndex"], start_index);
            seen.extend(names(&list).into_iter().map(str::to_owned));
        }
        let mut sorted = seen.clone();
        sorted.sort();
        let in_order = seen == sorted;
        sorted.dedup();
        assert_eq!((seen.len(), sorted.len()), (1_052, 1_052), "{order}");
        assert_eq!(in_order, order == "&sortBy=userName");
    }
}

#[test]
fn odd_pages_are_brought_into_range_and_nonsense_is_refused() {
    let tenant = start(5);
    for (query, items, start_index) in [
        ("count=0", 0, 1),
        ("count=-3", 0, 1),
        ("startIndex=0&count=2", 2, 1),
        ("startIndex=-7", 7, 1),
        ("startIndex=100", 0, 100),
    ] {
        let list = tenant.get(&format!("/scim/Users?{query}")).json();
        assert_eq!(
            (&list["itemsPerPage"], &list["startIndex"]),
            (&json!(items), &json!(start_index)),
            "{query}"
        );
        assert_eq!(list["totalResults"], 7);
        assert_eq!(list["Resources"].as_array().unwrap().len(), items);
    }
    for query in [
        "count=many",
        "startIndex=1.5",
        "sortBy=shoeSize",
        "sortBy=userName&sortOrder=sideways",
    ] {
        assert_eq!(
            tenant.get(&format!("/scim/Users?{query}")).status,
            400,
            "{query}"
        );
    }
}

#[test]
fn attributes_choose_members() {
    let tenant = start(2);
    let list = tenant
        .get("/scim/Users?attributes=userName,name.givenName&startIndex=3&count=1")
        .json();
    let user = list["Resources"][0].as_object().unwrap();
    assert_eq!(
        user.keys().collect::<Vec<_>>(),
        ["name", "userName", "schemas", "id"]
    );
    assert_eq!(
        user["name"].as_object().unwrap().keys().collect::<Vec<_>>(),
        ["givenName"]
    );
    let path = format!(
        "/scim/Users/{}?excludedAttributes=meta,id",
        user["id"].as_str().unwrap()
    );
    let user = tenant.get(&path).json();
    assert!(user.get("meta").is_none() && user["id"].is_string());
}
