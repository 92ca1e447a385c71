//! Roles by platform calls, and the rights they give.
#![allow(clippy::unwrap_used, clippy::panic)] // helpers of tests are tests

mod common;

use common::{Tenant, start};
use serde_json::{Value, json};

fn store(tenant: &Tenant, body: Value) -> Value {
    tenant.result("/Roles/StoreRole", body)["_RowKey"].clone()
}

#[test]
fn a_role_is_the_group_of_the_same_id() {
    let tenant = start(0);
    let user = tenant.create_user("a@acme.example");
    let role = store(
        &tenant,
        json!({ "Name": "Desk", "Description": "d", "Users": ["A@acme.example"] }),
    );
    let group = tenant
        .get(&format!("/scim/Groups/{}", role.as_str().unwrap()))
        .json();
    assert_eq!(
        (&group["displayName"], &group["members"][0]["value"]),
        (&json!("Desk"), &json!(user))
    );

    let duplicate = tenant.platform("/SaasManage/StoreRole", json!({ "Name": "desk" }));
    assert_eq!(
        (&duplicate["Message"], &duplicate["ErrorCode"]),
        (
            &json!("Role with name Desk already exists."),
            &json!("1409")
        )
    );
    assert_eq!(
        tenant.failure("/Roles/StoreRole", json!({})),
        "Parameter \"Name\" must be specified."
    );

    tenant.result(
        "/Roles/UpdateRole/",
        json!({ "Name": role, "NewName": "Front Desk", "Users": { "Delete": [user], "Add": [] } }),
    );
    let shown = tenant.result(
        &format!("/SaasManage/GetRole?name={}", role.as_str().unwrap()),
        Value::Null,
    );
    assert_eq!(
        (&shown["Name"], &shown["Principals"], &shown["RoleType"]),
        (&json!("Front Desk"), &json!([]), &json!("PrincipalList"))
    );
    let missing = tenant.platform("/Roles/UpdateRole", json!({ "Name": "nope" }));
    assert_eq!(
        (&missing["Message"], &missing["Exception"]),
        (&json!("The role \"nope\" does not exist."), &Value::Null)
    );
}

#[test]
fn members_come_and_go_by_name_and_by_id() {
    let tenant = start(0);
    let user = tenant.create_user("a@acme.example");
    let (outer, inner) = (
        store(&tenant, json!({ "Name": "Outer" })),
        store(&tenant, json!({ "Name": "Inner" })),
    );
    let add =
        json!({ "Name": outer, "Users": ["a@acme.example"], "Roles": ["Inner"], "Groups": [] });
    tenant.result("/SaasManage/AddUsersAndGroupsToRole", add);
    let listed = tenant.result("/Roles/GetRoleMembers", json!({ "Name": outer }));
    let rows: Vec<(&Value, &Value)> = (0..2)
        .map(|index| &listed["Results"][index]["Row"])
        .map(|row| (&row["Guid"], &row["Type"]))
        .collect();
    assert_eq!(
        rows,
        [(&json!(user), &json!("User")), (&inner, &json!("Role"))]
    );
    let remove = json!({ "Name": outer, "Users": [user], "Roles": [inner] });
    tenant.result("/SaasManage/RemoveUsersAndGroupsFromRole", remove);
    let path = format!(
        "/SaasManage/GetRoleMembers?name={}",
        outer.as_str().unwrap()
    );
    assert_eq!(tenant.result(&path, Value::Null)["Count"], 0);
    assert_eq!(
        tenant.result("/Roles/GetRoleMembers", json!({ "Name": "Everybody" }))["Count"],
        2
    );
    assert!(
        tenant
            .failure(
                "/SaasManage/AddUsersAndGroupsToRole",
                json!({ "Name": outer, "Users": ["x"] })
            )
            .contains("not found")
    );
    assert!(
        tenant
            .failure(
                "/SaasManage/AddUsersAndGroupsToRole",
                json!({ "Name": "Everybody", "Users": [user] })
            )
            .contains("Everybody")
    );
}

#[test]
fn roles_are_deleted_unless_they_are_built_in() {
    let tenant = start(0);
    let [a, b] = ["A", "B"].map(|name| store(&tenant, json!({ "Name": name })));
    assert!(
        tenant
            .failure(
                "/SaasManage/DeleteRoles",
                json!({ "Roles": [a, "sysadmin"] })
            )
            .contains("System Administrator")
    );
    tenant.result("/SaasManage/DeleteRole", json!({ "Name": a }));
    assert!(
        tenant
            .failure("/SaasManage/DeleteRole", json!({ "Name": a }))
            .contains("not found")
    );
    tenant.result("/SaasManage/DeleteRoles", json!({ "Roles": [b] }));
}

