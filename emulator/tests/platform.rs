//! The platform calls: envelope, casing, parameters, accounts, organizations.

mod common;

use common::start;
use serde_json::{Value, json};

const NOT_FOUND: &str = "The requested data or its dependent data was not found in the service.";

#[test]
fn success_and_failure_have_the_whole_envelope_in_its_order() {
    let tenant = start(0);
    let members = [
        "success",
        "Result",
        "Message",
        "MessageID",
        "Exception",
        "ErrorID",
        "ErrorCode",
        "IsSoftError",
        "InnerExceptions",
    ];
    let id = tenant.create_user("a@acme.example");
    for body in [json!({ "ID": id }), json!({})] {
        let envelope = tenant.platform("/CDirectoryService/GetUser", body);
        assert_eq!(
            envelope.as_object().unwrap().keys().collect::<Vec<_>>(),
            members
        );
    }
    let failure = tenant.platform("/CDirectoryService/GetUser", json!({}));
    assert_eq!(failure["Message"], "Parameter \"ID\" must be specified.");
    assert!(failure["MessageID"].as_str().unwrap().starts_with("_I18N_"));
    let (guid, trace) = failure["ErrorID"]
        .as_str()
        .unwrap()
        .split_once(':')
        .unwrap();
    assert_eq!((guid.len(), trace.len()), (36, 32));
}

#[test]
fn the_error_id_ends_in_the_transaction_of_the_header() {
    let tenant = start(0);
    let reply = tenant.call("POST", "/CDirectoryService/GetUser", None);
    let transaction = reply.header("x-cfy-tx-id").unwrap();
    assert!(
        reply.json()["ErrorID"]
            .as_str()
            .unwrap()
            .ends_with(transaction)
    );
    assert!(
        reply
            .header("content-type")
            .unwrap()
            .starts_with("application/json")
    );
}

#[test]
fn parameters_come_from_query_or_body_in_any_letter_case() {
    let tenant = start(0);
    let id = tenant.create_user("a@acme.example");
    for (path, body) in [
        ("/CDirectoryService/GetUser".to_owned(), json!({ "ID": id })),
        (
            "/api/idadmin/cdirectoryservice/getuser/".to_owned(),
            json!({ "id": id.to_uppercase() }),
        ),
        (format!("/CDIRECTORYSERVICE/GETUSER?Id={id}"), json!({})),
        (format!("/CDirectoryService/GetUser?ID={id}"), Value::Null),
    ] {
        assert_eq!(
            tenant.result(&path, body)["Name"],
            "a@acme.example",
            "{path}"
        );
    }
    assert_eq!(
        tenant.failure("/CDirectoryService/GetUser", json!({ "ID": "nonsense" })),
        NOT_FOUND
    );
    assert!(
        tenant
            .failure("/CDirectoryService/GetUser", json!({ "ID": ["a"] }))
            .contains("ID")
    );
    assert!(
        tenant
            .failure("/CDirectoryService/GetUser", json!(["a"]))
            .contains("array")
    );
}

#[test]
fn broken_json_is_a_failure_with_status_200() {
    let tenant = start(0);
    let headers = [(
        "Authorization",
        &*format!("Bearer {}", tenant.description().token),
    )];
    let reply = tenant
        .connect()
        .request("POST", "/Org/Create", &headers, b"{\"Name\": \"x")
        .unwrap();
    assert_eq!(
        (reply.status, &reply.json()["success"]),
        (200, &json!(false))
    );
    assert!(reply.json()["Exception"].as_str().unwrap().contains("\r\n"));
}

#[test]
fn a_user_made_by_scim_is_the_same_user_everywhere() {
    let tenant = start(0);
    let id = tenant.create_user("Both@acme.example");
    let user = tenant.result(
        "/CDirectoryService/GetUserByName",
        json!({ "username": "both@ACME.example" }),
    );
    assert_eq!(user["Uuid"], id);
    assert_eq!(
        (&user["State"], &user["Alias"], &user["ReportsTo"]),
        (&json!("None"), &json!("acme.example"), &json!("Unassigned"))
    );
    assert!(
        user["CreateDate"].as_str().unwrap().starts_with("/Date(") && user.get("Mail").is_none()
    );

    for (state, shown, active) in [
        ("Disabled", "Disabled", false),
        ("disabled,LOCKED", "Locked, Disabled", false),
        ("Locked", "Locked", true),
        ("None", "None", true),
    ] {
        let nothing = tenant.result(
            "/cdirectoryservice/setuserstate",
            json!({ "ID": id, "state": state }),
        );
        assert_eq!(nothing, Value::Null);
        assert_eq!(
            tenant.result("/CDirectoryService/GetUser", json!({ "ID": id }))["State"],
            shown
        );
        assert_eq!(
            tenant.get(&format!("/scim/Users/{id}")).json()["active"],
            active
        );
    }
    tenant.call("DELETE", &format!("/scim/Users/{id}"), None);
    assert_eq!(
        tenant.failure("/CDirectoryService/GetUser", json!({ "ID": id })),
        NOT_FOUND
    );
}

