//! Bulk import, invitations, pictures.
#![allow(clippy::unwrap_used, clippy::panic)] // helpers of tests are tests

mod common;

use common::{Reply, Tenant, start};
use cyberark_identity_emulator::MessageKind;
use serde_json::{Value, json};

const HEADER: &str = "Login Name,Display Name,Email Address,Roles,Mobile Number\n";

fn send_form(tenant: &Tenant, path: &str, parts: &[(&str, &str)]) -> Reply {
    let mut body = String::new();
    for (head, content) in parts {
        body.push_str(&format!(
            "--b0\r\nContent-Disposition: form-data; {head}\r\n\r\n{content}\r\n"
        ));
    }
    body.push_str("--b0--\r\n");
    let authorization = format!("Bearer {}", tenant.description().token);
    let headers = [
        ("Authorization", authorization.as_str()),
        ("Content-Type", "multipart/form-data; boundary=b0"),
    ];
    tenant
        .connect()
        .request("POST", path, &headers, body.as_bytes())
        .unwrap()
}

fn upload(tenant: &Tenant, csv: &str) -> Value {
    let file = "name=\"Icon\"; filename=\"users.csv\"\r\nContent-Type: text/csv";
    let parts = [("name=\"FileName\"", "users.csv"), (file, csv)];
    send_form(
        tenant,
        "/CDirectoryService/GetUsersFromCsvFile?importType=ImportBulkUser",
        &parts,
    )
    .json()
}

#[test]
fn an_import_creates_what_it_can_and_reports_the_rest() {
    let tenant = start(0);
    tenant.create_user("taken@acme.example");
    let csv = format!(
        "{HEADER}kim@acme.example,\"Doe, Kim\",kim@mail.example,System Administrator,+1 555\n\
         taken@acme.example,,t@mail.example,,\n\
         lee@acme.example,,lee@mail.example,No Such Role,\n"
    );
    let preview = upload(&tenant, &csv)["Result"].clone();
    assert_eq!(
        (
            &preview["FullCount"],
            &preview["Results"][0]["Row"]["Display Name"]
        ),
        (&json!(3), &json!("Doe, Kim"))
    );
    let return_id = preview["ReturnID"].as_str().unwrap();
    assert!(return_id.starts_with("users_") && return_id.ends_with(".csv"));
    assert!(
        tenant.get("/scim/Users").json()["totalResults"] == 3,
        "nothing is created by an upload"
    );

    let submit = json!({ "ReturnID": return_id, "AdminEmail": "boss@mail.example", "SendEmailInvite": true, "sendsmsinvite": "true" });
    let path = "/CDirectoryService/SubmitUploadedFile?importType=ImportBulkUser";
    let inner = tenant.result(path, submit.clone());
    let inner: Value = serde_json::from_str(inner.as_str().unwrap()).unwrap();
    assert_eq!(
        (&inner["success"], inner["Result"].is_string()),
        (&json!(true), true)
    );
    let reports = tenant.get("/_emulator/imports").json()["imports"].clone();
    assert_eq!(
        (&reports[0]["rows"], &reports[0]["created"]),
        (&json!(3), &json!(1))
    );
    assert_eq!(
        reports[0]["failed"][0][1],
        "User name taken@acme.example is already in use."
    );
    assert_eq!(
        reports[0]["failed"][1][1],
        "Role No Such Role does not exist."
    );
    let info = tenant.result("/UserMgmt/GetUserInfo", json!({ "ID": "kim@acme.example" }));
    assert_eq!(
        (&info["DisplayName"], &info["IsSysAdmin"]),
        (&json!("Doe, Kim"), &json!(true))
    );
    let sent: Vec<(MessageKind, String)> = tenant
        .emulator
        .outbox()
        .into_iter()
        .map(|message| (message.kind, message.to))
        .collect();
    assert_eq!(
        sent,
        [
            (MessageKind::EmailInvite, "kim@mail.example".to_owned()),
            (MessageKind::SmsInvite, "+1 555".to_owned()),
            (MessageKind::ImportReport, "boss@mail.example".to_owned()),
        ]
    );

    // The handle is used up: the outer envelope says success all the same.
    let again = tenant.result(path, submit);
    let again: Value = serde_json::from_str(again.as_str().unwrap()).unwrap();
    assert_eq!(again["success"], false);
}

