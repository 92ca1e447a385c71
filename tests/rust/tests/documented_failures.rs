//! What the fixtures say of failures holds for the emulator: it answers their requests, spoiled as the case says, with
//! their words.
// Clippy tells tests by their attribute, and so does not know their helpers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use cyberark_identity_emulator::{Emulator, Options};
use cyberark_identity_tests::fixture::{self, Fixture, Part};
use serde_json::{Value, json};

/// Ids and names in the fixtures, and what the tenant of this test has in their place.
const USER: &str = "5d0a6c1e-8f42-4b7e-9a13-2c6b1f0e7d44";
const OTHER_USER: &str = "7f1c0e52-3b8d-4a6e-9c41-5d2f8e0b7a13";
const ORGANIZATION: &str = "0a1b2c3d-0000-4000-8000-000000000001";
const ROLE: &str = "3d9a1f20_77c4_4e0b_9b53_0a6f2c81de45";
const BOUNDARY: &str = "between-the-parts";

struct Tenant {
    emulator: Emulator,
    http: reqwest::Client,
}

impl Tenant {
    fn start() -> Self {
        // Plain HTTP needs none, but the library wants to know. The first test says it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let options = Options {
            seed_users: 3,
            ..Options::default()
        };
        Self {
            emulator: Emulator::start(options).unwrap(),
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
        }
    }

    fn token(&self) -> &str {
        &self.emulator.description().token
    }

    /// Status and text of the answer to the request of a fixture.
    async fn send(&self, fixture: &Fixture, token: &str) -> (u16, String) {
        let request = &fixture.request;
        let url = &self.emulator.description().url;
        let url = format!("{url}{}?{}", request.path, request.query);
        let (body, content_type) = match (&request.body, &request.parts) {
            (Some(Value::String(text)), _) => (text.clone(), "application/json".to_owned()),
            (Some(body), _) => (body.to_string(), "application/json".to_owned()),
            (None, Some(parts)) => (
                form(parts),
                format!("multipart/form-data; boundary={BOUNDARY}"),
            ),
            (None, None) => (String::new(), "application/json".to_owned()),
        };
        let answer = self
            .http
            .request(request.method.parse().unwrap(), url)
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", content_type)
            .header("x-idap-native-client", "true")
            .body(body)
            .send()
            .await
            .unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// The result of a platform call.
    async fn result(&self, path: &str, body: Value) -> Value {
        let mut call = fixture::all().swap_remove(0);
        call.request = fixture::Request {
            method: "POST".to_owned(),
            path: path.to_owned(),
            query: String::new(),
            body: Some(body),
            parts: None,
        };
        let (_, text) = self.send(&call, self.token()).await;
        let envelope: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(envelope["success"], true, "{path}: {text}");
        envelope["Result"].clone()
    }

    async fn make_user(&self, name: &str) -> String {
        let new = json!({ "Name": name, "Mail": name, "Password": "Right-Horse-1" });
        self.result("/CDirectoryService/CreateUser", new).await;
        self.id_of(name).await
    }

    async fn make_organization(&self, name: &str) -> String {
        let new = json!({ "Name": name });
        let made = self.result("/Org/Create", new).await;
        made["ID"].as_str().unwrap().to_owned()
    }

    async fn make_role(&self, name: &str) -> String {
        let made = self
            .result("/Roles/StoreRole", json!({ "Name": name }))
            .await;
        made["_RowKey"].as_str().unwrap().to_owned()
    }

    async fn id_of(&self, name: &str) -> String {
        let path = "/CDirectoryService/GetUserByName";
        let user = self.result(path, json!({ "username": name })).await;
        user["Uuid"].as_str().unwrap().to_owned()
    }
}

fn form(parts: &[Part]) -> String {
    let part = |part: &Part| {
        let kind = part.content_type.as_deref().unwrap_or("text/plain");
        format!(
            "--{BOUNDARY}\r\nContent-Disposition: {}\r\nContent-Type: {kind}\r\n\r\n{}\r\n",
            part.disposition, part.text
        )
    };
    parts.iter().map(part).collect::<String>() + &format!("--{BOUNDARY}--\r\n")
}

/// Replaces a text everywhere in the request.
fn with(mut fixture: Fixture, old: &str, new: &str) -> Fixture {
    let request = &mut fixture.request;
    request.path = request.path.replace(old, new);
    request.query = request.query.replace(old, new);
    if let Some(body) = &mut request.body {
        *body = serde_json::from_str(&body.to_string().replace(old, new)).unwrap();
    }
    for part in request.parts.iter_mut().flatten() {
        part.text = part.text.replace(old, new);
        part.content_type = part.content_type.take().map(|kind| kind.replace(old, new));
    }
    fixture
}

