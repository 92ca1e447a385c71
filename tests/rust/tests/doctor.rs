//! The doctor before broken set-ups and a healthy one: see `tests/doctor/README.md`.
// Clippy tells tests by their attribute, and so does not know their helpers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{collections::BTreeMap, time::Duration};

use cyberark_identity::{
    CallOptions, Client, ClientBuilder, ClientCredentials, Error, Prepared, StaticToken,
    doctor::{Report, Status, misconfigured},
};
use cyberark_identity_emulator::{Emulator, Options};
use cyberark_identity_tests::{
    authority::{Authority, Speaks},
    doctor::{self, Case, Expected},
    odd_server::OddServer,
    proxy::Proxy,
    replay::{Answer, Replay, Seen},
};
use serde_json::{Value, json};

const PROXY_PASSWORD: &str = "Pr0xy-Pass";

#[tokio::test]
async fn every_broken_set_up_is_diagnosed_by_name() {
    let cases = doctor::all();
    assert!(!cases.is_empty(), "no cases found");
    for case in cases {
        let stage = Stage::set(&case).await;
        let builder = stage.builder(&case);
        let built = builder.clone().build();
        let from_settings = builder.doctor(&CallOptions::new()).await;
        stage.check(&case, &from_settings);
        if let Ok(client) = built {
            // The settings were looked at with the keeper of the same source, so that there may be a token already.
            let client = fresh(client, &stage, &case);
            let report = client.doctor(&CallOptions::new()).await;
            stage.check(&case, &report);
        }
    }
}

/// A client that has no token yet.
fn fresh(client: Client, stage: &Stage, case: &Case) -> Client {
    drop(client);
    stage.builder(case).build().unwrap()
}

/// A tenant, and whoever is to be looked at.
struct Stage {
    emulator: Emulator,
    tokens: BTreeMap<String, String>,
}

impl Stage {
    async fn set(case: &Case) -> Self {
        let emulator = Emulator::start(Options {
            tls: true,
            ..Options::default()
        });
        let mut stage = Self {
            emulator: emulator.unwrap(),
            tokens: BTreeMap::new(),
        };
        if let Some(account) = &case.account {
            stage.welcome(case, account.clone().into()).await;
            let name = account["Name"].as_str().unwrap();
            let token = stage.emulator.token_for(name).unwrap();
            stage.tokens.insert("$account".to_owned(), token);
        }
        let service = stage.emulator.description().client_id.clone();
        let issued = stage.emulator.token_for(&service).unwrap();
        stage.tokens.insert("$issued".to_owned(), issued);
        stage
            .emulator
            .advance_clock(Duration::from_secs(case.advance));
        stage.emulator.clear_requests();
        stage
    }

    /// Makes the account, with its right if it has one.
    async fn welcome(&self, case: &Case, mut account: Value) {
        let tenant = self.emulator.description();
        let administrator = Client::builder(&tenant.url)
            .auth(StaticToken::new(tenant.token.clone()).unwrap())
            .ca_file(tenant.ca_file.as_ref().unwrap())
            .build()
            .unwrap();
        account["SendEmailInvite"] = false.into();
        account["Password"] = "Made-Up-Pass-1".into();
        let options = CallOptions::new();
        let id = administrator
            .call("users.create", account, &options)
            .await
            .unwrap();
        if let Some(right) = &case.right {
            let role = json!({"Name": "Helpers", "RoleType": "PrincipalList"});
            let role = administrator
                .call("roles.create", role, &options)
                .await
                .unwrap();
            let role = role["_RowKey"].as_str().unwrap();
            let join = json!({"Name": role, "Users": [id]});
            administrator
                .call("roles.add_members", join, &options)
                .await
                .unwrap();
            let assign = json!([{"Role": role, "Path": right}]);
            let assign =
                Prepared::raw("POST", "/SaasManage/AssignSuperRights", &[], Some(&assign)).unwrap();
            administrator.dispatch(&assign, &options).await.unwrap();
        }
    }

