//! SCIM users: create, get, patch, replace, delete.
#![allow(clippy::unwrap_used)] // helpers of tests are tests

mod common;

use common::{Tenant, start};
use serde_json::{Value, json};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const CUSTOM: &str = "urn:scim:schemas:extension:custom:2.0";

fn patch(tenant: &Tenant, id: &str, operations: Value) -> common::Reply {
    let body = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations });
    tenant.call("PATCH", &format!("/scim/Users/{id}"), Some(&body))
}

#[test]
fn a_minimal_user_gets_defaults_and_the_recorded_order_of_members() {
    let tenant = start(0);
    let body = json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "nora.quist@acme.example" });
    let reply = tenant.call("POST", "/Scim/v2/users", Some(&body));
    assert_eq!(reply.status, 201);
    let user = reply.json();
    let members: Vec<&String> = user.as_object().unwrap().keys().collect();
    assert_eq!(
        members,
        [
            "name",
            "displayName",
            "active",
            "userName",
            "schemas",
            "id",
            "meta"
        ]
    );
    assert_eq!(user["displayName"], "nora.quist");
    assert_eq!(user["name"], json!({ "formatted": "nora.quist" }));
    assert_eq!(user["active"], true);
    let id = user["id"].as_str().unwrap();
    let location = format!("http://tenant.example/Scim/v2/Users/{id}");
    assert_eq!(user["meta"]["location"], location);
    assert_eq!(reply.header("location"), Some(&*location));
    assert_eq!(user["meta"]["created"], user["meta"]["lastModified"]);
    assert!(user["meta"].get("version").is_none());
    assert!(reply.header("x-cfy-tx-id").is_some_and(|id| id.len() == 32));
}

#[test]
fn a_full_user_comes_back_as_it_was_sent() {
    let tenant = start(3);
    let manager = tenant.create_user("boss@acme.example");
    let body = json!({
        "userName": "zoë@acme.example",
        "password": "Made-Up-Pass-1",
        "displayName": "Zoë Núñez",
        "name": { "givenName": "Zoë", "familyName": "Núñez" },
        "preferredLanguage": "es-ES",
        "active": "false",
        "emails": [{ "value": "second@x.example" }, { "primary": "true", "value": "zoe@x.example" }],
        "phoneNumbers": [{ "type": "Mobile", "value": "1" }, { "type": "work", "value": "2" }, { "type": "fax", "value": "3" }],
        ENTERPRISE: { "organization": "engineering", "manager": { "value": manager } },
        CUSTOM: { "badge": 17, "site": "Łódź" },
        "nickName": "not stored",
        "id": "not mine to choose",
    });
    let reply = tenant.call("POST", "/scim/Users", Some(&body));
    assert_eq!(reply.status, 201, "{}", reply.text());
    let user = reply.json();
    assert_eq!(
        user["name"],
        json!({ "formatted": "Zoë Núñez", "familyName": "Núñez", "givenName": "Zoë" })
    );
    assert_eq!(user["active"], false);
    assert_eq!(
        user["emails"],
        json!([{ "type": "work", "primary": true, "value": "zoe@x.example" }])
    );
    assert_eq!(
        user["phoneNumbers"],
        json!([{ "type": "work", "value": "2" }, { "type": "mobile", "value": "1" }])
    );
    assert_eq!(user[ENTERPRISE]["organization"], "Engineering");
    assert_eq!(user[ENTERPRISE]["manager"]["value"], manager);
    assert_eq!(user[ENTERPRISE]["manager"]["displayName"], "boss");
    assert_eq!(user[CUSTOM], json!({ "badge": 17, "site": "Łódź" }));
    assert_eq!(user["schemas"].as_array().unwrap().len(), 3);
    assert!(user.get("password").is_none() && user.get("nickName").is_none());

    let path = format!("/scim/Users/{}", user["id"].as_str().unwrap());
    let mut again = tenant.get(&path).json();
    again["meta"] = user["meta"].clone();
    assert_eq!(again, user);
}

#[test]
fn an_organization_that_the_tenant_does_not_have_is_a_label() {
    let tenant = start(0);
    let id = tenant.create_user("a@acme.example");
    let give = |name: Value| {
        let operation = json!([{ "op": "replace", "path": format!("{ENTERPRISE}:organization"), "value": name }]);
        patch(&tenant, &id, operation).json()
    };
    let path =
        || tenant.result("/UserMgmt/GetUserAttributes", json!({ "ID": id }))["OrgPath"].clone();
    assert_eq!(
        give(json!("Field Ops"))[ENTERPRISE]["organization"],
        "Field Ops"
    );
    assert_eq!(path(), Value::Null);
    assert_eq!(
        give(json!("engineering"))[ENTERPRISE]["organization"],
        "Engineering"
    );
    assert_eq!(path(), "Engineering");
    assert!(give(Value::Null).get(ENTERPRISE).is_none());
}

