//! The program is killed in the middle of 10,000 writes, again and again; what it had answered is there afterwards.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic)] // tests

mod common;

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use common::Connection;
use common::program::Program;
use serde_json::{Value, json};

const WRITES: usize = 10_000;
const WRITERS: usize = 32;
/// After so many answers the process is killed.
const KILLED_AT: [usize; 3] = [1_700, 4_200, 7_100];

/// The display name of an account; nothing when there is no account.
type Shown = Option<&'static str>;

/// What a writer was told. Of the last write, which nobody answered, either outcome is right.
#[derive(Default)]
struct Told {
    accounts: HashMap<String, Shown>,
    unanswered: Option<(String, Shown)>,
}

/// Makes, changes and removes accounts until the program is gone or all writes are done.
fn write_on(
    program: (&str, &str),
    writer: usize,
    done: &AtomicUsize,
    told: &mut Told,
    tick: &mpsc::Sender<()>,
) {
    let (address, token) = program;
    let mut connection = Connection::open(address);
    let authorization = format!("Bearer {token}");
    let mut call = |method: &str, path: &str, body: Value| {
        let headers = [("Authorization", authorization.as_str())];
        let reply = connection.request(method, path, &headers, body.to_string().as_bytes())?;
        assert!(reply.status < 300, "{}", reply.text());
        done.fetch_add(1, Ordering::Relaxed);
        // The receiver leaves when it has killed the program.
        let _ = tick.send(());
        Ok::<_, std::io::Error>(reply)
    };
    let mut number = told.accounts.len();
    while done.load(Ordering::Relaxed) < WRITES {
        number += 1;
        let name = format!("w{writer}.n{number}@acme.example");
        told.unanswered = Some((name.clone(), Some("made")));
        let Ok(made) = call(
            "POST",
            "/scim/Users",
            json!({"userName": name, "displayName": "made"}),
        ) else {
            return;
        };
        told.accounts.insert(name.clone(), Some("made"));
        told.unanswered = Some((name.clone(), Some("changed")));
        let path = format!("/scim/Users/{}", made.json()["id"].as_str().unwrap());
        let patch = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{"op": "replace", "path": "displayName", "value": "changed"}],
        });
        if call("PATCH", &path, patch).is_err() {
            return;
        }
        told.accounts.insert(name.clone(), Some("changed"));
        if number.is_multiple_of(4) {
            told.unanswered = Some((name.clone(), None));
            if call("DELETE", &path, Value::Null).is_err() {
                return;
            }
            told.accounts.insert(name.clone(), None);
        }
        told.unanswered = None;
    }
}

/// Compares what is there with what was told.
fn check(program: &Program, writers: &mut [Told]) {
    let mut connection = Connection::open(&program.address);
    let authorization = format!("Bearer {}", program.token);
    let mut found = HashMap::new();
    loop {
        let path = format!("/scim/Users?startIndex={}&count=1000", found.len() + 1);
        let reply = connection.request("GET", &path, &[("Authorization", &authorization)], b"");
        let page = reply.unwrap().json();
        let users = page["Resources"].as_array().unwrap();
        if users.is_empty() {
            break;
        }
        for user in users {
            let name = user["userName"].as_str().unwrap().to_owned();
            found.insert(name, user["displayName"].as_str().unwrap().to_owned());
        }
    }
    for told in writers {
        if let Some((name, shown)) = told.unanswered.take()
            && found.get(&name).map(String::as_str) == shown
        {
            told.accounts.insert(name, shown);
        }
        for (name, shown) in &told.accounts {
            assert_eq!(found.get(name).map(String::as_str), *shown, "{name}");
        }
    }
}

#[test]
fn what_was_answered_survives_sigkill() {
    let folder = std::env::temp_dir().join(format!("emulator-kill-{}", std::process::id()));
    std::fs::create_dir(&folder).unwrap();
    let file = folder.join("tenant.state");
    let done = AtomicUsize::new(0);
    let mut writers: Vec<Told> = (0..WRITERS).map(|_| Told::default()).collect();
    for stop_at in KILLED_AT.into_iter().map(Some).chain([None]) {
        let program = Program::start(&file);
        check(&program, &mut writers);
        let (address, token) = (program.address.clone(), program.token.clone());
        let (tick, ticks) = mpsc::channel();
        std::thread::scope(|scope| {
            for (number, told) in writers.iter_mut().enumerate() {
                let (done, tick) = (&done, tick.clone());
                let program = (address.as_str(), token.as_str());
                scope.spawn(move || write_on(program, number, done, told, &tick));
            }
            drop(tick);
            match stop_at {
                Some(count) => {
                    while done.load(Ordering::Relaxed) < count && ticks.recv().is_ok() {}
                    assert!(done.load(Ordering::Relaxed) < WRITES);
                    program.kill();
                }
                None => {
                    while ticks.recv().is_ok() {}
                    program.kill();
                }
            }
        });
    }
    assert!(done.load(Ordering::Relaxed) >= WRITES);
    check(&Program::start(&file), &mut writers);
    std::fs::remove_dir_all(&folder).unwrap();
}
