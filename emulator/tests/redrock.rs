//! Questions in SQL: what programs ask, and what they must not be able to ask.
#![allow(clippy::unwrap_used)] // helpers of tests are tests

mod common;

use common::{Tenant, start};
use serde_json::{Value, json};

fn ask(tenant: &Tenant, script: &str) -> Value {
    tenant.result("/Redrock/query", json!({ "Script": script }))
}

fn column<'v>(result: &'v Value, name: &str) -> Vec<&'v str> {
    let rows = result["Results"].as_array().unwrap().iter();
    rows.map(|line| line["Row"][name].as_str().unwrap())
        .collect()
}

#[test]
fn a_user_is_found_by_name_or_id_as_the_vendors_programs_do() {
    let tenant = start(50);
    let body = json!({
        "Name": "Olga.O'Hara@acme.example", "Mail": "olga@acme.example", "DisplayName": "Olga", "Password": "Abcdefg1",
        "InEverybodyRole": "true", "InSysAdminRole": "false", "SendEmailInvite": "false",
    });
    let id = tenant.result("/CDirectoryService/CreateUser", body);
    let id = id.as_str().unwrap();
    for condition in [
        "Username='olga.o''hara@acme.example'".to_owned(),
        format!("ID='{}'", id.to_uppercase()),
    ] {
        let script = format!(
            "Select ID, Username, DisplayName, Email, MobileNumber, LastLogin from User WHERE {condition}"
        );
        let result = ask(&tenant, &script);
        assert_eq!(
            (&result["Count"], &result["FullCount"]),
            (&json!(1), &json!(1))
        );
        let line = &result["Results"][0];
        assert_eq!(
            line["Row"],
            json!({
                "ID": id, "Username": "Olga.O'Hara@acme.example", "DisplayName": "Olga",
                "Email": "olga@acme.example", "MobileNumber": "", "LastLogin": null,
            })
        );
        assert_eq!(
            line["Entities"],
            json!([{ "Type": "User", "Key": id, "IsForeignKey": false }])
        );
    }
}

#[test]
fn the_result_has_the_query_format_and_echoes_the_spelling_of_the_columns() {
    let tenant = start(0);
    let result = ask(
        &tenant,
        "select uSERnAME, id AS Guid, LastLogin from user where username = 'admin@acme.example'",
    );
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
    let row: Vec<&String> = result["Results"][0]["Row"]
        .as_object()
        .unwrap()
        .keys()
        .collect();
    assert_eq!(row, ["uSERnAME", "Guid", "LastLogin"]);
    let heads: Vec<(&str, i64)> = result["Columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|head| {
            assert_eq!(head["TableName"], "User");
            (
                head["Name"].as_str().unwrap(),
                head["Type"].as_i64().unwrap(),
            )
        })
        .collect();
    assert_eq!(heads, [("uSERnAME", 12), ("Guid", 12), ("LastLogin", 3)]);
    assert_eq!(
        (&result["IsAggregate"], &result["ReturnID"]),
        (&json!(false), &json!(""))
    );
}

#[test]
fn nothing_found_is_an_empty_list_and_a_trailing_slash_does_not_matter() {
    let tenant = start(3);
    let body = json!({ "script": "select ID from User where Username = 'nobody'" });
    let result = tenant.result("/api/idadmin/redrock/query/", body);
    assert_eq!(result["Results"], json!([]));
    assert_eq!(
        (&result["Count"], &result["FullCount"]),
        (&json!(0), &json!(0))
    );
}

#[test]
fn members_of_an_organization_are_found_by_its_id() {
    let tenant = start(40);
    let orgs = ask(&tenant, "select * from Organization where Name like 'eng%'");
    let org = orgs["Results"][0]["Row"]["ID"].as_str().unwrap();
    let script = format!("select ID, OrgPath from User where OrgId = '{org}'");
    let members = ask(&tenant, &script);
    assert_eq!(members["Count"], 10);
    assert!(
        column(&members, "OrgPath")
            .iter()
            .all(|path| *path == "Engineering")
    );
    let without = ask(
        &tenant,
        "select ID from User where OrgId is null and OrgPath is null",
    );
    assert_eq!(without["Count"], 12);
}

