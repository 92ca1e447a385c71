//! Organizations: changes, members, administrators, rights.
#![allow(clippy::unwrap_used, clippy::panic)] // helpers of tests are tests

mod common;

use common::{Tenant, start};
use serde_json::{Value, json};

const NOT_FOUND: &str = "The requested data or its dependent data was not found in the service.";

fn make(tenant: &Tenant, name: &str) -> Value {
    tenant.result("/Org/Create", json!({ "Name": name }))["ID"].clone()
}

#[test]
fn an_organization_is_read_changed_and_deleted() {
    let tenant = start(0);
    let org = make(&tenant, "Northwind");
    let user = tenant.create_user("a@acme.example");
    tenant.result(
        "/Org/ChangeMembership",
        json!({ "OrgId": org, "Add": [{ "ID": user, "Type": "User" }] }),
    );
    let expected =
        json!({ "ID": org, "Name": "Northwind", "Description": null, "Path": "Northwind" });
    assert_eq!(tenant.result("/Org/Get", json!({ "orgid": org })), expected);

    tenant.result(
        "/Org/Update",
        json!({ "OrgId": org, "Name": "Southwind", "Description": "warm" }),
    );
    assert_eq!(
        tenant.result("/Org/Get", json!({ "OrgId": org }))["Description"],
        "warm"
    );
    let path = |tenant: &Tenant| {
        tenant
            .result("/CDirectoryService/GetUser", json!({ "ID": user }))
            .get("OrgPath")
            .cloned()
    };
    assert_eq!(path(&tenant), Some(json!("Southwind")));
    assert!(
        tenant
            .failure(
                "/Org/Update",
                json!({ "OrgId": org, "Name": "engineering" })
            )
            .contains("Engineering already exists")
    );
    assert_eq!(
        tenant.result("/Org/Update", json!({ "OrgId": org, "Name": "SOUTHWIND" })),
        Value::Null
    );

    tenant.result("/Org/Delete", json!({ "OrgId": org }));
    assert_eq!(path(&tenant), None);
    for operation in [
        "Get",
        "Update",
        "Delete",
        "GetRoles",
        "GetAdministrators",
        "GetPermission",
        "ChangeMembership",
    ] {
        let path = format!("/Org/{operation}");
        assert_eq!(
            tenant.failure(&path, json!({ "OrgId": org })),
            NOT_FOUND,
            "{operation}"
        );
        assert_eq!(
            tenant.failure(&path, json!({})),
            "Parameter \"OrgId\" must be specified.",
            "{operation}"
        );
    }
}

#[test]
fn members_join_move_and_leave() {
    let tenant = start(0);
    let [north, south] = ["North", "South"].map(|name| make(&tenant, name));
    let user = tenant.create_user("a@acme.example");
    let role = tenant.result(
        "/Roles/StoreRole",
        json!({ "Name": "Desk", "OrgPath": "north" }),
    )["_RowKey"]
        .clone();
    let member = json!([{ "ID": user, "Type": "user" }]);
    let change = |org: &Value, body: Value| {
        let mut body = body;
        body["OrgId"] = org.clone();
        tenant.result("/Org/ChangeMembership", body)
    };
    let org_of =
        || tenant.result("/UserMgmt/GetUserAttributes", json!({ "ID": user }))["OrgPath"].clone();
    change(&north, json!({ "Add": member, "Remove": [] }));
    assert_eq!(org_of(), "North");
    change(&south, json!({ "Add": member }));
    assert_eq!(org_of(), "South");
    change(&north, json!({ "Remove": member }));
    assert_eq!(org_of(), "South");
    change(&south, json!({ "Remove": member }));
    assert_eq!(org_of(), Value::Null);

    let roles = |org: &Value| tenant.result("/Org/GetRoles", json!({ "OrgId": org }));
    assert_eq!(roles(&north)["Results"][0]["Row"]["ID"], role);
    change(&south, json!({ "Add": [{ "ID": role, "Type": "Role" }] }));
    assert_eq!(
        (&roles(&north)["Count"], &roles(&south)["Count"]),
        (&json!(0), &json!(1))
    );
    let fail = |item: Value| {
        tenant.failure(
            "/Org/ChangeMembership",
            json!({ "OrgId": north, "Add": [item] }),
        )
    };
    assert_eq!(fail(json!({ "ID": "x", "Type": "User" })), NOT_FOUND);
    assert_eq!(
        fail(json!({ "ID": user, "Type": "Robot" })),
        "Requested value 'Robot' was not found."
    );
    assert!(fail(json!("x")).contains("casting"));
}

#[test]
fn administrators_are_granted_and_revoked_in_both_documented_forms() {
    let tenant = start(0);
    let [north, south] = ["North", "South"].map(|name| make(&tenant, name));
    let [a, b] = ["a", "b"].map(|name| tenant.create_user(&format!("{name}@acme.example")));
    let update = json!({ "OrgId": north, "Grant": [{ "Id": a, "Type": "User" }, { "Id": b }], "Revoke": [] });
    assert_eq!(
        tenant.result("/Org/UpdateAdministrators", update),
        Value::Null
    );
    let listed = || tenant.result("/Org/GetAdministrators", json!({ "OrgId": north }));
    assert_eq!(listed()["FullCount"], 2);
    let row = &listed()["Results"][0]["Row"];
    assert_eq!(row["Guid"], row["ID"]);
    let elsewhere = tenant.failure(
        "/Org/UpdateAdministrators",
        json!({ "OrgId": south, "Grant": [{ "Id": a }] }),
    );
    assert!(elsewhere.contains("only one organization"));
    tenant.result(
        "/Org/UpdateAdministrators",
        json!({ "OrgId": north, "Revoke": [a, { "Id": b }] }),
    );
    assert_eq!(
        (&listed()["FullCount"], &listed()["Results"]),
        (&json!(0), &json!([]))
    );
    assert_eq!(
        tenant.failure(
            "/Org/UpdateAdministrators",
            json!({ "OrgId": north, "Grant": [{ "Id": "x" }] })
        ),
        NOT_FOUND
    );
}

#[test]
fn rights_are_an_array_of_known_words() {
    let tenant = start(0);
    let org = make(&tenant, "North");
    let item = |right: Value| json!([{ "Right": right, "Principal": "ada@acme.example", "PrincipalType": "User" }]);
    let grant = |right: Value| json!({ "OrgId": org, "Grant": item(right) });
    let listed = || tenant.result("/Org/GetPermission", json!({ "OrgId": org }));
    assert_eq!(listed(), json!([]));
    tenant.result("/Org/UpdatePermission", grant(json!(["Unknown"])));
    assert_eq!(
        listed(),
        json!([{ "Principal": "ada@acme.example", "PrincipalType": "User", "Right": ["Unknown"] }])
    );
    let fail = |right: Value| tenant.failure("/Org/UpdatePermission", grant(right));
    assert!(
        fail(json!("Foo")).starts_with("Get value type casting failure. Key:Right. Value:Foo.")
    );
    assert_eq!(fail(json!(["Foo"])), "Requested value 'Foo' was not found.");
    tenant.result(
        "/Org/UpdatePermission",
        json!({ "OrgId": org, "Revoke": item(json!(["Unknown"])) }),
    );
    assert_eq!(listed(), json!([]));
}
