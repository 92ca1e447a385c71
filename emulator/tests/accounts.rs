//! Making, changing and looking at accounts by platform calls.
#![allow(clippy::unwrap_used, clippy::panic)] // helpers of tests are tests

mod common;

use common::{Tenant, start};
use serde_json::{Value, json};

const NOT_FOUND: &str = "The requested data or its dependent data was not found in the service.";

fn made(tenant: &Tenant, more: Value) -> String {
    let mut body = json!({ "Name": "kim@acme.example", "Mail": "kim@mail.example" });
    if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
        body.extend(more);
    }
    let id = tenant.result("/CDirectoryService/CreateUser", body);
    id.as_str()
        .map(str::to_owned)
        .unwrap_or_else(|| panic!("the result is no id: {id}"))
}

#[test]
fn a_user_is_made_with_booleans_as_text() {
    let tenant = start(0);
    let id = made(
        &tenant,
        json!({
            "Password": "Made-Up-Pass-1", "DisplayName": "Kim", "MobileNumber": "+1 555", "OrgPath": "Engineering",
            "InEverybodyRole": "false", "ForcePasswordChangeNext": "True", "SendSmsInvite": "true",
            "InSysAdminRole": "true", "confirmPassword": "Made-Up-Pass-1",
        }),
    );
    let attributes = tenant.result(
        "/UserMgmt/GetUserAttributes",
        json!({ "ID": "kim@acme.example" }),
    );
    assert_eq!(attributes["Uuid"], id);
    assert_eq!(
        (
            &attributes["InEverybodyRole"],
            &attributes["ForcePasswordChangeNext"]
        ),
        (&json!(false), &json!("True"))
    );
    assert_eq!(
        (&attributes["OrgPath"], &attributes["PreferredCulture"]),
        (&json!("Engineering"), &json!(""))
    );
    assert_eq!(
        tenant.result("/UserMgmt/GetUserInfo", json!({ "ID": id }))["IsSysAdmin"],
        true
    );
    let sent: Vec<String> = tenant
        .emulator
        .outbox()
        .into_iter()
        .map(|message| message.to)
        .collect();
    assert_eq!(sent, ["kim@mail.example", "+1 555"]);
}

#[test]
fn a_user_that_cannot_be_made_is_explained() {
    let tenant = start(0);
    made(&tenant, json!({}));
    let fail = |body: Value| tenant.failure("/CDirectoryService/CreateUser", body);
    assert_eq!(
        fail(json!({ "Name": "KIM@acme.example", "Mail": "x@y" })),
        "User name KIM@acme.example is already in use."
    );
    assert_eq!(
        fail(json!({ "Mail": "x@y" })),
        "Parameter \"Name\" must be specified."
    );
    assert_eq!(
        fail(json!({ "Name": "a@b" })),
        "Parameter \"Mail\" must be specified."
    );
    assert!(
        fail(json!({ "Name": "a@b", "Mail": "x@y", "Password": "short" })).contains("Password")
    );
    assert!(
        fail(json!({ "Name": "a@b", "Mail": "x@y", "InEverybodyRole": "perhaps" }))
            .contains("perhaps")
    );
    assert_eq!(
        fail(json!({ "Name": "a@b", "Mail": "x@y", "OrgPath": "Nowhere" })),
        NOT_FOUND
    );
    assert!(
        fail(json!({ "Name": "a@b", "Mail": "x@y", "SendSmsInvite": true }))
            .contains("MobileNumber")
    );
}

