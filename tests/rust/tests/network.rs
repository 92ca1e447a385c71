//! Proxies, certificates and silence: what stands between a client and its tenant.
// Clippy tells tests by their attribute, and so does not know their helpers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use cyberark_identity::{
    Client, ClientBuilder, ClientCredentials, Delivery, ErrorKind, StaticToken,
};
use cyberark_identity_emulator::{Emulator, FaultScript, Options};
use cyberark_identity_tests::{
    authority::{Authority, Speaks},
    proxy::Proxy,
};

fn tenant(tls: bool) -> Emulator {
    Emulator::start(Options {
        tls,
        seed_users: 20,
        ..Options::default()
    })
    .unwrap()
}

fn client(emulator: &Emulator) -> ClientBuilder {
    let tenant = emulator.description();
    let auth = ClientCredentials::new(&tenant.app_id, &tenant.client_id, &tenant.client_secret);
    let builder = Client::builder(&tenant.url)
        .auth(auth.unwrap())
        .max_retries(0);
    match &tenant.ca_file {
        Some(file) => builder.ca_file(file),
        None => builder,
    }
}

async fn read(builder: ClientBuilder) -> cyberark_identity::Result<Option<String>> {
    let client = builder.build()?;
    let user = client.users().get_by_name("admin@acme.example").await?;
    Ok(user.name)
}

#[tokio::test]
async fn everything_goes_through_the_proxy_sign_in_included() {
    let emulator = tenant(true);
    let proxy = Proxy::http("me:hunter2").await;
    let named = client(&emulator).proxy(proxy.url("http", "me:hunter2@"));
    assert!(!format!("{named:?}").contains("hunter2"));
    assert!(read(named).await.is_ok());
    let address = emulator.description().url.replace("https://", "");
    assert!(proxy.targets().iter().all(|target| *target == address));
    assert!(!proxy.targets().is_empty());
    assert_eq!(emulator.requests().len(), 2, "the token, and the user");
}

#[tokio::test]
async fn a_proxy_may_be_reached_by_tls() {
    let emulator = tenant(true);
    let authority = Authority::new();
    let both = authority.file().with_file_name("both.pem");
    let known = [
        emulator.description().ca_file.clone().unwrap(),
        authority.file(),
    ];
    let known = known.map(|file| std::fs::read_to_string(file).unwrap());
    std::fs::write(&both, known.concat()).unwrap();
    let tls = authority.server(&Speaks::default());
    let proxy = Proxy::https("me:hunter2", tls).await;
    let url = proxy.url("https", "me:hunter2@");
    let distrusting = client(&emulator).proxy(&url);
    assert!(read(distrusting).await.is_err());
    assert!(emulator.requests().is_empty(), "nothing went around it");
    let named = client(&emulator).proxy(url).ca_file(both);
    read(named).await.unwrap();
    let address = emulator.description().url.replace("https://", "");
    assert_eq!(proxy.targets(), [address]);
}

/// Runs `whoami` with these arguments and no other proxies than those of `environment`. Gives what it wrote.
async fn whoami(arguments: &[&str], environment: &[(&str, &str)]) -> (String, String) {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("whoami-{}-{number}", std::process::id()));
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_whoami"));
    let (tenant, credentials) = arguments.split_first().unwrap();
    command.arg(tenant).arg(folder.join("tokens.json"));
    command.args(credentials);
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"] {
        command.env_remove(name).env_remove(name.to_lowercase());
    }
    command.envs(environment.iter().copied());
    let ended = tokio::task::spawn_blocking(move || command.output());
    let ended = ended.await.unwrap().unwrap();
    let _ = std::fs::remove_dir_all(folder);
    let [out, err] = [ended.stdout, ended.stderr].map(|text| String::from_utf8(text).unwrap());
    (out, err)
}

#[tokio::test]
async fn a_proxy_of_the_environment_holds_for_sign_in_too() {
    for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"] {
        let proxy = Proxy::closed().await;
        let arguments = ["abc1234", "app", "svc@acme.example", "made-up"];
        let (_, said) = whoami(&arguments, &[(name, &proxy.url("http", ""))]).await;
        assert!(said.contains("oauth2.token"), "{name}: {said}");
        let targets = proxy.targets();
        assert!(!targets.is_empty(), "{name}: {said}");
        let tenant = "abc1234.id.cyberark.cloud:443";
        assert!(targets.iter().all(|target| target == tenant), "{targets:?}");
    }
}

/// A name that has no address: its first label is longer than names may have, so that no resolver is asked.
fn nowhere() -> String {
    format!("{}.example", "tenant".repeat(11))
}

/// Asks a tenant with that name who the caller is. Gives what was written, and where the proxy was asked to go.
async fn ask_nowhere(
    emulator: &Emulator,
    environment: &[(&str, &str)],
) -> (String, String, Vec<String>) {
    let tenant = emulator.description();
    let proxy = Proxy::of_any_name(tenant.url.trim_start_matches("http://")).await;
    let url = format!("http://{}", nowhere());
    let arguments = [
        &url,
        &tenant.app_id,
        &tenant.client_id,
        &tenant.client_secret,
        &nowhere(),
    ];
    let proxy_url = proxy.url("http", "");
    let environment: Vec<_> = environment
        .iter()
        .map(|(name, value)| {
            (
                *name,
                if *value == "proxy" {
                    &proxy_url
                } else {
                    *value
                },
            )
        })
        .collect();
    let (out, err) = whoami(&arguments.map(String::as_str), &environment).await;
    (out, err, proxy.targets())
}

