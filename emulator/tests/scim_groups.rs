//! SCIM groups, which are the roles of the directory, and discovery.
#![allow(clippy::unwrap_used, clippy::panic)] // helpers of tests are tests

mod common;

use common::{Reply, Tenant, start};
use serde_json::{Value, json};

fn create(tenant: &Tenant, name: &str, members: Value) -> Reply {
    let body = json!({ "displayName": name, "members": members });
    tenant.call("POST", "/scim/Groups", Some(&body))
}

fn patch(tenant: &Tenant, id: &Value, operations: Value) -> Reply {
    let path = format!("/scim/v2/groups/{}", id.as_str().unwrap_or_default());
    tenant.call("PATCH", &path, Some(&json!({ "Operations": operations })))
}

fn members(group: &Value) -> Vec<&str> {
    let list = group["members"].as_array();
    list.into_iter()
        .flatten()
        .filter_map(|member| member["value"].as_str())
        .collect()
}

#[test]
fn a_group_is_made_with_users_and_groups_and_shows_in_its_users() {
    let tenant = start(0);
    let user = tenant.create_user("ana@acme.example");
    let inner = create(&tenant, "Inner", json!([])).json();
    let reply = create(
        &tenant,
        "Outer",
        json!([{ "value": user, "type": "User" }, { "value": inner["id"] }]),
    );
    assert_eq!(reply.status, 201, "{}", reply.text());
    let group = reply.json();
    let keys: Vec<&String> = group.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["members", "displayName", "schemas", "id", "meta"]);
    let id = group["id"].as_str().unwrap();
    assert_eq!((id.len(), id.matches('_').count()), (36, 4));
    assert_eq!(
        group["members"][0],
        json!({
            "value": user,
            "$ref": format!("http://tenant.example/Scim/v2/Users/{user}"),
            "type": "User",
            "display": "ana@acme.example",
        })
    );
    assert_eq!(
        (
            &group["members"][1]["type"],
            &group["members"][1]["display"]
        ),
        (&json!("Group"), &json!("Inner"))
    );
    assert_eq!(reply.header("location"), group["meta"]["location"].as_str());
    assert!(inner.get("members").is_none());

    let shown = tenant.get(&format!("/scim/Users/{user}")).json();
    let location = format!("http://tenant.example/Scim/v2/Groups/{id}");
    assert_eq!(
        shown["groups"],
        json!([{ "display": "Outer", "value": id, "$ref": location }])
    );
}

#[test]
fn wrong_groups_are_refused() {
    let tenant = start(0);
    assert_eq!(create(&tenant, "Taken", json!([])).status, 201);
    for (name, members, status, detail) in [
        ("TAKEN", json!([]), 409, "TAKEN already exists"),
        ("", json!([]), 400, "displayName is required."),
        (
            "G",
            json!([{ "value": "nobody" }]),
            404,
            "Member not found. Member value: nobody",
        ),
        (
            "G",
            json!({ "value": "nobody" }),
            500,
            "Cannot convert the value of \"members\" into an array. ",
        ),
    ] {
        let reply = create(&tenant, name, members);
        assert_eq!(
            (reply.status, reply.json()["detail"].as_str()),
            (status, Some(detail))
        );
    }
    for (method, body) in [
        ("GET", None),
        ("DELETE", None),
        ("PUT", Some(json!({ "displayName": "x" }))),
    ] {
        let reply = tenant.call(method, "/scim/Groups/unknown", body.as_ref());
        assert_eq!(
            (reply.status, &reply.json()["detail"]),
            (404, &json!("Group not found"))
        );
    }
}

#[test]
fn patch_adds_removes_and_replaces_members() {
    let tenant = start(0);
    let [ana, bea, cid] =
        ["ana", "bea", "cid"].map(|name| tenant.create_user(&format!("{name}@acme.example")));
    let id = create(&tenant, "G", json!([])).json()["id"].clone();
    for (operation, expected) in [
        (
            json!({ "op": "add", "path": "members", "value": [{ "value": ana }] }),
            vec![&ana],
        ),
        (
            json!({ "op": "add", "value": { "members": [{ "value": bea }, { "value": ana }] } }),
            vec![&ana, &bea],
        ),
        (
            json!({ "op": "remove", "path": format!("members[value eq \"{ana}\"]") }),
            vec![&bea],
        ),
        (
            json!({ "op": "replace", "path": "members", "value": [{ "value": cid }, { "value": ana }] }),
            vec![&ana, &cid],
        ),
        (
            json!({ "op": "remove", "path": "members", "value": [{ "value": cid }] }),
            vec![&ana],
        ),
        (json!({ "op": "remove", "path": "members" }), vec![]),
    ] {
        let reply = patch(&tenant, &id, json!([operation]));
        assert_eq!(reply.status, 200, "{operation}: {}", reply.text());
        let group = reply.json();
        let mut found = members(&group);
        let mut expected: Vec<&str> = expected.into_iter().map(String::as_str).collect();
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected, "{operation}");
    }
    let renamed = patch(
        &tenant,
        &id,
        json!([{ "op": "replace", "path": "displayName", "value": "H" }]),
    );
    assert_eq!(renamed.json()["displayName"], "H");
    for (operation, status, scim_type) in [
        (
            json!({ "op": "add", "path": "members", "value": { "value": ana } }),
            500,
            None,
        ),
        (
            json!({ "op": "add", "path": "owner", "value": "x" }),
            400,
            Some("noTarget"),
        ),
        (
            json!({ "op": "add", "path": "members", "value": [{ "value": "x" }] }),
            404,
            None,
        ),
        (
            json!({ "op": "remove", "path": "displayName" }),
            400,
            Some("invalidValue"),
        ),
        (json!({ "op": "remove" }), 400, Some("noTarget")),
    ] {
        let reply = patch(&tenant, &id, json!([operation]));
        assert_eq!(
            (reply.status, reply.json()["scimType"].as_str()),
            (status, scim_type),
            "{operation}"
        );
    }
}

