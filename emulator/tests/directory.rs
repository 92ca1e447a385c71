//! What programs ask of the directory before they do their work.
#![allow(clippy::unwrap_used)] // helpers of tests are tests

mod common;

use common::{Tenant, start};
use serde_json::{Value, json};

const QUERY: &str = "/UserMgmt/DirectoryServiceQuery";

fn names<'v>(part: &'v Value, key: &str) -> Vec<&'v str> {
    let lines = part["Results"].as_array().unwrap().iter();
    lines
        .map(|line| line["Row"][key].as_str().unwrap())
        .collect()
}

fn directory_id(tenant: &Tenant) -> String {
    let services = tenant.get("/Core/GetDirectoryServices").json();
    assert_eq!(services["success"], true);
    let row = &services["Result"]["Results"][0]["Row"];
    assert_eq!(row["Service"], "CDS");
    row["directoryServiceUuid"].as_str().unwrap().to_owned()
}

#[test]
fn directories_are_told_by_get_and_by_post() {
    let tenant = start(0);
    let by_post = tenant.result("/Core/GetDirectoryServices", Value::Null);
    assert_eq!(
        tenant.get("/Core/GetDirectoryServices").json()["Result"],
        by_post
    );
}

#[test]
fn the_first_alias_is_the_suffix_of_the_tenant() {
    let tenant = start(2);
    tenant.create_user("guest@aardvark.example");
    let aliases = tenant.result("/Core/GetCdsAliasesForTenant", Value::Null);
    let keys: Vec<&Value> = aliases["Results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| &line["Entities"][0]["Key"])
        .collect();
    assert_eq!(keys, ["acme.example", "aardvark.example"]);
}

#[test]
fn all_kinds_are_found_at_once_by_filters_in_json() {
    let tenant = start(30);
    let id = tenant.create_user("zoe.searched@acme.example");
    let role = tenant.result(
        "/Roles/StoreRole",
        json!({ "Name": "Searched", "Description": "d" }),
    );
    let filter = |first: &str, second: &str| {
        json!({ "_or": [{ first: { "_like": "sEArched" } }, { second: { "_like": { "value": "SEARCHED", "ignoreCase": true } } }] })
            .to_string()
    };
    let found = tenant.result(
        QUERY,
        json!({
            "directoryServices": [directory_id(&tenant)],
            "user": filter("DisplayName", "SystemName"),
            "group": "{}",
            "roles": json!({ "Name": { "_like": { "value": "earched", "ignoreCase": false } } }).to_string(),
            "Args": { "PageNumber": 1, "PageSize": 100, "Limit": 100, "SortBy": "DisplayName", "Caching": -1, "direction": "False", "Ascending": true },
        }),
    );
    let user = &found["User"]["Results"][0];
    assert_eq!(
        (&found["User"]["FullCount"], &user["Entities"][0]["Key"]),
        (&json!(1), &json!(id))
    );
    let expected = json!({
        "InternalName": id, "SystemName": "zoe.searched@acme.example", "DistinguishedName": "zoe.searched@acme.example",
        "ServiceType": "CDS", "ServiceInstanceLocalized": "CyberArk Cloud Directory", "Enabled": true, "Locked": false,
    });
    for (key, value) in expected.as_object().unwrap() {
        assert_eq!(&user["Row"][key], value, "{key}");
    }
    assert_eq!(found["Group"]["Results"], json!([]));
    let row = &found["roles"]["Results"][0]["Row"];
    assert_eq!(
        (&row["_ID"], &row["Name"]),
        (&role["_RowKey"], &json!("Searched"))
    );
}

#[test]
fn a_role_is_found_by_a_filter_in_the_notation_of_python() {
    let tenant = start(0);
    let role = tenant.result("/Roles/StoreRole", json!({ "Name": "It's \"ours\"" }));
    let body = json!({ "directoryServices": [], "roles": r#"{'Name': {'_eq': 'It\'s "ours"'}}"# });
    let found = tenant.result(&format!("/api/idadmin{QUERY}"), body);
    assert_eq!(found["roles"]["Results"][0]["Row"]["_ID"], role["_RowKey"]);
    assert_eq!(
        (&found["roles"]["Count"], &found["User"]),
        (&json!(1), &Value::Null)
    );
}

#[test]
fn filters_combine_sort_and_page() {
    let tenant = start(0);
    for name in ["b1@x.example", "a2@x.example", "c3@y.example"] {
        tenant.create_user(name);
    }
    let ask = |filter: Value, args: Value| {
        let body = json!({ "user": filter.to_string(), "Args": args });
        tenant.result(QUERY, body)["User"].clone()
    };
    let in_x = json!({ "SystemName": { "_end": "@X.example" } });
    let sorted = ask(in_x.clone(), json!({ "SortBy": "SystemName" }));
    assert_eq!(
        names(&sorted, "SystemName"),
        ["a2@x.example", "b1@x.example"]
    );
    let last = ask(
        in_x.clone(),
        json!({ "SortBy": "SystemName", "Ascending": false, "PageSize": 1, "PageNumber": 2 }),
    );
    assert_eq!(names(&last, "SystemName"), ["a2@x.example"]);
    assert_eq!((&last["Count"], &last["FullCount"]), (&json!(1), &json!(2)));
    let both = json!({ "_and": [in_x, { "DisplayName": { "_eq": "B1" }, "ObjectType": { "_eq": "user" } }] });
    assert_eq!(
        names(&ask(both, Value::Null), "SystemName"),
        ["b1@x.example"]
    );

    let elsewhere =
        json!({ "directoryServices": ["00000000-0000-0000-0000-000000000000"], "user": "{}" });
    assert_eq!(tenant.result(QUERY, elsewhere)["User"]["FullCount"], 0);
}

#[test]
fn mistakes_in_filters_are_named() {
    let tenant = start(0);
    for (filter, part) in [
        ("{", "\"user\" is not valid: it holds no JSON."),
        ("[]", "an object was expected"),
        ("{'Password': {'_eq': 'x'}}", "there is no field Password"),
        (
            "{'DisplayName': {'_re': 'x'}}",
            "the operator _re is not known",
        ),
        ("{'DisplayName': 'x'}", "takes an object with an operator"),
        ("{'DisplayName': {'_eq': 1}}", "a text was expected"),
        ("{'_or': {}}", "_or takes an array"),
    ] {
        let message = tenant.failure(QUERY, json!({ "user": filter }));
        assert!(message.contains(part), "{filter}: {message}");
    }
    let deep = format!("{}{}", "{'_and': [".repeat(5_000), "]}".repeat(5_000));
    assert!(
        tenant
            .failure(QUERY, json!({ "user": deep }))
            .contains("holds no JSON")
    );
}

#[test]
fn the_directory_is_shown_to_those_who_may_read_it() {
    let tenant = start(0);
    tenant.create_user("plain@acme.example");
    let token = tenant.emulator.token_for("plain@acme.example").unwrap();
    for kind in ["user", "group", "roles"] {
        let reply = tenant.call_as(&token, "POST", QUERY, Some(&json!({ kind: "{}" })));
        assert_eq!(
            reply.json()["MessageID"],
            "_I18N_CloudApi.UnauthorizedOperation",
            "{kind}"
        );
    }
}
