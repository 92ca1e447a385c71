//! Mistakes end in a typed error that names the field and the way out, and nothing is sent.
// Clippy tells tests by their attribute, and so does not know their helpers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use cyberark_identity::{
    CallOptions, Client, ClientCredentials, ErrorKind, Spelling, StaticToken, find,
    ops::{
        access::SetUserState,
        scim::{
            PatchOperation,
            users::{CreateUser, PatchUser},
        },
    },
};
use cyberark_identity_tests::replay::Replay;
use serde_json::{Value, json};

fn client() -> (Client, Replay) {
    let replay = Replay::default();
    let client = Client::builder("abc1234.id.cyberark.cloud")
        .auth(StaticToken::new("t0ken").unwrap())
        .transport(replay.clone())
        .build()
        .unwrap();
    (client, replay)
}

#[tokio::test]
async fn arguments_by_name_are_checked_with_the_path_of_the_mistake() {
    let cases = [
        ("users.get", json!({}), "ID", "missing"),
        ("users.get", json!({"ID": ""}), "ID", "empty"),
        ("users.get", json!({"ID": 7}), "ID", "invalid type"),
        ("users.get", json!({"ID": null}), "ID", "invalid type"),
        (
            "users.get",
            json!({"ID": "a", "Name": "b"}),
            "Name",
            "unknown field",
        ),
        (
            "scim.users.get",
            json!({"id": "../Groups"}),
            "id",
            "without `/`",
        ),
        ("scim.users.get", json!({"id": ".."}), "id", "relative path"),
        (
            "scim.users.delete",
            json!({"id": "a/b"}),
            "id",
            "without `/`",
        ),
        (
            "scim.users.create",
            json!({"userName": "a", "active": "yes"}),
            "active",
            "true or false",
        ),
        (
            "scim.users.create",
            json!({"userName": "a", "emails": [{"valu": "x"}]}),
            "emails[0].valu",
            "unknown field",
        ),
        (
            "scim.users.create",
            json!({"userName": "a", "emails": {"value": "x"}}),
            "emails",
            "a list",
        ),
        (
            "scim.users.create",
            json!({"userName": "a", "name": "Ana"}),
            "name",
            "an object",
        ),
        (
            "scim.users.patch",
            json!({"id": "a", "Operations": []}),
            "Operations",
            "at least one",
        ),
        (
            "scim.users.patch",
            json!({"id": "a", "Operations": [{"op": "remove"}]}),
            "Operations[0]",
            "needs a `path`",
        ),
        (
            "scim.users.patch",
            json!({"id": "a", "Operations": [{"op": "set"}]}),
            "Operations[0].op",
            "unknown variant",
        ),
        (
            "scim.users.query",
            json!({"count": "ten"}),
            "count",
            "a whole number",
        ),
        (
            "scim.users.query",
            json!({"filter": "userName eq \"a\" or userName pr"}),
            "filter",
            "nothing else is documented",
        ),
        (
            "access.set_state",
            json!({"ID": "a", "state": "Sleeping"}),
            "state",
            "`Locked`",
        ),
        (
            "organizations.create",
            json!({"Name": " "}),
            "Name",
            "blank",
        ),
        (
            "scim.users.replace",
            json!({"id": "a", "user": {"userName": "a", "nickNme": "b"}}),
            "user.nickNme",
            "unknown field",
        ),
        (
            "scim.users.replace",
            json!({"id": "a", "user": {"displayName": "a"}}),
            "user.userName",
            "missing",
        ),
        (
            "scim.groups.patch",
            json!({"id": "a", "Operations": [{"op": "add", "path": "members", "value": {"value": "b"}}]}),
            "Operations[0].value",
            "must be a list",
        ),
        (
            "organizations.update_administrators",
            json!({"OrgId": "a", "Grant": [{"Type": "User"}]}),
            "Grant[0].Id",
            "missing",
        ),
        (
            "organizations.update_rights",
            json!({"OrgId": "a", "Grant": [{"Right": "View", "Principal": "b", "PrincipalType": "User"}]}),
            "Grant[0].Right",
            "a list",
        ),
        (
            "users.delete",
            json!({"Users": []}),
            "Users",
            "at least one",
        ),
        (
            "users.delete",
            json!({"Users": ["a", ""]}),
            "Users[1]",
            "an id",
        ),
        (
            "users.update_profile",
            json!({"ID": "a", "attributes": {"id": "b"}}),
            "attributes.id",
            "of its own",
        ),
        (
            "users.create",
            json!({"Name": "a@b", "Mail": "a@b", "InSysAdminRole": "true"}),
            "InSysAdminRole",
            "true or false",
        ),
        (
            "access.set_lock",
            json!({"user": "a"}),
            "lockUser",
            "missing",
        ),
        (
            "attributes.update_schema",
            json!({"Columns": [{"Name": "a_b"}]}),
            "Columns",
            "needs a `Type`",
        ),
        (
            "redrock.query",
            json!({"Script": "select :a", "parameters": {"b": 1}}),
            "Script",
            "no value",
        ),
        (
            "users.set_picture",
            json!({"ID": "a", "Picture": {"content": "text"}}),
            "Picture",
            "image/*",
        ),
        (
            "onboarding.upload_csv",
            json!({"Icon": "people.csv"}),
            "Icon",
            "`path`, `content`",
        ),
        ("users.got", json!({}), "", "no operation"),
    ];
    let (client, replay) = client();
    for (operation, arguments, field, problem) in cases {
        let error = client
            .call(operation, arguments, &CallOptions::new())
            .await
            .unwrap_err();
        assert_eq!(
            error.kind(),
            ErrorKind::InvalidArgument,
            "{operation}: {error}"
        );
        assert!(error.to_string().contains(problem), "{operation}: {error}");
        assert!(error.to_string().contains(field), "{operation}: {error}");
        assert_eq!(error.details().operation.as_deref(), Some(operation));
    }
    assert!(replay.requests().is_empty());
}

