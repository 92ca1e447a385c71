//! What fuzzers give arbitrary bytes to, and what has to hold whatever they are. Each ends by a panic when it does not.
//!
//! `tests/fuzz` runs these for as long as somebody likes; `tests/rust/tests/fuzz.rs` runs what was found worth keeping.

use std::{sync::OnceLock, time::Duration};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::Request,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use cyberark_identity::{
    CallOptions, Client, Error, ErrorKind, Prepared, Spelling, StaticToken, Tape, Timestamp,
    boolean_from_text, find, integer_from_text,
    ops::users::{GetUser, ResetPassword},
    transport::TenantUrl,
};
use cyberark_identity_emulator::{Options, in_memory};
use http::uri::{PathAndQuery, Scheme};
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt;
use url::Url;

use crate::replay::{Answer, Replay};

/// Something that bytes are given to.
pub type Target = fn(&[u8]);

/// All of them, by the name of their folder in the corpus.
pub const TARGETS: [(&str, Target); 10] = [
    ("answers", answers),
    ("arguments", arguments),
    ("filters", filters),
    ("tenant_urls", tenant_urls),
    ("values", values),
    ("redrock", redrock),
    ("csv", csv),
    ("requests", requests),
    ("tapes", tapes),
    ("recordings", recordings),
];

/// Runs the target of that name, as the programs of `tests/fuzz` do.
///
/// # Panics
/// When something does not hold.
#[allow(clippy::panic)]
pub fn run(name: &str, bytes: &[u8]) {
    match TARGETS.iter().find(|(this, _)| *this == name) {
        Some((_, target)) => target(bytes),
        None => panic!("there is no target {name}"),
    }
}

/// The first line names operation, status and media type; what follows is the body of an answer. It ends in a result or in
/// an error about the answer.
///
/// # Panics
/// When it is taken for a mistake of the caller.
pub fn answers(bytes: &[u8]) {
    let Some((head, body)) = split(bytes) else {
        return;
    };
    let mut words = head.split(' ');
    let Some(entry) = words.next().and_then(find) else {
        return;
    };
    let status = words.next().and_then(|word| word.parse().ok());
    let answer = Answer {
        status: status.unwrap_or(200),
        headers: Vec::new(),
        body: body.to_vec(),
    }
    .header("content-type", words.next().unwrap_or("application/json"));
    let Some(arguments) = some_arguments(entry.meta.name) else {
        return;
    };
    let prepared = entry.prepare(arguments, Spelling::Wire);
    let Ok(prepared) = prepared else {
        return;
    };
    let outcome = runtime().block_on(async {
        let client = client(&Replay::of([answer]))?;
        entry.decode(&client.dispatch(&prepared, &CallOptions::new()).await?)
    });
    if let Err(error) = outcome {
        let blamed = [
            ErrorKind::InvalidArgument,
            ErrorKind::Configuration,
            ErrorKind::Closed,
        ];
        assert!(!blamed.contains(&error.kind()), "{error:?}");
    }
}

/// The first line names an operation, and its arguments follow as JSON. They are refused, or the request stays where it
/// belongs.
///
/// # Panics
/// When the request leaves its place.
pub fn arguments(bytes: &[u8]) {
    let Some((head, body)) = split(bytes) else {
        return;
    };
    let (Some(entry), Ok(arguments)) = (find(head), serde_json::from_slice::<Value>(body)) else {
        return;
    };
    match entry.prepare(arguments, Spelling::Snake) {
        Ok(prepared) => stays_in_place(entry.meta.path, &prepared),
        Err(error) => assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{error:?}"),
    }
}

/// A filter is refused, or what is sent of it is a filter that is sent in the same way.
///
/// # Panics
/// When it is not.
pub fn filters(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    if let Some(sent) = filter_sent(text) {
        assert_eq!(filter_sent(&sent), Some(sent), "of {text:?}");
    }
}

/// The address of a tenant is refused, or leads to one host, by TLS or on this machine.
///
/// # Panics
/// When it leads elsewhere.
pub fn tenant_urls(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let Ok(tenant) = TenantUrl::parse(text, None, &[]) else {
        return;
    };
    let url = tenant.join(&PathAndQuery::from_static("/scim/Users?count=1"));
    let by_tls = url.scheme() == Some(&Scheme::HTTPS);
    assert!(by_tls || tenant.is_loopback(), "{text:?}");
    assert!(
        url.authority()
            .is_some_and(|host| !host.as_str().contains('@')),
        "{text:?}"
    );
    assert_eq!((url.path(), url.query()), ("/scim/Users", Some("count=1")));
    let again = TenantUrl::parse(tenant.as_str(), None, &[]);
    assert!(
        again.is_ok_and(|again| again.as_str() == tenant.as_str()),
        "{text:?}"
    );
}