/// Takes a parameter away, wherever it stands.
fn without(mut fixture: Fixture, parameter: &str) -> Fixture {
    let request = &mut fixture.request;
    let stays = |pair: &&str| !pair.starts_with(&format!("{parameter}="));
    let query: Vec<&str> = request.query.split('&').filter(stays).collect();
    request.query = query.join("&");
    if let Some(Value::Object(body)) = &mut request.body {
        body.remove(parameter);
    }
    if let Some(parts) = &mut request.parts {
        parts.retain(|part| !part.disposition.contains(&format!("name=\"{parameter}\"")));
    }
    fixture
}

/// What a failure says of its cause: the message of an envelope, also of one in another, or the detail of a SCIM error.
fn message(body: &Value) -> Option<String> {
    let inner = body["Result"].as_str();
    let inner: Option<Value> = inner.and_then(|text| serde_json::from_str(text).ok());
    let body = inner.as_ref().unwrap_or(body);
    let said = body["Message"].as_str().or(body["detail"].as_str());
    said.filter(|_| body["success"] != true).map(str::to_owned)
}

fn told(fixture: &Fixture) -> String {
    message(fixture.response.body.as_ref().unwrap()).unwrap()
}

fn failures(case: impl Fn(&str) -> bool) -> Vec<Fixture> {
    let mut fixtures = fixture::all();
    fixtures.retain(|fixture| case(&fixture.case));
    fixtures
}

/// What is different in the answer of the tenant.
async fn difference(tenant: &Tenant, token: &str, fixture: &Fixture) -> Option<String> {
    let (status, text) = tenant.send(fixture, token).await;
    let body: Value = serde_json::from_str(&text).unwrap_or_default();
    let told = told(fixture);
    let same = status == fixture.response.status && message(&body).as_ref() == Some(&told);
    let name = format!("{}/{}", fixture.operation, fixture.case);
    (!same).then(|| format!("{name}: not {told:?}, but {status} {text}"))
}

fn of(operation: &str, case: &str) -> Fixture {
    let mut fixtures = failures(|this| this == case);
    fixtures.retain(|fixture| fixture.operation == operation);
    fixtures.pop().unwrap()
}