#[test]
fn the_media_type_follows_an_accept_header_that_leaves_no_choice() {
    let tenant = start(0);
    let authorization = format!("Bearer {}", tenant.description().token);
    for (accept, expected) in [
        ("application/scim+json", "application/scim+json"),
        ("application/json", "application/json"),
        (
            "application/scim+json, application/json",
            "application/json",
        ),
        ("application/scim+json, */*", "application/json"),
    ] {
        let headers = [
            ("Authorization", authorization.as_str()),
            ("Accept", accept),
        ];
        for path in ["/scim/Users", "/scim/Users/unknown"] {
            let reply = tenant
                .connect()
                .request("GET", path, &headers, b"")
                .unwrap();
            assert!(
                reply.header("content-type").unwrap().starts_with(expected),
                "{accept}: {reply:?}"
            );
        }
    }
}

#[test]
fn a_taken_name_is_a_conflict_in_any_letter_case() {
    let tenant = start(0);
    tenant.create_user("ana@acme.example");
    let reply = tenant.call(
        "POST",
        "/scim/Users",
        Some(&json!({ "userName": "ANA@acme.example" })),
    );
    assert_eq!(reply.status, 409);
    assert_eq!(reply.json()["scimType"], "uniqueness");
    assert_eq!(reply.json()["detail"], "ANA@acme.example already exists");
    let other = tenant.create_user("bob@acme.example");
    let reply = patch(
        &tenant,
        &other,
        json!([{ "op": "replace", "path": "userName", "value": "Ana@acme.example" }]),
    );
    assert_eq!(reply.status, 409);
}

#[test]
fn what_cannot_be_a_user_is_refused() {
    let tenant = start(0);
    for (body, status, scim_type) in [
        (json!({}), 400, Some("invalidValue")),
        (json!({ "userName": "  " }), 400, Some("invalidValue")),
        (json!([]), 400, Some("invalidSyntax")),
        (json!({ "userName": 7 }), 500, None),
        (json!({ "userName": "a@x", "active": "maybe" }), 500, None),
        (
            json!({ "userName": "a@x", "emails": { "value": "a@x" } }),
            500,
            None,
        ),
        (
            json!({ "userName": "a@x", ENTERPRISE: { "manager": { "value": "x" } } }),
            400,
            Some("invalidValue"),
        ),
    ] {
        let reply = tenant.call("POST", "/scim/Users", Some(&body));
        assert_eq!(reply.status, status, "{body}: {}", reply.text());
        assert_eq!(reply.json()["scimType"].as_str(), scim_type, "{body}");
        assert_eq!(reply.json()["status"], status.to_string());
        // The framework's own messages end in a blank.
        assert_eq!(
            reply.json()["detail"].as_str().unwrap().ends_with(' '),
            status == 500
        );
    }
    let headers = [(
        "Authorization",
        &*format!("Bearer {}", tenant.description().token),
    )];
    let reply = tenant
        .connect()
        .request("POST", "/scim/Users", &headers, b"{ nope")
        .unwrap();
    assert_eq!(
        (reply.status, reply.json()["scimType"].as_str()),
        (400, Some("invalidSyntax"))
    );
    assert_eq!(tenant.get("/scim/Users").json()["totalResults"], 2);
}

#[test]
fn an_unknown_id_is_not_found_by_any_method() {
    let tenant = start(0);
    let unknown = "0b7f3c52-1111-4222-8333-444455556666";
    for (method, body) in [
        ("GET", None),
        ("DELETE", None),
        ("PUT", Some(json!({ "userName": "a@x" }))),
        ("PATCH", Some(json!({ "Operations": [] }))),
    ] {
        for id in [unknown, "..%2F..", "plain"] {
            let reply = tenant.call(method, &format!("/scim/Users/{id}"), body.as_ref());
            assert_eq!(reply.status, 404, "{method} {id}");
            let decoded = id.replace("%2F", "/");
            assert_eq!(
                reply.json()["detail"],
                format!("Resource {decoded} not found")
            );
        }
    }
}

#[test]
fn delete_answers_204_once() {
    let tenant = start(0);
    let path = format!("/scim/Users/{}", tenant.create_user("gone@acme.example"));
    let reply = tenant.call("DELETE", &path, None);
    assert_eq!((reply.status, reply.body.len()), (204, 0));
    assert_eq!(tenant.call("DELETE", &path, None).status, 404);
    tenant.create_user("gone@acme.example");
}

