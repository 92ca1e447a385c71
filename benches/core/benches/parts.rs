//! The parts of a call that need no network, each by itself: `cargo bench -p cyberark-identity-core-loop`.
#![allow(clippy::unwrap_used)] // a bench that cannot run has to stop

use bytes::Bytes;
use cyberark_identity::{
    CallOptions, Client, Filter, Operator, Prepared, Spelling, StaticToken, find,
    transport::{BoxFuture, Failure, Incoming, Outgoing, Transport},
};
use http::{HeaderMap, StatusCode};
use serde_json::json;
use tokio::runtime::{Builder, Runtime};

fn main() {
    divan::main();
}

/// Answers everything with the same body.
#[derive(Debug)]
struct Always(Bytes);

impl Transport for Always {
    fn round_trip(&self, _request: Outgoing) -> BoxFuture<'_, Result<Incoming, Failure>> {
        let answer = Incoming {
            status: StatusCode::OK,
            headers: HeaderMap::new(),
            body: self.0.clone(),
        };
        Box::pin(async { Ok(answer) })
    }
}

fn user(number: usize) -> serde_json::Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "id": format!("dacddcfa-6390-5b41-8bb0-{number:012}"),
        "userName": format!("ana.{number}@acme.example"),
        "name": { "formatted": "Ana Suárez", "familyName": "Suárez", "givenName": "Ana" },
        "active": true,
        "emails": [{ "value": "ana@acme.example", "type": "work", "primary": true }],
        "meta": { "resourceType": "User", "created": "2026-11-27T17:43:19.2137842Z" },
    })
}

fn prepared(operation: &str, arguments: serde_json::Value) -> Prepared {
    let entry = find(operation).unwrap();
    entry.prepare(arguments, Spelling::Wire).unwrap()
}

/// A call from its prepared request to the typed result, with everything but a network.
struct Path {
    runtime: Runtime,
    client: Client,
    prepared: Prepared,
}

impl Path {
    fn new(prepared: Prepared, answer: &serde_json::Value) -> Self {
        let client = Client::builder("http://127.0.0.1:1")
            .auth(StaticToken::new("token").unwrap())
            .transport(Always(answer.to_string().into()));
        let runtime = Builder::new_current_thread().enable_all().build();
        Self {
            runtime: runtime.unwrap(),
            client: client.build().unwrap(),
            prepared,
        }
    }

    fn run(&self) -> cyberark_identity::Payload {
        let options = CallOptions::default();
        let call = self.client.dispatch(&self.prepared, &options);
        self.runtime.block_on(call).unwrap()
    }
}

#[divan::bench]
fn prepare_a_get() -> Prepared {
    prepared("scim.users.get", json!({ "id": "dacddcfa-6390-5b41-8bb0" }))
}

#[divan::bench]
fn prepare_a_platform_call() -> Prepared {
    prepared("users.get", json!({ "ID": "dacddcfa-6390-5b41-8bb0" }))
}

#[divan::bench]
fn write_a_filter() -> String {
    let filter = Filter::new("userName", Operator::StartsWith, "ana \"the boss\"");
    divan::black_box(filter).to_string()
}

#[divan::bench]
fn check_a_filter() -> String {
    divan::black_box(Filter::from("userName sw \"ana\"")).to_string()
}

#[divan::bench]
fn dispatch_and_recognise_scim(bencher: divan::Bencher<'_, '_>) {
    let get = prepared("scim.users.get", json!({ "id": "1" }));
    let path = Path::new(get, &user(1));
    bencher.bench_local(|| path.run());
}

#[divan::bench]
fn dispatch_and_recognise_an_envelope(bencher: divan::Bencher<'_, '_>) {
    let get = prepared("users.get", json!({ "ID": "1" }));
    let answer = json!({ "success": true, "Result": { "Uuid": "1", "Name": "ana@acme.example" } });
    let path = Path::new(get, &answer);
    bencher.bench_local(|| path.run());
}

#[divan::bench]
fn read_a_page_of_1000(bencher: divan::Bencher<'_, '_>) {
    let users: Vec<_> = (0..1000).map(user).collect();
    let page = json!({ "totalResults": 1000, "startIndex": 1, "Resources": users });
    let query = prepared("scim.users.query", json!({ "count": 1000 }));
    let payload = Path::new(query, &page).run();
    let entry = find("scim.users.query").unwrap();
    bencher.bench_local(|| entry.decode(&payload).unwrap());
}