#[tokio::test]
async fn plain_http_goes_through_the_proxy_of_the_environment_with_every_request() {
    for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY"] {
        let emulator = tenant(false);
        let (out, err, targets) = ask_nowhere(&emulator, &[(name, "proxy")]).await;
        let client_id = &emulator.description().client_id;
        assert_eq!((out.trim(), &*err), (&**client_id, ""), "{name}");
        let at_tenant = |target: &String| target.starts_with(&format!("http://{}/", nowhere()));
        assert!(targets.iter().all(at_tenant), "{targets:?}");
        assert_eq!(emulator.requests().len(), 2, "the token, and who it is");
    }
}

#[tokio::test]
async fn hosts_that_the_environment_excepts_are_not_asked_of_its_proxy() {
    let name = nowhere();
    for (variable, except) in [
        ("NO_PROXY", &*name),
        ("no_proxy", ".example"),
        ("NO_PROXY", "elsewhere.example,example"),
        ("NO_PROXY", "*"),
    ] {
        let emulator = tenant(false);
        let environment = [("HTTP_PROXY", "proxy"), (variable, except)];
        let (out, err, targets) = ask_nowhere(&emulator, &environment).await;
        assert_eq!((&*out, targets), ("", vec![]), "{variable}={except}");
        assert!(err.contains("oauth2.token"), "{err}");
        assert!(err.contains("no connection"), "{err}");
        assert!(emulator.requests().is_empty());
    }
    let emulator = tenant(false);
    let environment = [("HTTP_PROXY", "proxy"), ("NO_PROXY", "elsewhere.example")];
    let (_, err, targets) = ask_nowhere(&emulator, &environment).await;
    assert_eq!(err, "");
    assert!(!targets.is_empty());
}

#[tokio::test]
async fn a_proxy_that_refuses_is_an_error_without_its_password() {
    // Without TLS there is no tunnel, and the refusal comes as if it were the tenant's answer.
    for tls in [true, false] {
        let emulator = tenant(tls);
        let proxy = Proxy::http("me:hunter2").await;
        let error = read(client(&emulator).proxy(proxy.url("http", "me:wr0ng@")))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Connection, "{error}");
        assert_eq!(error.details().delivery, Delivery::NotSent);
        assert_eq!(error.details().operation.as_deref(), Some("oauth2.token"));
        assert!(error.to_string().contains("proxy authorization required"));
        let hint = error.details().hint.clone().unwrap_or_default();
        assert!(hint.contains("the URL of the `proxy`"), "{error}");
        assert!(!format!("{error} {error:?}").contains("wr0ng"));
        assert!(emulator.requests().is_empty(), "nothing went around it");
    }
}

#[tokio::test]
async fn names_and_connections_are_left_to_a_socks_proxy() {
    let emulator = tenant(true);
    let proxy = Proxy::socks5("me", "hunter2").await;
    assert!(
        read(client(&emulator).proxy(proxy.url("socks5h", "me:hunter2@")))
            .await
            .is_ok()
    );
    assert!(!proxy.targets().is_empty());
}

#[tokio::test]
async fn hosts_that_are_excepted_are_reached_without_the_proxy() {
    let emulator = tenant(false);
    let nobody = "http://127.0.0.1:1";
    assert!(read(client(&emulator).proxy(nobody)).await.is_err());
    let excepted = client(&emulator).proxy(nobody).no_proxy("127.0.0.0/8");
    assert!(read(excepted).await.is_ok());
}

#[tokio::test]
async fn a_certificate_that_nobody_named_is_refused_at_sign_in_and_says_what_to_do() {
    let emulator = tenant(true);
    let tenant = emulator.description();
    let auth = ClientCredentials::new(&tenant.app_id, &tenant.client_id, &tenant.client_secret);
    let stranger = Client::builder(&tenant.url)
        .auth(auth.unwrap())
        .max_retries(0);
    let error = read(stranger).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connection);
    assert_eq!(error.details().operation.as_deref(), Some("oauth2.token"));
    assert!(
        error
            .details()
            .hint
            .as_deref()
            .is_some_and(|hint| hint.contains("ca_file")),
        "{error}"
    );
}

#[tokio::test]
async fn silence_ends_in_a_time_out_that_says_so() {
    let emulator = tenant(false);
    let hang = r#"{"match": {"path": "GetUserByName"}, "action": "hang"}"#;
    emulator.add_faults(FaultScript::from_json(hang).unwrap());
    let error = read(client(&emulator).read_timeout(Duration::from_millis(100)))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(
        error.to_string().contains("nothing came for 0.1 s"),
        "{error}"
    );
}

#[tokio::test]
async fn compressed_answers_are_read() {
    let emulator = tenant(false);
    let gzip = r#"{"match": {"path": "GetUserByName"}, "action": "gzip"}"#;
    emulator.add_faults(FaultScript::from_json(gzip).unwrap());
    let name = read(client(&emulator)).await.unwrap();
    assert_eq!(name.as_deref(), Some("admin@acme.example"));
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_refused() {
    let emulator = tenant(false);
    let client = client(&emulator).max_response_size(500).build().unwrap();
    let error = client.users().list().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnexpectedResponse);
    assert!(
        error.to_string().contains("larger than 500 bytes"),
        "{error}"
    );
}

#[test]
fn headers_that_cannot_be_sent_are_refused_when_the_client_is_made() {
    for (name, value, words) in [
        ("Authorization", "Bearer hunter2", "is set by the client"),
        ("x team", "1", "is not the name of a header"),
        (
            "x-team",
            "a\nhunter2",
            "has characters that a header cannot carry",
        ),
    ] {
        let builder = Client::builder("https://abc1234.id.cyberark.cloud")
            .auth(StaticToken::new("t0ken").unwrap());
        let error = builder.header(name, value).build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        let message = error.to_string();
        assert!(message.contains(&format!("`{name}` {words}")), "{message}");
        assert!(!message.contains("hunter2"), "{message}");
    }
}