#[test]
fn a_state_has_to_be_known_and_the_administrator_is_safe() {
    let tenant = start(0);
    let set = |body: Value| tenant.failure("/CDirectoryService/SetUserState", body);
    let id = tenant.create_user("a@acme.example");
    assert_eq!(
        set(json!({ "state": "None" })),
        "Parameter \"ID\" must be specified."
    );
    assert_eq!(
        set(json!({ "ID": id })),
        "Parameter \"state\" must be specified."
    );
    assert!(set(json!({ "ID": id, "state": "Asleep" })).contains("state"));
    assert_eq!(set(json!({ "ID": "x", "state": "None" })), NOT_FOUND);
    let administrator = tenant.result("/CDirectoryService/GetUserByName", json!({}));
    assert_eq!(administrator["Name"], "admin@acme.example");
    assert!(
        set(json!({ "ID": administrator["Uuid"], "state": "Disabled" })).contains("administrator")
    );
}

#[test]
fn get_users_lists_everybody_in_query_format() {
    let tenant = start(30);
    let result = tenant.result("/CDirectoryService/GetUsers", json!({}));
    let members: Vec<&String> = result.as_object().unwrap().keys().collect();
    assert_eq!(
        members,
        [
            "IsAggregate",
            "Count",
            "Columns",
            "FullCount",
            "Results",
            "ReturnID"
        ]
    );
    assert_eq!(
        (&result["Count"], &result["FullCount"], &result["ReturnID"]),
        (&json!(32), &json!(32), &json!(""))
    );
    let columns = result["Columns"].as_array().unwrap();
    assert_eq!(
        columns[0],
        json!({
            "Name": "Uuid", "IsHidden": false, "DDName": null, "Title": "Uuid", "DDTitle": null, "Description": null,
            "Type": 12, "Format": null, "Width": 0, "TableKey": null, "ForeignKey": null, "TableName": null
        })
    );
    for line in result["Results"].as_array().unwrap() {
        assert_eq!(
            line["Entities"],
            json!([{ "Type": "CDUser", "Key": "??", "IsForeignKey": false }])
        );
        let row = line["Row"].as_object().unwrap();
        assert_eq!(row.len(), columns.len());
        assert!(
            columns
                .iter()
                .all(|column| row.contains_key(column["Name"].as_str().unwrap()))
        );
    }
    assert_eq!(result["Results"][0]["Row"]["ReportsTo"], Value::Null);
    // The old way to ask, and no body at all.
    assert_eq!(
        tenant
            .call("POST", "/CDirectoryService/GetUsers", None)
            .json()["Result"]["Count"],
        32
    );
}

#[test]
fn organizations_are_made_once_and_listed_in_both_shapes() {
    let tenant = start(8);
    let made = tenant.result(
        "/Org/Create",
        json!({ "Name": "Northwind", "Description": null }),
    );
    assert_eq!(
        made.as_object().unwrap().keys().collect::<Vec<_>>(),
        ["ID", "Path", "Description", "Name"]
    );
    assert_eq!(made["Path"], "Northwind");
    let again = tenant.platform("/Org/Create", json!({ "Name": "northwind" }));
    assert_eq!(
        (&again["Message"], &again["ErrorCode"]),
        (
            &json!("Organization with name Northwind already exists."),
            &json!("1409")
        )
    );
    assert_eq!(
        tenant.failure("/Org/Create", json!({ "Name": " " })),
        "Parameter \"Name\" must be specified."
    );

    let bare = tenant.result("/Org/ListAll", json!({}));
    let rows = bare.as_array().unwrap();
    assert_eq!(rows.len(), 4);
    assert_eq!(rows[3]["ID"], made["ID"]);
    let members: i64 = rows
        .iter()
        .map(|row| row["MemberCount"].as_i64().unwrap())
        .sum();
    assert_eq!(members, 6);
    for (path, body) in [
        ("/Org/ListAll?Format=query", json!({})),
        ("/Org/ListAll", json!({ "Args": { "Format": "Query" } })),
    ] {
        let listed = tenant.result(path, body);
        assert_eq!(listed["Count"], 4);
        assert_eq!(listed["Results"][3]["Row"], rows[3]);
        assert_eq!(listed["Results"][3]["Entities"][0]["Key"], made["ID"]);
    }
}

#[test]
fn unknown_paths_and_methods_are_not_json() {
    let tenant = start(0);
    let reply = tenant.call("POST", "/CDirectoryService/GetNothing", None);
    assert_eq!(reply.status, 404);
    assert!(
        reply
            .header("content-type")
            .unwrap()
            .starts_with("text/html")
    );
    let reply = tenant.call("DELETE", "/CDirectoryService/GetUser", None);
    assert_eq!(
        (reply.status, reply.header("allow")),
        (405, Some("POST, OPTIONS"))
    );
    let reply = tenant.get("/scim/Gadgets");
    assert_eq!(
        (reply.status, &reply.json()["status"]),
        (404, &json!("404"))
    );
}

#[test]
fn bodies_have_a_limit() {
    let options = cyberark_identity_emulator::Options {
        body_limit: 1_000,
        ..Default::default()
    };
    let tenant = common::start_with(options);
    let reply = tenant.call(
        "POST",
        "/Org/Create",
        Some(&json!({ "Name": "x".repeat(2_000) })),
    );
    assert_eq!(reply.status, 413);
    assert_eq!(tenant.get("/scim/Users").status, 200);
}