#[test]
fn a_file_with_a_mistake_is_refused_whole() {
    let tenant = start(0);
    let fail = |csv: &str| {
        let envelope = upload(&tenant, csv);
        assert_eq!(envelope["success"], false);
        envelope["Message"].as_str().unwrap().to_owned()
    };
    assert!(
        fail("Login name,Email Address\na@x,a@x.example\n").contains("'Login Name' is missing")
    );
    assert!(
        fail(&format!(
            "{HEADER}kim@acme.example,,kim@mail.example,,\nlee,,lee@mail.example,,\n"
        ))
        .starts_with("Line 3")
    );
    let path = "/CDirectoryService/GetUsersFromCsvFile";
    let file = (
        "name=\"Icon\"; filename=\"u.csv\"\r\nContent-Type: application/octet-stream",
        HEADER,
    );
    let message = |parts: &[(&str, &str)]| {
        send_form(&tenant, path, parts).json()["Message"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert!(message(&[("name=FileName", "u.csv"), file]).contains("text/csv"));
    assert!(message(&[("name=FileName", "u.csv")]).contains("Icon"));
    assert!(
        message(&[(
            "name=Icon; filename=u.csv\r\nContent-Type: text/csv",
            HEADER
        )])
        .contains("FileName")
    );
    assert!(tenant.failure(path, json!({})).contains("multipart"));
    let submit = "/CDirectoryService/SubmitUploadedFile";
    assert!(tenant.failure(submit, json!({})).contains("importType"));
    assert_eq!(
        tenant.failure(&format!("{submit}?importType=Other"), json!({})),
        "Requested value 'Other' was not found."
    );
    assert!(
        tenant
            .failure(&format!("{submit}?importType=ImportBulkUser"), json!({}))
            .contains("ReturnID")
    );
    assert_eq!(tenant.get("/scim/Users").json()["totalResults"], 2);
}

#[test]
fn invitations_go_where_there_is_an_address() {
    let tenant = start(0);
    let silent = tenant.create_user("silent@acme.example");
    let body = json!({ "Name": "loud@acme.example", "Mail": "loud@mail.example", "MobileNumber": "+1", "SendEmailInvite": false });
    let loud = tenant.result("/CDirectoryService/CreateUser", body);
    let entities = json!([{ "Type": "user", "Guid": silent, "Name": "silent@acme.example", "Extra": 1 }, { "Type": "User", "Guid": loud }]);
    tenant.result("/UserMgmt/InviteUsers", json!({ "Entities": entities, "EmailInvite": "True", "SmsInvite": true, "Role": "Invited Users" }));
    let sent: Vec<String> = tenant
        .emulator
        .outbox()
        .into_iter()
        .map(|message| message.to)
        .collect();
    assert_eq!(sent, ["loud@mail.example", "+1"]);
    let group = tenant
        .get("/scim/Groups?filter=displayName%20eq%20'Invited%20Users'")
        .json();
    assert_eq!(
        group["Resources"][0]["members"].as_array().map(Vec::len),
        Some(2)
    );

    let invite = |body: Value| tenant.failure("/UserMgmt/InviteUsers", body);
    assert!(invite(json!({})).contains("Entities"));
    assert!(invite(json!({ "Entities": [{ "Type": "User", "Guid": "x" }] })).contains("not found"));
    assert!(invite(json!({ "Entities": [], "Role": "No Such Role" })).contains("not found"));
    assert_eq!(
        invite(json!({ "Entities": [{ "Type": "Robot", "Guid": silent }] })),
        "Requested value 'Robot' was not found."
    );

    let mail = |ids: Value| tenant.platform("/UserMgmt/SendLoginEmails", json!({ "ID": ids }));
    assert_eq!(mail(json!([loud]))["success"], true);
    assert!(
        mail(loud.clone())["Message"]
            .as_str()
            .unwrap()
            .contains("casting")
    );
    assert!(
        mail(json!([loud, silent]))["Message"]
            .as_str()
            .unwrap()
            .contains("silent@acme.example")
    );
    assert_eq!(tenant.emulator.outbox().len(), 3);
    let sms = |id: &str| tenant.platform(&format!("/UserMgmt/SendSmsInvite?id={id}"), Value::Null);
    assert_eq!(sms(loud.as_str().unwrap())["success"], true);
    assert!(
        sms(&silent)["Message"]
            .as_str()
            .unwrap()
            .contains("mobile phone number")
    );
}

#[test]
fn a_picture_is_stored_and_fetched() {
    let tenant = start(0);
    let id = tenant.create_user("a@acme.example");
    let path = format!("/CDirectoryService/SetUserPicture?ID={id}");
    let image = (
        "name=\"Picture\"; filename=\"a.png\"\r\nContent-Type: image/png",
        "not really a picture",
    );
    let stored = send_form(&tenant, &path, &[image]).json()["Result"].clone();
    assert_eq!(stored, format!("/UserMgmt/GetUserPicture?id={id}"));
    let fetched = tenant.get(stored.as_str().unwrap());
    assert_eq!(
        (fetched.header("content-type"), &*fetched.text()),
        (Some("image/png"), "not really a picture")
    );
    assert_eq!(
        tenant.result("/CDirectoryService/GetUser", json!({ "ID": id }))["PictureUri"],
        stored
    );
    assert_eq!(
        tenant.result("/UserMgmt/GetUserInfo", json!({ "ID": id }))["HasPicture"],
        true
    );

    let unlabelled = (
        "name=Picture; filename=a.png\r\nContent-Type: application/octet-stream",
        "x",
    );
    assert!(
        send_form(&tenant, &path, &[unlabelled]).json()["Message"]
            .as_str()
            .unwrap()
            .contains("invalid format")
    );
    assert_eq!(
        send_form(&tenant, &path, &[("name=Picture", "x")]).json()["Result"],
        ""
    );
    tenant.call("DELETE", &format!("/scim/Users/{id}"), None);
    assert_eq!(tenant.get(stored.as_str().unwrap()).status, 404);
}