fn assert_none(problems: &[String]) {
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[tokio::test]
async fn a_missing_parameter_is_named() {
    let tenant = Tenant::start();
    let user = tenant.id_of("admin@acme.example").await;
    let fixtures = failures(|case| case.starts_with("parameter-missing") || case == "name-missing");
    assert!(fixtures.len() > 45, "{}", fixtures.len());
    let mut problems = Vec::new();
    for fixture in fixtures {
        let parameter = told(&fixture).split('"').nth(1).unwrap().to_owned();
        let spoiled = without(with(fixture, USER, &user), &parameter);
        problems.extend(difference(&tenant, tenant.token(), &spoiled).await);
    }
    assert_none(&problems);
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let tenant = Tenant::start();
    let fixtures = failures(|case| case == "not-found");
    assert!(fixtures.len() > 35, "{}", fixtures.len());
    let mut problems = Vec::new();
    for fixture in fixtures {
        problems.extend(difference(&tenant, tenant.token(), &fixture).await);
    }
    assert_none(&problems);
}

/// Everybody who is signed in may call these.
const FOR_EVERYBODY: [&str; 4] = [
    "users.get_own_attributes",
    "attributes.get_schema",
    "security.logout",
    "security.whoami",
];

#[tokio::test]
async fn who_lacks_the_right_is_told() {
    let tenant = Tenant::start();
    tenant.make_user("desk@acme.example").await;
    let token = tenant.emulator.token_for("desk@acme.example").unwrap();
    let admin = tenant.id_of("admin@acme.example").await;
    let role = tenant.make_role("Night shift").await;
    let mut fixtures = failures(|case| case == "not-authorized");
    fixtures.retain(|fixture| !FOR_EVERYBODY.contains(&fixture.operation.as_str()));
    assert!(fixtures.len() > 45, "{}", fixtures.len());
    let mut problems = Vec::new();
    for mut fixture in fixtures {
        for (old, new) in [
            (USER, admin.as_str()),
            (OTHER_USER, &admin),
            ("iris.okafor", "admin"),
            (ROLE, &role),
        ] {
            fixture = with(fixture, old, new);
        }
        problems.extend(difference(&tenant, &token, &fixture).await);
    }
    assert_none(&problems);
}

#[tokio::test]
async fn a_body_that_is_no_json_is_quoted() {
    let tenant = Tenant::start();
    let mut problems = Vec::new();
    for mut fixture in failures(|case| case == "body-not-json") {
        fixture.request.body = Some(json!("x"));
        problems.extend(difference(&tenant, tenant.token(), &fixture).await);
    }
    assert_none(&problems);
}

/// Operation and case, and what comes in the place of what in its request, so that the rule is broken.
type Rule = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

const RULES: [Rule; 20] = [
    ("access.set_active", "self", &[(USER, "{admin}")]),
    (
        "access.set_state",
        "default-administrator",
        &[(USER, "{admin}")],
    ),
    (
        "access.set_state",
        "invalid-state",
        &[(USER, "{iris}"), ("Locked, Disabled", "Asleep")],
    ),
    (
        "attributes.set",
        "wrong-kind",
        &[(USER, "{iris}"), ("false", "\"soon\"")],
    ),
    ("onboarding.send_sms", "no-number", &[(USER, "{iris}")]),
    (
        "onboarding.upload_csv",
        "invalid-file",
        &[("Login Name", "Login")],
    ),
    ("organizations.create", "conflict", &[]),
    (
        "organizations.update",
        "conflict",
        &[(ORGANIZATION, "{northwind}")],
    ),
    (
        "organizations.update_rights",
        "right-of-wrong-type",
        &[
            (ORGANIZATION, "{northwind}"),
            (USER, "{iris}"),
            ("[\"Unknown\"]", "\"Unknown\""),
        ],
    ),
    (
        "organizations.update_rights",
        "unknown-right",
        &[
            (ORGANIZATION, "{northwind}"),
            (USER, "{iris}"),
            ("Unknown", "Foo"),
        ],
    ),
    ("roles.create", "conflict", &[]),
    ("scim.groups.create", "conflict", &[(USER, "{iris}")]),
    (
        "scim.groups.create",
        "member-not-found",
        &[("Field Ops", "Day shift"), (USER, "not_a_real_member_id")],
    ),
    ("scim.users.create", "conflict", &[]),
    (
        "scim.users.patch",
        "no-target",
        &[(USER, "{iris}"), ("preferredLanguage", "shoeSize")],
    ),
    ("users.create", "conflict", &[]),
    (
        "users.delete",
        "self",
        &[(USER, "{admin}"), (OTHER_USER, "{iris}")],
    ),
    (
        "users.reset_password",
        "policy",
        &[(USER, "{iris}"), ("Made-Up-Pass-2", "x")],
    ),
    (
        "users.set_picture",
        "no-image",
        &[(USER, "{iris}"), ("image/gif", "text/plain")],
    ),
    (
        "users.update",
        "conflict",
        &[
            (USER, "{iris}"),
            (OTHER_USER, "{admin}"),
            (
                "\"DisplayName\":\"Iris Okafor Lund\"",
                "\"Name\":\"iris@acme.example\"",
            ),
        ],
    ),
];

#[tokio::test]
async fn rules_of_single_operations_hold() {
    let tenant = Tenant::start();
    let names = [
        ("{admin}", tenant.id_of("admin@acme.example").await),
        ("{iris}", tenant.make_user("iris.okafor@acme.example").await),
        ("{northwind}", tenant.make_organization("Northwind").await),
    ];
    for name in [
        "iris@acme.example",
        "kofi@acme.example",
        "kofi.mensah@acme.example",
    ] {
        tenant.make_user(name).await;
    }
    tenant.make_organization("Southwind").await;
    tenant.make_organization("Field Ops").await;
    tenant.make_role("Field Ops").await;
    let columns = json!({ "Cost_Center": { "Type": "Text" }, "Badge_Active": { "Type": "Bool" } });
    let schema = json!({ "Table": "Users", "Columns": columns });
    tenant.result("/ExtData/UpdateSchema", schema).await;
    let mut problems = Vec::new();
    for (operation, case, changes) in RULES {
        let mut fixture = of(operation, case);
        for (old, new) in changes {
            fixture = with(fixture, old, new);
        }
        for (place, id) in &names {
            fixture = with(fixture, place, id);
        }
        problems.extend(difference(&tenant, tenant.token(), &fixture).await);
    }
    assert_none(&problems);
}

#[tokio::test]
async fn a_schema_has_room_for_25_columns() {
    let tenant = Tenant::start();
    let mut fixture = of("attributes.update_schema", "limit");
    let body = fixture.request.body.as_mut().unwrap();
    for number in 1..=24 {
        body["Columns"][format!("Extra_{number}")] = json!({ "Type": "Text" });
    }
    assert_none(&Vec::from_iter(
        difference(&tenant, tenant.token(), &fixture).await,
    ));
}