#[test]
fn a_change_keeps_what_it_does_not_name() {
    let tenant = start(3);
    let id = made(
        &tenant,
        json!({ "DisplayName": "Kim", "MobileNumber": "1", "Description": "old" }),
    );
    let change = json!({
        "id": id, "DisplayName": "Kim K.", "MobileNumber": null, "ReportsTo": "admin@acme.example",
        "AccountExp": "2030-01-31T12:30:00Z", "PasswordNeverExpire": "true", "PreferredCulture": "de-DE", "widget-17": 1,
    });
    assert_eq!(
        tenant.result("/cdirectoryservice/changeuser", change),
        Value::Null
    );
    let user = tenant.result("/CDirectoryService/GetUser", json!({ "ID": id }));
    assert_eq!(
        (&user["DisplayName"], &user["Description"]),
        (&json!("Kim K."), &json!("old"))
    );
    assert_eq!(
        (user.get("MobileNumber"), &user["PasswordNeverExpire"]),
        (None, &json!(true))
    );
    let administrator = tenant.result("/CDirectoryService/GetUserByName", json!({}));
    assert_eq!(user["ReportsTo"], administrator["Uuid"]);
    let users = tenant.result("/CDirectoryService/GetUsers", json!({}));
    let rows = users["Results"].as_array().unwrap();
    let row = rows
        .iter()
        .map(|line| &line["Row"])
        .find(|row| row["Uuid"] == *id)
        .unwrap();
    assert_eq!(
        (&row["EndDate"], &row["PreferredCulture"]),
        (&json!("/Date(1896093000000)/"), &json!("de-DE"))
    );

    let fail = |body: Value| tenant.failure("/CDirectoryService/ChangeUser", body);
    assert_eq!(
        fail(json!({ "ID": id, "Name": "Admin@acme.example" })),
        "User name Admin@acme.example is already in use."
    );
    assert_eq!(fail(json!({ "ID": id, "ReportsTo": "nobody" })), NOT_FOUND);
    assert!(fail(json!({ "ID": id, "AccountExp": "soon" })).contains("AccountExp"));
    assert!(fail(json!({ "ID": id, "Name": "" })).contains("Name"));
    assert_eq!(fail(json!({})), "Parameter \"ID\" must be specified.");
}

#[test]
fn attributes_of_the_caller_and_of_others() {
    let tenant = start(20);
    let own = tenant.result(
        "/CDirectoryService/GetUserAttributes",
        json!({ "ID": "ignored" }),
    );
    assert_eq!(own["Name"], "admin@acme.example");
    assert_eq!(
        own["directoryServiceUuid"],
        "09B9A9B0-6CE8-465F-AB03-65766D33B05E"
    );
    let id = made(&tenant, json!({}));
    let update = json!({ "ID": id, "MobileNumber": 34600, "OrgPath": "engineering", "CmaRedirectedUserUuid": own["Uuid"] });
    tenant.result("/UserMgmt/ChangeUserAttributes", update);
    let bag = tenant.result(
        &format!("/UserMgmt/GetUserAttributes?id={id}&directoryServiceUuid="),
        Value::Null,
    );
    assert_eq!(
        (&bag["MobileNumber"], &bag["OrgPath"]),
        (&json!("34600"), &json!("Engineering"))
    );
    assert_eq!(
        (&bag["CmaRedirectedUser"], &bag["CmaRedirectedUserUuid"]),
        (&own["Name"], &own["Uuid"])
    );
    assert_eq!(
        tenant.failure("/UserMgmt/GetUserAttributes", json!({ "ID": "nobody" })),
        NOT_FOUND
    );
}

#[test]
fn the_hierarchy_goes_up_to_the_top_and_survives_a_ring() {
    let tenant = start(20);
    let [a, b] = ["a", "b"].map(|name| tenant.create_user(&format!("{name}@acme.example")));
    for (user, manager) in [(&a, &b), (&b, &a)] {
        tenant.result(
            "/CDirectoryService/ChangeUser",
            json!({ "ID": user, "ReportsTo": manager }),
        );
    }
    let chain = tenant.result("/UserMgmt/GetUserHierarchy", json!({ "ID": a }));
    assert_eq!(
        (
            &chain["Uuid"],
            &chain["Manager"]["Uuid"],
            &chain["Manager"]["Manager"]
        ),
        (&json!(a), &json!(b), &Value::Null)
    );
}