#[test]
fn roles_are_listed_in_the_order_of_their_names() {
    let tenant = start(0);
    for name in ["beta", "Alpha", "aardvark"] {
        tenant.result("/Roles/StoreRole", json!({ "Name": name }));
    }
    let all = ask(&tenant, "Select * from Role ORDER BY Name COLLATE NOCASE");
    assert_eq!(
        column(&all, "Name"),
        [
            "aardvark",
            "Alpha",
            "beta",
            "Everybody",
            "System Administrator"
        ]
    );
    let built_in = ask(
        &tenant,
        "Select Name from Role where ReadOnly = 1 order by Name desc",
    );
    assert_eq!(
        column(&built_in, "Name"),
        ["System Administrator", "Everybody"]
    );
}

#[test]
fn pages_of_the_arguments_put_together_are_the_list() {
    let tenant = start(25);
    let script = "select Username, DisplayName from User where State = 'None'";
    let all = ask(&tenant, &format!("{script} order by Username"));
    let all = column(&all, "Username");
    assert_eq!(all.len(), 26, "one in twenty-five is disabled");

    let mut paged: Vec<String> = Vec::new();
    for number in 1.. {
        let args = json!({ "PageNumber": number, "PageSize": 10, "Limit": 10_000, "SortBy": "Username", "Caching": -1 });
        let page = tenant.result("/Redrock/query", json!({ "Script": script, "Args": args }));
        assert_eq!(page["FullCount"], 26);
        let names = column(&page, "Username");
        assert_eq!(page["Count"], names.len());
        paged.extend(names.into_iter().map(str::to_owned));
        if page["Count"].as_i64().unwrap() < 10 {
            break;
        }
    }
    assert_eq!(paged, all);

    let limited = ask(
        &tenant,
        &format!("{script} order by Username limit 5 offset 3"),
    );
    assert_eq!(column(&limited, "Username"), all[3..8]);
    let args = json!({ "Limit": 4, "SortBy": "username", "Direction": "False" });
    let turned = tenant.result("/Redrock/query", json!({ "Script": script, "args": args }));
    let expected: Vec<&str> = all.iter().rev().take(4).copied().collect();
    assert_eq!(column(&turned, "Username"), expected);
    assert_eq!(turned["FullCount"], 4);
}

#[test]
fn what_is_no_question_or_too_much_is_refused_with_its_place() {
    let tenant = start(0);
    for (script, part) in [
        (
            "drop table User",
            "SELECT was expected, not drop (at character 1)",
        ),
        (
            "select * from Event",
            "there is no table Event; there are User, Role and Organization",
        ),
        ("select Password from User", "User has no column Password"),
        (
            "select * from User where Username = 'x",
            "the closing quote is missing",
        ),
        (
            "select count(*) from User",
            "the function count is not supported",
        ),
        (
            "select * from User order by Nothing",
            "User has no column Nothing",
        ),
    ] {
        let envelope = tenant.platform("/Redrock/query", json!({ "Script": script }));
        assert_eq!(envelope["success"], false, "{script}");
        let message = envelope["Message"].as_str().unwrap();
        assert!(message.contains(part), "{script}: {message}");
        assert!(envelope["Exception"].as_str().unwrap().contains(message));
    }
    assert_eq!(
        tenant.failure("/Redrock/query", json!({})),
        "Parameter \"Script\" must be specified."
    );
    let args = json!({ "SortBy": "Nothing" });
    let message = tenant.failure(
        "/Redrock/query",
        json!({ "Script": "select ID from User", "Args": args }),
    );
    assert!(message.contains("SortBy"), "{message}");
}

#[test]
fn a_table_needs_the_right_to_read_it() {
    let tenant = start(0);
    tenant.create_user("plain@acme.example");
    let token = tenant.emulator.token_for("plain@acme.example").unwrap();
    for table in ["User", "Role", "Organization"] {
        let body = json!({ "Script": format!("select ID from {table}") });
        let reply = tenant
            .call_as(&token, "POST", "/Redrock/query", Some(&body))
            .json();
        assert_eq!(
            reply["MessageID"], "_I18N_CloudApi.UnauthorizedOperation",
            "{table}"
        );
    }
}
