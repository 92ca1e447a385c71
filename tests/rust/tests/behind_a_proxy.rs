//! Requests through a proxy are carried by another HTTP client than those that go straight. Nobody notices.
// Clippy tells tests by their attribute, and so does not know their helpers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::time::Duration;

use cyberark_identity::{
    CallOptions, Client, ClientBuilder, Delivery, Error, ErrorKind, StaticToken,
    ops::users::GetUser,
};
use cyberark_identity_tests::{
    authority::{Authority, Speaks},
    odd_server::{Act, OddServer, USER, gzip, whole},
    proxy::Proxy,
};
use h2::Reason;
use tokio::net::TcpListener;

const SHORT: Duration = Duration::from_millis(100);

fn client(url: &str) -> ClientBuilder {
    let token = StaticToken::new("made-up").unwrap();
    Client::builder(url)
        .auth(token)
        .max_retries(0)
        .max_response_size(1_000)
}

async fn read(client: ClientBuilder, options: CallOptions) -> Result<(), Error> {
    let user = client.build()?.send(&GetUser::from("1"), &options).await?;
    assert_eq!(user.name.as_deref(), Some("ana@acme.example"));
    Ok(())
}

/// What matters to whoever made the call.
fn told(outcome: Result<(), Error>) -> Option<(ErrorKind, Delivery, String, Option<String>)> {
    let error = outcome.err()?;
    let details = error.details();
    let hint = details.hint.as_deref().map(str::to_owned);
    Some((details.kind, details.delivery, error.to_string(), hint))
}

fn head(header: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\n{header}\r\n\r\n").into_bytes()
}

#[tokio::test]
async fn answers_and_failures_are_told_alike() {
    let packed = gzip(USER.as_bytes());
    let packing = "content-encoding: gzip\r\n";
    for (name, answer, fails) in [
        ("plain", whole("", USER.as_bytes()), false),
        ("packed", whole(packing, &packed), false),
        ("packed badly", whole(packing, &packed[..20]), true),
        ("not packed", whole(packing, USER.as_bytes()), true),
        ("too large", whole("", &[b' '; 2_000]), true),
        (
            "too large when unpacked",
            whole(packing, &gzip(&[b' '; 20_000])),
            true,
        ),
        ("cut off", head("content-length: 100"), true),
        (
            "cut off in a part",
            head("transfer-encoding: chunked"),
            true,
        ),
        ("no HTTP", b"SSH-2.0-x\r\n".to_vec(), true),
        ("nothing", Vec::new(), true),
    ] {
        let server = OddServer::plain(answer).await;
        let straight = read(client(&server.url), CallOptions::new()).await;
        let proxy = Proxy::of_any_name(&server.url.replace("http://", "")).await;
        let proxied = client(&server.url).proxy(proxy.url("http", ""));
        let proxied = read(proxied, CallOptions::new()).await;
        assert_eq!(straight.is_err(), fails, "{name}: {straight:?}");
        assert_eq!(told(straight), told(proxied), "{name}");
        assert_eq!(proxy.targets().len(), 1, "{name}");
    }
}

#[tokio::test]
async fn connections_have_their_time() {
    // Takes connections, and never says anything.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = format!("http://{}", silent.local_addr().unwrap());
    let waiting = || client("https://abc1234.id.cyberark.cloud").proxy(&proxy);
    let of_the_call = CallOptions::new().connect_timeout(SHORT);
    let of_the_client = waiting().connect_timeout(SHORT);
    for outcome in [
        read(waiting(), of_the_call).await,
        read(of_the_client, CallOptions::new()).await,
    ] {
        let (kind, delivery, message, _) = told(outcome).unwrap();
        assert_eq!((kind, delivery), (ErrorKind::Timeout, Delivery::NotSent));
        assert!(message.contains("no connection"), "{message}");
    }
}

#[tokio::test]
async fn silence_has_its_time() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = silent.local_addr().unwrap().to_string();
    let proxy = Proxy::of_any_name(&address).await;
    let proxied = client(&format!("http://{address}")).proxy(proxy.url("http", ""));
    let outcome = read(proxied, CallOptions::new().read_timeout(SHORT)).await;
    let (kind, delivery, message, _) = told(outcome).unwrap();
    assert_eq!((kind, delivery), (ErrorKind::Timeout, Delivery::Unknown));
    assert!(message.contains("nothing came for 0.1 s"), "{message}");
}

#[tokio::test]
async fn a_request_that_the_server_did_not_look_at_was_not_sent() {
    let authority = Authority::new();
    let speaks = Speaks {
        protocols: &[b"h2"],
        ..Speaks::default()
    };
    let refused = [Act::Reset(Reason::REFUSED_STREAM)];
    let server = OddServer::http2(authority.server(&speaks), refused).await;
    let proxy = Proxy::http("me:hunter2").await;
    let proxied = client(&server.url)
        .ca_file(authority.file())
        .proxy(proxy.url("http", "me:hunter2@"));
    let (kind, delivery, ..) = told(read(proxied, CallOptions::new()).await).unwrap();
    assert_eq!((kind, delivery), (ErrorKind::Connection, Delivery::NotSent));
}