#[test]
fn roles_and_rights_are_listed_with_everybody_and_paged() {
    let tenant = start(0);
    let id = made(&tenant, json!({}));
    let role = tenant.result(
        "/Roles/StoreRole",
        json!({ "Name": "Helpdesk", "Users": ["kim@acme.example"] }),
    );
    let role = role["_RowKey"].clone();
    let right = json!([{ "Role": role, "Path": "/lib/rights/dsman.json" }]);
    tenant.result("/SaasManage/AssignSuperRights", right);
    let path = "/UserMgmt/GetUsersRolesAndAdministrativeRights/";
    let listed = tenant.result(path, json!({ "ID": id }));
    assert_eq!(listed["FullCount"], 2);
    let row = &listed["Results"][0]["Row"];
    assert_eq!(
        (&row["ID"], &row["Role"], &row["RoleName"]),
        (&role, &role, &json!("Helpdesk"))
    );
    assert_eq!(
        row["AdministrativeRights"][0]["Path"],
        "/lib/rights/dsman.json"
    );
    assert_eq!(listed["Results"][1]["Entities"][0]["Key"], "Everybody");
    let page = tenant.result(
        path,
        json!({ "ID": id, "Args": { "PageNumber": 2, "PageSize": "1" } }),
    );
    assert_eq!(
        (
            &page["Count"],
            &page["FullCount"],
            &page["Results"][0]["Row"]["Name"]
        ),
        (&json!(1), &json!(2), &json!("Everybody"))
    );
}

#[test]
fn settings_need_both_parameters_and_are_empty() {
    let tenant = start(0);
    let id = made(&tenant, json!({}));
    let empty = tenant.result(
        &format!("/Core/GetUserSettings?ID={id}&SettingType=x"),
        Value::Null,
    );
    assert_eq!(
        (&empty["Count"], &empty["Columns"]),
        (&json!(0), &json!([]))
    );
    assert!(
        tenant
            .failure(&format!("/Core/GetUserSettings?ID={id}"), Value::Null)
            .contains("SettingType")
    );
}

#[test]
fn passwords_are_reset_and_sign_in_follows() {
    let tenant = start(0);
    let id = made(
        &tenant,
        json!({ "OauthClient": true, "Password": "First-Pass-1" }),
    );
    let sign_in = |secret: &str| {
        let form = format!(
            "grant_type=client_credentials&client_id=kim%40acme.example&client_secret={secret}"
        );
        let path = format!("/oauth2/token/{}", tenant.description().app_id);
        tenant
            .connect()
            .request("POST", &path, &[], form.as_bytes())
            .unwrap()
            .status
    };
    assert_eq!(sign_in("First-Pass-1"), 200);
    tenant.result(
        "/UserMgmt/ResetUserPassword",
        json!({ "ID": id, "newPassword": "Second-Pass-2" }),
    );
    assert_eq!(
        (sign_in("First-Pass-1"), sign_in("Second-Pass-2")),
        (400, 200)
    );
    assert!(
        tenant
            .failure(
                "/UserMgmt/ResetUserPassword",
                json!({ "ID": id, "newPassword": "x" })
            )
            .contains("newPassword")
    );
}

#[test]
fn users_are_removed_all_or_none() {
    let tenant = start(0);
    let [a, b, c] = ["a", "b", "c"].map(|name| tenant.create_user(&format!("{name}@acme.example")));
    let own = tenant.result("/CDirectoryService/GetUserByName", json!({}))["Uuid"].clone();
    let exists = |id: &str| tenant.get(&format!("/scim/Users/{id}")).status == 200;
    let fail = |body: Value| tenant.failure("/UserMgmt/RemoveUsers", body);
    assert_eq!(fail(json!({ "Users": [a, "unknown"] })), NOT_FOUND);
    assert_eq!(
        fail(json!({ "Users": [a, own] })),
        "You cannot delete your own account."
    );
    assert!(fail(json!({})).contains("Users"));
    assert!(fail(json!({ "Users": [] })).contains("Users"));
    assert!(fail(json!({ "Users": a })).contains("casting"));
    assert!(exists(&a));
    tenant.result(
        "/UserMgmt/RemoveUsers",
        json!({ "Users": [[a, "b@acme.example"]] }),
    );
    assert!(!exists(&a) && !exists(&b) && exists(&c));
    tenant.result(
        "/CDirectoryService/DeleteUser",
        json!({ "ID": "c@acme.example" }),
    );
    assert!(!exists(&c));
}