    fn builder(&self, case: &Case) -> ClientBuilder {
        let tenant = self.emulator.description();
        let ca_file = tenant.ca_file.as_ref().unwrap().display().to_string();
        let fitting = BTreeMap::from([
            ("tenant_url", tenant.url.as_str()),
            ("ca_file", &ca_file),
            ("app_id", &tenant.app_id),
            ("client_id", &tenant.client_id),
            ("client_secret", &tenant.client_secret),
        ]);
        let get = |name: &str| match case.settings.get(name) {
            Some(given) => given.clone(),
            None => fitting.get(name).map(|value| (*value).to_owned()),
        };
        let mut builder = Client::builder(get("tenant_url").unwrap()).max_retries(0);
        if let Some(path) = get("ca_file") {
            builder = builder.ca_file(path);
        }
        if let Some(proxy) = get("proxy") {
            builder = builder.proxy(proxy);
        }
        if let Some(token) = get("token") {
            let token = self.tokens.get(&token).cloned().unwrap_or(token);
            return builder.auth(StaticToken::new(token).unwrap());
        }
        let (Some(app), Some(id), Some(secret)) =
            (get("app_id"), get("client_id"), get("client_secret"))
        else {
            return builder;
        };
        let source = ClientCredentials::new(app, id, secret).unwrap();
        builder.auth(match get("scope") {
            Some(scope) => source.scope(scope),
            None => source,
        })
    }

    fn check(&self, case: &Case, report: &Report) {
        for (name, expected) in &case.checks {
            check_one(case, name, expected, report);
        }
        assert_eq!(
            report.exit_status(),
            case.exit_status,
            "{}: {report}",
            case.name
        );
        let mut seen = BTreeMap::new();
        for request in self.emulator.requests() {
            *seen.entry(request.path.clone()).or_insert(0) += 1;
        }
        assert_eq!(seen, case.requests, "{}: requests", case.name);
        self.emulator.clear_requests();
        let shown = format!(
            "{report} {report:?} {}",
            serde_json::to_string(report).unwrap()
        );
        let tenant = self.emulator.description();
        let secrets = [
            PROXY_PASSWORD,
            &tenant.client_secret,
            "wr0ng-secret",
            "made-up-token",
            "eyJ",
        ];
        for secret in secrets {
            assert!(
                !shown.contains(secret),
                "{}: {secret} is in {shown}",
                case.name
            );
        }
    }
}

fn check_one(case: &Case, name: &str, expected: &Expected, report: &Report) {
    let place = format!("{}: {name}", case.name);
    let check = report
        .check(name)
        .unwrap_or_else(|| panic!("{place} is missing: {report}"));
    assert_eq!(check.status.as_str(), expected.status, "{place}: {report}");
    let said = format!(
        "{} {}",
        check.message,
        check.hint.as_deref().unwrap_or_default()
    );
    for part in &expected.says {
        assert!(said.contains(part), "{place} does not say `{part}`: {said}");
    }
    for (detail, value) in &expected.details {
        assert_eq!(&check.details[detail], value, "{place}: {detail}");
    }
    if check.status == Status::Failed {
        assert!(check.hint.is_some(), "{place} does not say what to do");
    }
}

fn somebody() -> StaticToken {
    StaticToken::new("made-up-token").unwrap()
}

#[tokio::test]
async fn a_proxy_that_refuses_is_named() {
    let tenant = Emulator::start(Options {
        tls: true,
        ..Options::default()
    });
    let tenant = tenant.unwrap();
    let proxy = Proxy::http("ana:Pr0xy-Pass").await;
    let settings = |address: String| {
        let description = tenant.description();
        let auth = ClientCredentials::new(
            &description.app_id,
            &description.client_id,
            &description.client_secret,
        );
        Client::builder(&description.url)
            .auth(auth.unwrap())
            .ca_file(description.ca_file.as_ref().unwrap())
            .proxy(address)
    };
    let refused = settings(proxy.url("http", "ana:wr0ng-pass@"));
    let report = refused.doctor(&CallOptions::new()).await;
    let check = report.check("proxy").unwrap();
    assert_eq!(check.status, Status::Failed, "{report}");
    assert!(
        check.message.contains("did not let the connection through"),
        "{report}"
    );
    assert!(!format!("{report:?}").contains("wr0ng-pass"));
    assert_eq!(tenant.requests().len(), 0);

    let opened = settings(proxy.url("http", "ana:Pr0xy-Pass@"));
    let report = opened.doctor(&CallOptions::new()).await;
    assert!(report.ok, "{report}");
    assert_eq!(report.check("proxy").unwrap().details["signs_in"], true);
    assert!(!format!("{report:?}").contains(PROXY_PASSWORD));
}