/// What an account may do, before and after its role is given a right.
#[test]
fn rights_open_what_they_name_and_nothing_else() {
    let tenant = start(1);
    let user = tenant.create_user("helper@acme.example");
    let role = store(&tenant, json!({ "Name": "Desk", "Users": [user] }));
    let token = tenant.emulator.token_for("helper@acme.example").unwrap();
    let refused =
        "You are not authorized to perform this operation. Please contact your IT helpdesk.";
    let ask = |path: &str, body: Value| -> bool {
        let envelope = tenant.call_as(&token, "POST", path, Some(&body)).json();
        assert!(
            envelope["success"] == true || envelope["Message"] == refused,
            "{path}: {envelope}"
        );
        envelope["success"] == true
    };
    let other = tenant.create_user("other@acme.example");
    let scim = |path: &str| tenant.call_as(&token, "GET", path, None).status;

    let may_read_others = || ask("/CDirectoryService/GetUser", json!({ "ID": other }));
    let may_change_others = || {
        ask(
            "/CDirectoryService/ChangeUser",
            json!({ "ID": other, "DisplayName": "O" }),
        )
    };
    let may_set_state = || {
        ask(
            "/CDirectoryService/SetUserState",
            json!({ "ID": other, "state": "None" }),
        )
    };
    let may_see_orgs = || ask("/Org/ListAll", json!({}));
    let may_make_orgs = || {
        ask(
            "/Org/Create",
            json!({ "Name": format!("Org {}", tenant.emulator.counters().requests) }),
        )
    };

    assert!(ask("/CDirectoryService/GetUser", json!({ "ID": user })));
    assert!(ask(
        "/CDirectoryService/ChangeUser",
        json!({ "ID": user, "DisplayName": "Me" })
    ));
    assert!(!ask(
        "/CDirectoryService/ChangeUser",
        json!({ "ID": user, "InSysAdminRole": true })
    ));
    assert!(!ask(
        "/CDirectoryService/ChangeUser",
        json!({ "ID": user, "PasswordNeverExpire": true })
    ));
    assert!(
        !may_read_others()
            && !may_change_others()
            && !may_set_state()
            && !may_see_orgs()
            && !may_make_orgs()
    );
    assert_eq!(
        (
            scim("/scim/Users"),
            scim("/scim/Groups"),
            scim("/scim/Schemas")
        ),
        (403, 403, 200)
    );

    let give = |path: &str| {
        tenant.result(
            "/Roles/AssignSuperRights",
            json!({ "Role": role, "Path": path }),
        )
    };
    give("/lib/rights/rouserman.json");
    assert!(may_read_others() && !may_change_others() && may_see_orgs() && !may_make_orgs());
    give("/lib/rights/dsman.json");
    assert!(may_change_others() && may_set_state() && !may_make_orgs());
    assert_eq!((scim("/scim/Users"), scim("/scim/Groups")), (200, 403));
    let listed = tenant.result(
        &format!(
            "/Core/GetAssignedAdministrativeRights?role={}",
            role.as_str().unwrap()
        ),
        Value::Null,
    );
    assert_eq!(listed["Count"], 2);

    let take = json!([{ "Role": role, "Path": "/lib/rights/dsman.json" }]);
    tenant.result("/SaasManage/UnAssignSuperRights", take);
    assert!(!may_change_others());
    assert_eq!(
        tenant.failure(
            "/Roles/AssignSuperRights",
            json!([{ "Role": role, "Path": "/lib/x" }])
        ),
        "Specified path is invalid"
    );
}

/// A fuzzer had found a way to close it.
#[test]
fn the_default_administrator_stays_one_whatever_is_taken_out_of_its_role() {
    let tenant = start(0);
    let path = "/scim/Groups/sysadmin";
    let group = tenant.get(path).json();
    let name = &group["displayName"];
    let other = tenant.create_user("ana@acme.example");
    let only_other = json!([{ "value": other }]);
    for (method, body) in [
        ("PUT", json!({ "displayName": name })),
        ("PUT", json!({ "displayName": name, "members": only_other })),
        (
            "PATCH",
            json!({ "Operations": [{ "op": "remove", "path": "members" }] }),
        ),
        (
            "PATCH",
            json!({ "Operations": [{ "op": "replace", "path": "members", "value": only_other }] }),
        ),
    ] {
        let reply = tenant.call(method, path, Some(&body));
        assert_eq!(reply.status, 403, "{method} {body}: {}", reply.text());
    }
    let everybody = json!({ "Name": "sysadmin", "Users": ["admin@acme.example"] });
    let refused = tenant.failure("/SaasManage/RemoveUsersAndGroupsFromRole", everybody);
    assert!(
        refused.contains("default system administrator"),
        "{refused}"
    );
    let without = json!({ "Name": "sysadmin", "Users": { "Delete": ["admin@acme.example"] } });
    tenant.failure("/Roles/UpdateRole", without);
    assert_eq!(tenant.get(path).json()["members"], group["members"]);

    let more = json!({ "Operations": [{ "op": "add", "path": "members", "value": only_other }] });
    assert_eq!(tenant.call("PATCH", path, Some(&more)).status, 200);
    let service = json!({ "Name": "sysadmin", "Users": ["automation@acme.example", other] });
    tenant.result("/SaasManage/RemoveUsersAndGroupsFromRole", service);
    let left = tenant.get(path).json()["members"].as_array().unwrap().len();
    assert_eq!(left, 1, "others come and go");
}