#[test]
fn switching_an_account_and_locking_it_are_two_things() {
    let tenant = start(0);
    let id = made(&tenant, json!({}));
    let state =
        || tenant.result("/CDirectoryService/GetUser", json!({ "ID": id }))["State"].clone();
    let cloud =
        || tenant.result("/UserMgmt/GetUserAttributes", json!({ "ID": id }))["CloudState"].clone();
    let locked = || {
        tenant.result(
            "/UserMgmt/IsUserCloudLocked?user=kim@acme.example",
            Value::Null,
        )
    };
    let token = tenant.emulator.token_for("kim@acme.example").unwrap();
    let works = || {
        tenant
            .call_as(&token, "POST", "/Security/WhoAmI", None)
            .status
            == 200
    };
    assert!(works());

    assert_eq!(
        tenant.result(
            &format!("/UserMgmt/SetCloudLock?user={id}&lockuser=true"),
            Value::Null
        ),
        true
    );
    assert_eq!(
        (state(), cloud(), locked()),
        (json!("None"), json!("Locked"), json!(true))
    );
    assert!(!works());
    tenant.result(
        "/CDirectoryService/ChangeUserState",
        json!({ "uuid": id, "state": false }),
    );
    assert_eq!(
        tenant.result(&format!("/UserMgmt/SetCloudLock?user={id}"), Value::Null),
        true
    );
    assert_eq!(
        (state(), cloud(), locked()),
        (json!("Disabled"), json!("None"), json!(false))
    );
    tenant.result(
        "/CDirectoryService/ChangeUserState",
        json!({ "uuid": id, "state": "true" }),
    );
    assert_eq!(state(), "None");

    let own = tenant.result("/CDirectoryService/GetUserByName", json!({}))["Uuid"].clone();
    let refused = tenant.failure(
        "/CDirectoryService/ChangeUserState",
        json!({ "uuid": own, "state": false }),
    );
    assert_eq!(refused, "You cannot change your own state.");
    assert!(
        tenant
            .failure("/CDirectoryService/ChangeUserState", json!({ "uuid": id }))
            .contains("state")
    );
    assert!(
        tenant
            .failure("/UserMgmt/IsUserCloudLocked", Value::Null)
            .contains("user")
    );
}

#[test]
fn an_exemption_ends_with_its_time() {
    let tenant = start(0);
    let id = tenant.create_user("unreachable@acme.example");
    let locked_out = || {
        tenant.result(
            &format!("/UserMgmt/IsUserLockedOutByPolicy?user={id}"),
            Value::Null,
        )
    };
    assert_eq!(locked_out(), true);
    tenant.result(
        &format!("/CDirectoryService/ExemptUserFromMfa?ID={id}"),
        Value::Null,
    );
    assert_eq!(locked_out(), false);
    tenant
        .emulator
        .advance_clock(std::time::Duration::from_secs(11 * 60));
    assert_eq!(locked_out(), true);
    assert_eq!(
        tenant.result("/UserMgmt/IsUserLockedOutByPolicy?user=", Value::Null),
        false
    );
    let wrong = tenant.failure(
        "/CDirectoryService/ExemptUserFromMfa",
        json!({ "ID": id, "timespan": "long" }),
    );
    assert!(wrong.contains("timespan"));
    assert_eq!(
        tenant.result("/UserMgmt/GetUserRiskLevel", json!({ "ID": id })),
        json!({ "Uuid": id, "RiskLevel": null })
    );
}

#[test]
fn the_tenant_says_what_programs_ask_first() {
    let tenant = start(0);
    tenant.create_user("x@other.example");
    let support = tenant.result(
        "/CDirectoryService/GetTechSupportUser",
        json!({ "unrelated": 1 }),
    );
    assert!(
        support["Name"]
            .as_str()
            .unwrap()
            .starts_with("techsupport_")
    );
    assert!(
        support["PasswordExp"]
            .as_str()
            .unwrap()
            .starts_with("/Date(")
    );
    let services = tenant.get("/api/idadmin/Core/GetDirectoryServices").json();
    assert_eq!(services["Result"]["Results"][0]["Row"]["Service"], "CDS");
    let aliases = tenant.result("/Core/GetCdsAliasesForTenant", Value::Null);
    let keys: Vec<&Value> = (0..2)
        .map(|index| &aliases["Results"][index]["Entities"][0]["Key"])
        .collect();
    assert_eq!(keys, ["acme.example", "other.example"]);
    assert_eq!(
        tenant.get("/security/whoami").json()["Result"]["User"],
        "admin@acme.example"
    );
}