#[tokio::test]
async fn the_version_of_tls_is_told() {
    let authority = Authority::new();
    for (version, name) in [
        (&rustls::version::TLS12, "TLS 1.2"),
        (&rustls::version::TLS13, "TLS 1.3"),
    ] {
        let speaks = Speaks {
            versions: &[version],
            ..Speaks::default()
        };
        let server = OddServer::tls(authority.server(&speaks)).await;
        let settings = Client::builder(&server.url)
            .auth(somebody())
            .ca_file(authority.file());
        let report = settings.doctor(&CallOptions::new()).await;
        assert_eq!(
            report.check("tls").unwrap().details["version"],
            name,
            "{report}"
        );
    }
}

#[tokio::test]
async fn a_handshake_that_breaks_off_is_told_from_a_bad_certificate() {
    let too_old = vec![0x15, 3, 1, 0, 2, 2, 70];
    let server = OddServer::handshake(too_old).await;
    let settings = Client::builder(&server.url).auth(somebody());
    let report = settings.doctor(&CallOptions::new()).await;
    assert_eq!(
        report.check("connection").unwrap().status,
        Status::Ok,
        "{report}"
    );
    let check = report.check("tls").unwrap();
    assert!(
        check.message.contains("broke off") && check.status == Status::Failed,
        "{report}"
    );
    assert!(check.hint.as_ref().unwrap().contains("TLS 1.2"), "{report}");
}

/// What is answered from memory has no way that could be looked at.
#[tokio::test]
async fn a_transport_of_ones_own_has_no_way_to_look_at() {
    let who = r#"{"success": true, "Result": {"User": "ana@acme.example"}}"#;
    let answer = Answer::json(200, who).header("date", "Wed, 21 Oct 2015 07:28:00 GMT");
    let replay = Replay::of(vec![answer; 7]);
    let client = Client::builder("abc1234.id.cyberark.cloud")
        .auth(somebody())
        .transport(replay.clone())
        .build()
        .unwrap();
    let report = client.doctor(&CallOptions::new()).await;
    for name in ["dns", "proxy", "connection", "tls"] {
        assert_eq!(
            report.check(name).unwrap().status,
            Status::Skipped,
            "{report}"
        );
    }
    let clock = report.check("clock").unwrap();
    assert!(clock.message.contains("ahead of"), "{report}");
    assert_eq!(replay.requests().len(), 7);
    let signed = |request: &Seen| request.headers.contains_key("authorization");
    let signed: Vec<bool> = replay.requests().iter().map(signed).collect();
    assert_eq!(signed, [false, true, true, true, true, true, true]);
}

/// Whatever the service repeats of what it was sent, in every place that a report tells.
#[tokio::test]
async fn no_report_shows_what_is_secret() {
    const TOKEN: &str = "eyJ-the-token";
    const KEY: &str = "made-up-key";
    const SECRET: &str = "hunter2-secret";
    let said = format!("{TOKEN} and {KEY} and {SECRET}");
    let body = json!({
        "success": false, "Message": said, "MessageID": said, "ErrorCode": said,
        "error": "invalid_client", "error_description": said,
    });
    let echo = |status| {
        let answer = Answer::json(status, body.to_string()).header("x-cfy-tx-id", &said);
        Replay::of(vec![answer; 40])
    };
    let keyed = CallOptions::new().header("X-Api-Key", KEY).unwrap();
    for status in [200, 400, 403, 500] {
        let source = ClientCredentials::new("app", "svc@acme.example", SECRET).unwrap();
        let settings = || Client::builder("abc1234.id.cyberark.cloud").max_retries(0);
        let ready = settings()
            .auth(StaticToken::new(TOKEN).unwrap())
            .transport(echo(status));
        let signing_in = settings().auth(source).transport(echo(status));
        let told = [
            (ready.doctor(&keyed).await, TOKEN),
            (signing_in.doctor(&keyed).await, SECRET),
        ];
        for (report, secret) in told {
            let data = serde_json::to_string(&report).unwrap();
            let shown = format!("{report} {report:?} {data}");
            assert!(
                !shown.contains(secret),
                "HTTP {status}: {secret} is in {shown}"
            );
            assert!(!report.ok, "HTTP {status}: {report}");
        }
    }
}

#[test]
fn a_report_is_plain_data() {
    let error = Error::configuration("the environment variable X is not set").hint("set it");
    let report = misconfigured(&error);
    let data = serde_json::to_value(&report).unwrap();
    assert_eq!(data["ok"], false);
    assert_eq!(data["checks"][0]["name"], "configuration");
    assert_eq!(data["checks"][0]["status"], "failed");
    assert_eq!(data["checks"][0]["hint"], "set it");
}