/// Texts of the wire that stand for something else: what is read of one is read again of how it is written.
///
/// # Panics
/// When it is not.
pub fn values(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    if let Some(value) = boolean_from_text(text) {
        assert_eq!(boolean_from_text(&value.to_string()), Some(value));
    }
    if let Some(value) = integer_from_text(text) {
        assert_eq!(integer_from_text(&value.to_string()), Some(value));
    }
    if let Some(Some(value)) = Timestamp::parse(text) {
        let written = value.to_string();
        assert_eq!(Timestamp::parse(&written), Some(Some(value)), "{written}");
        assert!(value.milliseconds() / 1000 == value.microseconds() / 1_000_000);
    }
}

/// A script for `Redrock/Query` of the emulator: an answer comes.
pub fn redrock(bytes: &[u8]) {
    let script = String::from_utf8_lossy(bytes);
    let body = json!({ "Script": script, "Args": { "PageSize": 3 } }).to_string();
    ask("POST", "/Redrock/query", "application/json", body.into());
}

/// A file for the bulk import of the emulator: an answer comes.
pub fn csv(bytes: &[u8]) {
    let head = "--x\r\nContent-Disposition: form-data; name=\"FileName\"\r\n\r\npeople.csv\r\n--x\r\n\
                Content-Disposition: form-data; name=\"Icon\"; filename=\"people.csv\"\r\nContent-Type: text/csv\r\n\r\n";
    let body = [head.as_bytes(), bytes, b"\r\n--x--\r\n"].concat();
    let path = "/CDirectoryService/GetUsersFromCsvFile?importType=ImportBulkUser";
    ask("POST", path, "multipart/form-data; boundary=x", body);
}

/// The first line names method, target and media type of a request to the emulator, whose body follows: an answer comes.
pub fn requests(bytes: &[u8]) {
    let Some((head, body)) = split(bytes) else {
        return;
    };
    let mut words = head.split(' ');
    let method = words.next().unwrap_or_default();
    let target = words.next().unwrap_or_default();
    let kind = words.next().unwrap_or("application/json");
    // These wait for what does not come.
    if !target.contains("_emulator") {
        ask(method, target, kind, body.to_vec());
    }
}

/// A tape is refused with its name, or is played: what is on it is answered, and what is not is told.
///
/// # Panics
/// When a request that is not on the tape is blamed on something else.
pub fn tapes(bytes: &[u8]) {
    let tape = match Tape::parse("fuzzed.tape", bytes) {
        Ok(tape) => tape,
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::Configuration, "{error:?}");
            assert!(error.to_string().contains("fuzzed.tape"), "{error}");
            return;
        }
    };
    let options = CallOptions::new().timeout(Duration::from_millis(1));
    let outcome = tape.replay().build().map(|client| {
        runtime().block_on(async {
            // Longer than the tape: the last of these is not on it.
            for _ in 0..=tape.len() {
                let user = GetUser::from("u-1");
                if let Err(error) = client.send(&user, &options).await {
                    return Some(error);
                }
            }
            None
        })
    });
    match outcome {
        // An address that is none.
        Err(error) => assert_eq!(error.kind(), ErrorKind::Configuration, "{error:?}"),
        Ok(outcome) => assert!(outcome.is_some(), "there is no end of it"),
    }
}