#[test]
fn patch_takes_every_documented_form() {
    let tenant = start(0);
    let id = tenant.create_user("p@acme.example");
    let reply = patch(
        &tenant,
        &id,
        json!([
            { "op": "replace", "path": "active", "value": false },
            { "op": "replace", "value": { "name.formatted": "Nora Q. Quist", "name.givenName": "Nora" } },
            { "op": "Add", "path": "emails", "value": [{ "value": "n@x.example" }] },
            { "op": "add", "path": "phoneNumbers[type eq \"mobile\"].value", "value": "77" },
            { "op": "add", "path": format!("{ENTERPRISE}:organization"), "value": "Engineering" },
            { "op": "add", "value": { CUSTOM: { "badge": 1 } } },
        ]),
    );
    assert_eq!(reply.status, 200, "{}", reply.text());
    let user = reply.json();
    assert_eq!(user["active"], false);
    assert_eq!(user["displayName"], "Nora Q. Quist");
    assert_eq!(
        user["name"],
        json!({ "formatted": "Nora Q. Quist", "givenName": "Nora" })
    );
    assert_eq!(user["emails"][0]["value"], "n@x.example");
    assert_eq!(
        user["phoneNumbers"],
        json!([{ "type": "mobile", "value": "77" }])
    );
    assert_eq!(user[ENTERPRISE], json!({ "organization": "Engineering" }));

    let reply = patch(
        &tenant,
        &id,
        json!([
            { "op": "remove", "path": "name.givenName" },
            { "op": "remove", "path": "phoneNumbers" },
            { "op": "remove", "path": "emails[primary eq true]" },
            { "op": "remove", "path": ENTERPRISE },
            { "op": "remove", "path": format!("{CUSTOM}:badge") },
        ]),
    );
    let user = reply.json();
    for member in ["emails", "phoneNumbers", ENTERPRISE, CUSTOM] {
        assert!(
            user.get(member).is_none(),
            "{member} is still there: {user}"
        );
    }
    assert_eq!(user["name"], json!({ "formatted": "Nora Q. Quist" }));
}

#[test]
fn a_patch_that_fails_changes_nothing() {
    let tenant = start(0);
    let id = tenant.create_user("same@acme.example");
    let rename = json!({ "op": "replace", "path": "displayName", "value": "Changed" });
    for (second, status, scim_type) in [
        (
            json!({ "op": "replace", "path": "nickName", "value": "x" }),
            400,
            "noTarget",
        ),
        (
            json!({ "op": "replace", "path": "id", "value": "x" }),
            400,
            "noTarget",
        ),
        (
            json!({ "op": "replace", "value": { "groups": [] } }),
            400,
            "noTarget",
        ),
        (json!({ "op": "remove" }), 400, "noTarget"),
        (
            json!({ "op": "replace", "path": "emails[type eq \"home\"].value", "value": "x" }),
            400,
            "noTarget",
        ),
        (
            json!({ "op": "replace", "path": "emails[type", "value": "x" }),
            400,
            "invalidPath",
        ),
        (
            json!({ "op": "replace", "path": "displayName" }),
            400,
            "invalidValue",
        ),
        (json!({ "op": "replace", "value": 7 }), 400, "invalidValue"),
        (
            json!({ "op": "move", "path": "active", "value": true }),
            400,
            "invalidValue",
        ),
        (
            json!({ "op": "remove", "path": "userName" }),
            400,
            "invalidValue",
        ),
    ] {
        let reply = patch(&tenant, &id, json!([rename, second]));
        assert_eq!(reply.status, status, "{second}: {}", reply.text());
        assert_eq!(reply.json()["scimType"], scim_type, "{second}");
        if scim_type == "noTarget" {
            assert_eq!(
                reply.json()["detail"],
                "The specified \"path\" did not yield an attribute or attribute value that could be operated on."
            );
        }
    }
    assert_eq!(
        tenant.get(&format!("/scim/Users/{id}")).json()["displayName"],
        "same"
    );
    assert_eq!(
        tenant
            .call("PATCH", &format!("/scim/Users/{id}"), Some(&json!({})))
            .status,
        400
    );
}

#[test]
fn replace_clears_what_is_left_out_but_keeps_the_display_name() {
    let tenant = start(0);
    let id = tenant.create_user("old@acme.example");
    let filled = json!([
        { "op": "add", "path": "name", "value": { "givenName": "A", "familyName": "B", "formatted": "A B" } },
        { "op": "add", "path": "emails", "value": [{ "value": "a@x" }] },
        { "op": "add", "path": "active", "value": false },
    ]);
    assert_eq!(patch(&tenant, &id, filled).status, 200);
    let path = format!("/scim/v2/Users/{id}");
    let user = tenant
        .call(
            "PUT",
            &path,
            Some(&json!({ "userName": "new@acme.example", "id": id })),
        )
        .json();
    assert_eq!(user["userName"], "new@acme.example");
    assert_eq!(user["name"], json!({ "formatted": "A B" }));
    assert_eq!(user["active"], false);
    assert!(user.get("emails").is_none());

    // A changed display name wins over the copy in name.formatted that a read left behind.
    let mut copy = user;
    copy["displayName"] = "C D".into();
    let user = tenant.call("PUT", &path, Some(&copy)).json();
    assert_eq!(
        (&user["displayName"], &user["name"]["formatted"]),
        (&json!("C D"), &json!("C D"))
    );
    assert_eq!(tenant.call("PUT", &path, Some(&json!({}))).status, 400);
}
