//! Answers that have another shape than is known are counted, and nothing fails by it.
// Clippy tells tests by their attribute, and so does not know their helpers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use cyberark_identity::{
    CallOptions, Client, Delivery, Drift, StaticToken, ops::scim::users::CreateUser,
};
use cyberark_identity_emulator::{Emulator, FaultScript, Options};
use cyberark_identity_tests::replay::{Answer, Replay};
use serde_json::{Value, json};

fn client(answers: impl IntoIterator<Item = Value>) -> Client {
    let answers = answers
        .into_iter()
        .map(|body| Answer::json(200, body.to_string()));
    Client::builder("abc1234.id.cyberark.cloud")
        .auth(StaticToken::new("made-up").unwrap())
        .transport(Replay::of(answers))
        .watch_drift()
        .build()
        .unwrap()
}

fn ok(result: Value) -> Value {
    json!({ "success": true, "Result": result })
}

/// Path, change, expected, found and count of everything that was seen.
fn seen(client: &Client) -> Vec<(String, &'static str, &'static str, &'static str, u64)> {
    let told = |drift: Drift| {
        let change = drift.change.as_str();
        (drift.path, change, drift.expected, drift.found, drift.count)
    };
    let report = client.drift().unwrap();
    report.drifts.into_iter().map(told).collect()
}

#[tokio::test]
async fn a_tenant_that_changes_is_told_by_operation_and_path() {
    let emulator = Emulator::start(Options {
        seed_users: 3,
        ..Options::default()
    })
    .unwrap();
    let tenant = emulator.description();
    let builder = Client::builder(&tenant.url).auth(StaticToken::new(&tenant.token).unwrap());
    let client = builder.clone().watch_drift().build().unwrap();
    let user = client
        .users()
        .get_by_name("admin@acme.example")
        .await
        .unwrap();
    let id = user.uuid.clone().unwrap();
    assert_eq!(seen(&client), []);
    assert_eq!(client.drift().unwrap().answers, 1);

    let mut changed = serde_json::to_value(&user).unwrap();
    changed["Nickname"] = json!({ "secret": "made-up" });
    changed["DisplayName"] = json!(["Ada"]);
    let fault = json!({
        "match": { "path": "/CDirectoryService/GetUser" },
        "action": { "status": 200, "body": ok(changed) },
    });
    emulator.add_faults(FaultScript::from_json(&fault.to_string()).unwrap());
    for _ in 0..2 {
        client.users().get(id.as_str()).await.unwrap();
    }
    let expected = [
        (
            "DisplayName".to_owned(),
            "changed type",
            "text",
            "a list",
            2,
        ),
        ("Nickname".to_owned(), "new field", "", "an object", 2),
    ];
    assert_eq!(seen(&client), expected);
    let report = client.drift().unwrap();
    assert!(
        report
            .drifts
            .iter()
            .all(|drift| drift.operation == "users.get")
    );
    let table = report.to_string();
    assert!(table.starts_with("operation  path"), "{table}");
    assert!(
        !format!("{table} {report:?}").contains("made-up"),
        "never a value"
    );
    // Whoever does not ask for it pays nothing, and is told nothing.
    assert!(builder.build().unwrap().drift().is_none());
}

#[tokio::test]
async fn a_field_that_was_always_there_is_missed_and_one_that_comes_at_times_is_not() {
    let always = || ok(json!({ "Uuid": "u-1", "Name": "ana" }));
    let gone = || ok(json!({ "Uuid": "u-1" }));
    let now_and_then = ok(json!({ "Uuid": "u-1", "Name": "ana", "Mail": "a@b" }));
    let answers = std::iter::repeat_with(always).take(10);
    let client = client(answers.chain([now_and_then]).chain((0..4).map(|_| gone())));
    for _ in 0..13 {
        client.users().get("u-1").await.unwrap();
    }
    assert_eq!(seen(&client), [], "not yet");
    for _ in 0..2 {
        client.users().get("u-1").await.unwrap();
    }
    let missing = (
        "Name".to_owned(),
        "missing field",
        "a field that was always there",
        "nothing",
        4,
    );
    assert_eq!(seen(&client), [missing]);
}