/// What has been sent as a password, and stands for every `@` in the bytes, which are the body of an answer, is not on the
/// tape; and what is on it is played.
///
/// # Panics
/// When it is, or is not.
pub fn recordings(bytes: &[u8]) {
    const SECRET: &str = "Made-up-7";
    let body: Vec<&[u8]> = bytes.split(|byte| *byte == b'@').collect();
    let answer = Answer::json(200, body.join(SECRET.as_bytes()));
    let path = std::env::temp_dir().join(format!(
        "{}-{:?}.tape",
        std::process::id(),
        std::thread::current().id()
    ));
    let _ = std::fs::remove_file(&path);
    let reset = ResetPassword::new("u-1", SECRET);
    let call = |client: Result<Client, Error>| {
        runtime().block_on(async { client?.send_raw(&reset, &CallOptions::new()).await })
    };
    let auth = StaticToken::new("made-up-token");
    let recorded = auth.and_then(|auth| {
        let builder = Client::builder("abc1234.id.cyberark.cloud")
            .auth(auth)
            .max_retries(0);
        call(
            builder
                .transport(Replay::of([answer]))
                .record(&path)
                .build(),
        )
    });
    let tape = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(!tape.contains(SECRET), "{tape}");
    for word in tape
        .split("\"base64\":\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
    {
        let bytes = BASE64_STANDARD.decode(word).unwrap_or_default();
        assert!(!String::from_utf8_lossy(&bytes).contains(SECRET), "{tape}");
    }
    let played = call(Client::replay(&path).max_retries(0).build());
    let _ = std::fs::remove_file(&path);
    assert_eq!(
        recorded.is_ok(),
        played.is_ok(),
        "{recorded:?} became {played:?}"
    );
    if let (Err(recorded), Err(played)) = (recorded, played) {
        assert_eq!(recorded.kind(), played.kind(), "{played}");
    }
}

fn ask(method: &str, target: &str, kind: &str, body: Vec<u8>) {
    static TENANT: OnceLock<(Router, String)> = OnceLock::new();
    let (router, token) = TENANT.get_or_init(|| {
        let options = Options {
            seed_users: 5,
            ..Options::default()
        };
        let (router, description) = in_memory(options);
        (router, format!("Bearer {}", description.token))
    });
    let request = Request::builder()
        .method(method)
        .uri(target)
        .header("content-type", kind)
        .header("authorization", token);
    let Ok(request) = request.body(Body::from(body)) else {
        return;
    };
    runtime().block_on(async {
        let Ok(answer) = router.clone().oneshot(request).await;
        // A body that cannot be read would be told by the connection, of which there is none.
        let _ = to_bytes(answer.into_body(), usize::MAX).await;
    });
}

/// What is sent of a filter; none when it is refused.
fn filter_sent(text: &str) -> Option<String> {
    let entry = find("scim.users.query")?;
    let prepared = entry
        .prepare(json!({ "filter": text }), Spelling::Wire)
        .ok()?;
    stays_in_place(entry.meta.path, &prepared);
    let mut pairs =
        url::form_urlencoded::parse(prepared.target.query().unwrap_or_default().as_bytes());
    let filter = pairs.find(|(name, _)| name == "filter")?;
    Some(filter.1.into_owned())
}

/// A place in the template takes one segment of the path, and nothing else does.
fn stays_in_place(template: &str, prepared: &Prepared) {
    let Ok(tenant) = TenantUrl::parse("abc1234.id.cyberark.cloud", None, &[]) else {
        return;
    };
    let url = tenant.join(&prepared.target).to_string();
    let url = Url::parse(&url).unwrap_or_else(|error| panic!("{url}: {error}"));
    assert_eq!(url.host_str(), Some("abc1234.id.cyberark.cloud"));
    assert_eq!(url.path(), prepared.target.path(), "nothing is resolved");
    let segments = |path: &str| path.split('/').count();
    assert_eq!(segments(url.path()), segments(template), "{}", url.path());
    assert_eq!(url.fragment(), None);
}

/// Arguments that the operation takes, from its fixtures.
fn some_arguments(operation: &str) -> Option<Value> {
    static FIXTURES: OnceLock<Vec<(String, Value)>> = OnceLock::new();
    let fixtures = FIXTURES.get_or_init(|| {
        let fixtures = crate::fixture::all();
        let all = fixtures.into_iter();
        all.map(|fixture| (fixture.operation, fixture.arguments))
            .collect()
    });
    let mut all = fixtures.iter();
    all.find(|(this, _)| this == operation)
        .map(|(_, arguments)| arguments.clone())
}

fn client(replay: &Replay) -> Result<Client, Error> {
    Client::builder("abc1234.id.cyberark.cloud")
        .auth(StaticToken::new("made-up")?)
        .max_retries(0)
        .transport(replay.clone())
        .build()
}

#[allow(clippy::expect_used)]
fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        let builder = &mut Builder::new_current_thread();
        builder.enable_time().build().expect("a runtime")
    })
}

/// The first line, and what follows.
fn split(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    let head = std::str::from_utf8(&bytes[..end]).ok()?;
    Some((head, &bytes[end + 1..]))
}

/// The answers of all fixtures, as [`answers`] takes them.
#[must_use]
pub fn recorded_answers() -> Vec<Vec<u8>> {
    let fixtures = crate::fixture::all();
    fixtures
        .iter()
        .map(|fixture| {
            let response = &fixture.response;
            let kind = response.content_type.replace(' ', "");
            let head = format!("{} {} {kind}\n", fixture.operation, response.status);
            [head.into_bytes(), response.bytes()].concat()
        })
        .collect()
}
