//! Tokens between processes.
// Clippy tells tests by their attribute, and so does not know their helpers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{self, Command, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use cyberark_identity::{
    CallOptions, Client, ClientCredentials, ErrorKind, SharedSource, TokenCache, UserLogin,
};
use cyberark_identity_emulator::{Emulator, FaultScript, Options};
use serde_json::{Value, json};

/// A tenant, and a folder that goes away with it.
struct Stage {
    emulator: Emulator,
    folder: PathBuf,
}

impl Stage {
    fn set() -> Self {
        static FOLDERS: AtomicUsize = AtomicUsize::new(0);
        let number = FOLDERS.fetch_add(1, Ordering::Relaxed);
        let name = format!("cyberark-identity-tests-{}-{number}", process::id());
        Self {
            emulator: Emulator::start(Options::default()).unwrap(),
            folder: env::temp_dir().join(name),
        }
    }

    fn path(&self) -> PathBuf {
        self.folder.join("tokens.json")
    }

    fn credentials(&self) -> ClientCredentials {
        let tenant = self.emulator.description();
        ClientCredentials::new(&tenant.app_id, &tenant.client_id, &tenant.client_secret).unwrap()
    }

    /// A client that knows nothing of other clients but what is in the cache.
    fn client(&self, source: impl Into<SharedSource>) -> Client {
        let builder = Client::builder(&self.emulator.description().url).auth(source);
        let cache = TokenCache::file(self.path());
        builder.token_cache(cache).build().unwrap()
    }

    fn seen(&self, part: &str) -> usize {
        let requests = self.emulator.requests();
        requests.iter().filter(|it| it.path.contains(part)).count()
    }

    fn kept(&self) -> Value {
        let content = fs::read(self.path()).unwrap();
        serde_json::from_slice::<Value>(&content).unwrap()["entries"].take()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

#[test]
fn processes_fetch_one_token_for_all() {
    let stage = Stage::set();
    let tenant = stage.emulator.description();
    let whoami = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_whoami"));
        command.arg(&tenant.url).arg(stage.path());
        command.args([&tenant.app_id, &tenant.client_id, &tenant.client_secret]);
        command.stdout(Stdio::piped()).spawn().unwrap()
    };
    let ten_ask = || {
        let processes: Vec<_> = (0..10).map(|_| whoami()).collect();
        for process in processes {
            let said = process.wait_with_output().unwrap();
            assert_eq!(said.stdout, format!("{}\n", tenant.client_id).as_bytes());
        }
    };
    ten_ask();
    assert_eq!(stage.seen("/oauth2/token/"), 1);
    stage.emulator.expire_tokens();
    ten_ask();
    assert_eq!(stage.seen("/oauth2/token/"), 2);
}

#[tokio::test]
async fn whoever_waits_and_is_cancelled_does_not_take_the_turn() {
    let stage = Stage::set();
    let hang = r#"{"match": {"path": "/oauth2/token/", "times": 1}, "action": "hang"}"#;
    let hang = FaultScript::from_json(hang).unwrap();
    stage.emulator.add_faults(hang);
    let (holds, waits, next) = (
        stage.client(stage.credentials()),
        stage.client(stage.credentials()),
        stage.client(stage.credentials()),
    );
    let holds = tokio::spawn(async move { holds.security().whoami().await });
    while stage.seen("/oauth2/token/") == 0 {
        tokio::task::yield_now().await;
    }
    let short = CallOptions::new().timeout(Duration::from_millis(200));
    let waited = waits.call("security.whoami", json!({}), &short).await;
    assert_eq!(waited.unwrap_err().kind(), ErrorKind::Timeout);
    assert_eq!(stage.seen("/oauth2/token/"), 1, "nobody else fetched");
    holds.abort();
    next.security().whoami().await.unwrap();
    assert_eq!(stage.seen("/oauth2/token/"), 2);
}

#[tokio::test]
async fn a_token_that_was_refused_is_not_taken_again() {
    let stage = Stage::set();
    let (first, second) = (
        stage.client(stage.credentials()),
        stage.client(stage.credentials()),
    );
    first.security().whoami().await.unwrap();
    stage.emulator.expire_tokens();
    second.security().whoami().await.unwrap();
    assert_eq!(
        (stage.seen("/oauth2/token/"), stage.seen("WhoAmI")),
        (2, 3),
        "the one that was kept was tried once"
    );
    // The first one finds what the second has fetched.
    first.security().whoami().await.unwrap();
    assert_eq!((stage.seen("/oauth2/token/"), stage.seen("WhoAmI")), (2, 5));
}

#[tokio::test]
async fn what_renews_a_token_goes_to_the_next_process() {
    let stage = Stage::set();
    let administrator = stage.client(stage.credentials());
    let ana = json!({ "Name": "ana@acme.example", "Mail": "ana@mail.example",
        "MobileNumber": "+34 600 000 01", "Password": "Made-Up-Pass-1", "SendEmailInvite": false });
    let options = CallOptions::new();
    let made = administrator.call("users.create", ana, &options).await;
    made.unwrap();
    let ana = || UserLogin::new("ana@acme.example").unwrap();
    let client = stage.client(ana().password("Made-Up-Pass-1"));
    client.security().whoami().await.unwrap();
    stage.emulator.advance_clock(Duration::from_secs(18000));
    let client = stage.client(ana().password("Made-Up-Pass-1"));
    client.security().whoami().await.unwrap();
    assert_eq!(stage.seen("StartAuthentication"), 1);
    assert_eq!(stage.seen("RefreshPlatformToken"), 1);
    assert_eq!(stage.kept().as_array().unwrap().len(), 2, "one for each");
    // Without the password it is another source: nobody proves by it who they are.
    let error = stage.client(ana()).security().whoami().await.unwrap_err();
    assert_eq!(error.details().code.as_deref(), Some("mfa_required"));
}

#[tokio::test]
async fn clients_that_share_a_source_and_a_cache_share_the_token_in_memory() {
    let stage = Stage::set();
    let source = SharedSource::new(stage.credentials());
    stage
        .client(source.clone())
        .security()
        .whoami()
        .await
        .unwrap();
    fs::remove_dir_all(&stage.folder).unwrap();
    stage.client(source).security().whoami().await.unwrap();
    assert_eq!(stage.seen("/oauth2/token/"), 1);
}

#[tokio::test]
async fn a_place_that_cannot_be_used_is_told_before_anything_is_sent() {
    let stage = Stage::set();
    let no_folder = stage.folder.join("file");
    fs::create_dir_all(&stage.folder).unwrap();
    fs::write(&no_folder, "").unwrap();
    for path in [Path::new(""), &no_folder.join("tokens.json")] {
        let client = Client::builder(&stage.emulator.description().url)
            .auth(stage.credentials())
            .token_cache(TokenCache::file(path))
            .build();
        let error = client.unwrap().security().whoami().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{path:?}: {error}");
    }
    assert_eq!(stage.seen("/"), 0);
}

#[test]
fn nothing_of_it_prints_a_secret() {
    let stage = Stage::set();
    let secret = &stage.emulator.description().client_secret;
    let cache = TokenCache::file("tokens.json");
    let identity = cyberark_identity::TokenSource::identity(&stage.credentials());
    for shown in [format!("{cache:?}"), format!("{identity:?}")] {
        assert!(!shown.contains(secret.as_str()), "{shown}");
    }
    assert!(format!("{identity:?}").contains("client_credentials"));
}