#[test]
fn replace_and_delete() {
    let tenant = start(0);
    let ana = tenant.create_user("ana@acme.example");
    let group = create(&tenant, "G", json!([{ "value": ana }])).json();
    let path = format!("/scim/Groups/{}", group["id"].as_str().unwrap());
    let replaced = tenant
        .call(
            "PUT",
            &path,
            Some(&json!({ "displayName": "g", "members": [] })),
        )
        .json();
    assert_eq!(
        (&replaced["displayName"], members(&replaced).len()),
        (&json!("g"), 0)
    );
    assert!(
        tenant
            .get(&format!("/scim/Users/{ana}"))
            .json()
            .get("groups")
            .is_none()
    );
    assert_eq!(tenant.call("DELETE", &path, None).status, 204);
    assert_eq!(tenant.get(&path).status, 404);
    assert_eq!(
        tenant.call("DELETE", "/scim/Groups/Everybody", None).status,
        403
    );
}

#[test]
fn groups_are_found_sorted_and_paged() {
    let tenant = start(0);
    let ana = tenant.create_user("ana@acme.example");
    for (name, members) in [
        ("B one", json!([{ "value": ana }])),
        ("A two", json!([])),
        ("C one", json!([])),
    ] {
        assert_eq!(create(&tenant, name, members).status, 201);
    }
    let names = |query: &str| -> Vec<String> {
        let list = tenant.get(&format!("/scim/Groups?{query}")).json();
        let resources = list["Resources"].as_array().unwrap().iter();
        resources
            .map(|group| group["displayName"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        names("filter=displayName%20ew%20%22one%22"),
        ["B one", "C one"]
    );
    assert_eq!(
        names("filter=members.display%20eq%20'ana@acme.example'"),
        ["B one"]
    );
    assert_eq!(
        names(&format!("filter=members.value%20eq%20'{ana}'")),
        ["B one"]
    );
    assert_eq!(names("filter=id%20eq%20'Everybody'"), ["Everybody"]);
    assert_eq!(
        names("sortBy=displayName&sortOrder=descending&count=2&startIndex=2"),
        ["Everybody", "C one"]
    );
    assert_eq!(
        tenant.get("/scim/Groups?filter=owner%20eq%20'x'").status,
        400
    );
    assert_eq!(tenant.get("/scim/Groups?sortBy=id").status, 400);
}

#[test]
fn discovery_describes_what_is_there() {
    let tenant = start(0);
    let config = tenant.get("/Scim/v2/ServiceProviderConfig").json();
    assert_eq!(
        (
            &config["patch"]["supported"],
            &config["filter"]["maxResults"]
        ),
        (&json!(true), &json!(1000))
    );
    assert_eq!(
        config["meta"]["location"],
        "http://tenant.example/Scim/v2/ServiceProviderConfig"
    );

    let types = tenant.get("/scim/ResourceTypes").json();
    for kind in types["Resources"].as_array().unwrap() {
        assert_eq!(
            tenant
                .get(&format!("/scim{}", kind["endpoint"].as_str().unwrap()))
                .status,
            200
        );
        let schema = kind["schema"].as_str().unwrap();
        assert_eq!(
            tenant.get(&format!("/scim/Schemas/{schema}")).json()["id"],
            schema
        );
        let single = tenant
            .get(&format!(
                "/scim/ResourceTypes/{}",
                kind["name"].as_str().unwrap()
            ))
            .json();
        assert_eq!(single["schemaExtensions"], kind["schemaExtensions"]);
    }
    let reply = tenant.get("/scim/ResourceTypes/Users");
    assert_eq!(
        (reply.status, &reply.json()["detail"]),
        (404, &json!("Resource type Users not found"))
    );

    let schemas = tenant.get("/scim/Schemas").json();
    assert_eq!(schemas["totalResults"], 5);
    let user = tenant.get("/scim/schemas/user").json();
    assert!(
        user["meta"]["location"]
            .as_str()
            .unwrap()
            .ends_with("/Schemas/user")
    );
    let reply = tenant.get("/scim/Schemas/Gadget");
    assert_eq!(reply.status, 500);
    assert_eq!(
        reply.json()["detail"],
        "Object reference not set to an instance of an object. "
    );
}

#[test]
fn every_member_of_a_user_is_in_the_schema() {
    let tenant = start(30);
    let schema = tenant.get("/scim/Schemas/User").json();
    let known: Vec<&str> = schema["attributes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|attribute| attribute["name"].as_str().unwrap())
        .collect();
    let list = tenant.get("/scim/Users").json();
    for user in list["Resources"].as_array().unwrap() {
        for name in user
            .as_object()
            .unwrap()
            .keys()
            .filter(|name| !name.starts_with("urn:"))
        {
            assert!(known.contains(&name.as_str()), "{name}");
        }
    }
}