#[tokio::test]
async fn typed_requests_are_checked_too() {
    let (client, replay) = client();
    let scim = client.scim().users();
    let errors = [
        client.users().get("a/b").await.unwrap_err(),
        client.users().get_by_name("").await.unwrap_err(),
        scim.create(CreateUser::default()).await.unwrap_err(),
        scim.patch(PatchUser::new("a", vec![])).await.unwrap_err(),
        scim.patch(PatchUser::new("a", vec![PatchOperation::remove("")]))
            .await
            .unwrap_err(),
        client
            .access()
            .set_state(SetUserState::new("a", "Asleep"))
            .await
            .unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{error}");
        assert!(error.details().field.is_some(), "{error}");
    }
    assert!(replay.requests().is_empty());
}

#[test]
fn errors_spell_the_field_as_the_caller_does() {
    let entry = find("scim.users.create").unwrap();
    let wrong: Value = json!({"userName": "a", "phoneNumbers": [{"value": 7}]});
    let spelled = |spelling| {
        entry
            .prepare(wrong.clone(), spelling)
            .unwrap_err()
            .details()
            .field
            .clone()
    };
    assert_eq!(
        spelled(Spelling::Wire).as_deref(),
        Some("phoneNumbers[0].value")
    );
    assert_eq!(
        spelled(Spelling::Snake).as_deref(),
        Some("phone_numbers[0].value")
    );
    assert_eq!(
        spelled(Spelling::Camel).as_deref(),
        Some("phoneNumbers[0].value")
    );
    let extension = json!({
        "userName": "a",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"manager": {"displayName": 1}},
    });
    let error = entry.prepare(extension, Spelling::Snake).unwrap_err();
    assert_eq!(
        error.details().field.as_deref(),
        Some("enterprise.manager.display_name")
    );
}

#[tokio::test]
async fn a_password_is_not_quoted_by_the_error_that_refuses_it() {
    let (client, _) = client();
    let arguments = json!({"ID": "a", "newPassword": 123_456_789});
    let refused = client
        .call("users.reset_password", arguments, &CallOptions::new())
        .await
        .unwrap_err();
    assert_eq!(refused.details().field.as_deref(), Some("newPassword"));
    assert!(!format!("{refused} {refused:?}").contains("123456789"));
}

#[test]
fn settings_that_cannot_work_are_refused_when_the_client_is_built() {
    let token = || StaticToken::new("t0ken").unwrap();
    let problems = [
        Client::builder("https://acme.cyberark.cloud")
            .auth(token())
            .build(),
        Client::builder("http://abc1234.id.cyberark.cloud")
            .auth(token())
            .build(),
        Client::builder("abc1234.id.cyberark.cloud").build(),
        Client::builder("abc1234.id.cyberark.cloud")
            .auth(token())
            .ca_file("/no/such/file.pem")
            .build(),
        Client::builder("abc1234.id.cyberark.cloud")
            .auth(token())
            .header("Authorization", "Basic x")
            .build(),
        Client::builder("abc1234.id.cyberark.cloud")
            .auth(token())
            .timeout(std::time::Duration::ZERO)
            .build(),
        ClientCredentials::new("app", "", "secret").map(|_| unreachable!()),
        StaticToken::new("").map(|_| unreachable!()),
    ];
    for problem in problems {
        let error = problem.unwrap_err();
        assert!(
            matches!(
                error.kind(),
                ErrorKind::Configuration | ErrorKind::InvalidArgument
            ),
            "{error}"
        );
    }
}

#[test]
fn headers_that_the_client_sets_itself_are_refused() {
    assert!(CallOptions::new().header("X-Trace", "1").is_ok());
    for (name, value) in [
        ("authorization", "x"),
        ("Host", "x"),
        ("bad name", "x"),
        ("x", "a\r\nb: c"),
    ] {
        let error = CallOptions::new().header(name, value).unwrap_err();
        assert!(
            error
                .details()
                .field
                .as_deref()
                .is_some_and(|field| field.contains(name)),
            "{error}"
        );
    }
}