#[tokio::test]
async fn one_that_comes_back_is_no_longer_missed() {
    let with = || ok(json!({ "Uuid": "u-1", "Name": "ana" }));
    let without = || ok(json!({ "Uuid": "u-1" }));
    let always = std::iter::repeat_with(with).take(10);
    let client = client(always.chain((0..3).map(|_| without())).chain([with()]));
    for missing in [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0] {
        client.users().get("u-1").await.unwrap();
        assert_eq!(seen(&client).len(), missing);
    }
}

/// What was found by a look-up has the shape of a list, and not of what the call answers.
#[tokio::test]
async fn an_answer_that_was_lost_and_looked_up_is_not_compared() {
    let found = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "totalResults": 1,
        "Resources": [{ "id": "1", "userName": "ana@acme.example", "shoe": 42 }],
    });
    let replay = Replay::default();
    replay.push(Err(Delivery::Unknown));
    replay.push(Ok(Answer::json(200, found.to_string())));
    let client = Client::builder("abc1234.id.cyberark.cloud")
        .auth(StaticToken::new("made-up").unwrap())
        .transport(replay.clone())
        .watch_drift()
        .build()
        .unwrap();
    let create = CreateUser {
        user_name: "ana@acme.example".into(),
        ..CreateUser::default()
    };
    let made = client.send_raw(&create, &CallOptions::new()).await.unwrap();
    assert!(made.payload.recovered);
    assert_eq!(seen(&client), []);
    assert_eq!(replay.requests().len(), 2);
}

#[tokio::test]
async fn lists_and_rows_are_looked_into() {
    let page = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": "2", "startIndex": 1, "itemsPerPage": 2, "next": "x",
        "Resources": [
            { "id": "1", "Emails": [{ "VALUE": "a@b", "verified": true }], "ACTIVE": "True" },
            { "id": "2", "emails": { "value": 7 }, "active": 1.5, "urn:x:custom": { "any": 1 } },
        ],
    });
    let rows = ok(json!({ "Count": 1, "Results": [{ "Row": { "Name": "ana", "Shoe": 42 } }] }));
    let query = ok(json!({ "Results": [{ "Row": { "Whatever": 1 } }] }));
    let client = client([page, rows, query]);
    let users = cyberark_identity::ops::scim::users::QueryUsers::default();
    client.scim().users().query(users).await.unwrap();
    let expected = [
        (
            "Resources[].active".to_owned(),
            "changed type",
            "true or false",
            "a number with a fraction",
            1,
        ),
        (
            "Resources[].emails[].verified".to_owned(),
            "new field",
            "",
            "true or false",
            1,
        ),
        ("next".to_owned(), "new field", "", "text", 1),
    ];
    assert_eq!(seen(&client), expected);
    client.users().list().await.unwrap();
    let rows = seen(&client).pop();
    assert_eq!(
        rows,
        Some(("[].Shoe".to_owned(), "new field", "", "a whole number", 1))
    );
    let query = cyberark_identity::ops::redrock::Query::from("select Whatever from User");
    client.redrock().query(query).await.unwrap();
    assert_eq!(
        seen(&client).len(),
        4,
        "the columns of a query are the caller's"
    );
}

#[tokio::test]
async fn names_without_end_do_not_fill_the_memory() {
    let many: serde_json::Map<_, _> = (0..1500).map(|n| (format!("f{n}\n"), json!(1))).collect();
    let long = json!({ "x".repeat(1000): 1 });
    let client = client([ok(long), ok(Value::Object(many))]);
    for _ in 0..2 {
        client.users().get("u-1").await.unwrap();
    }
    let report = client.drift().unwrap();
    assert_eq!((report.drifts.len(), report.others), (1000, 501));
    let paths = || report.drifts.iter().map(|drift| drift.path.as_str());
    assert!(paths().all(|path| path.len() <= 80 && !path.contains('\n')));
    assert!(
        report
            .to_string()
            .ends_with("in 2 answers, and 501 times something else")
    );
}
