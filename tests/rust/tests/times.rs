//! Time-outs of single calls.
// Clippy tells tests by their attribute, and so does not know their helpers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::time::Duration;

use cyberark_identity::{
    CallOptions, Client, Delivery, Error, ErrorKind, StaticToken, ops::users::GetUser,
};
use cyberark_identity_emulator::{Emulator, FaultScript, Options};
use cyberark_identity_tests::odd_server::OddServer;
use tokio::{net::TcpListener, sync::mpsc};

const SHORT: Duration = Duration::from_millis(100);

async fn failure(url: &str, options: CallOptions) -> Error {
    let client = Client::builder(url)
        .auth(StaticToken::new("made-up").unwrap())
        .max_retries(0)
        .build()
        .unwrap();
    client
        .send(&GetUser::from("1"), &options)
        .await
        .unwrap_err()
}

#[tokio::test]
async fn a_call_may_have_less_time_for_its_connection() {
    // Takes connections, and never says anything in the handshake.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let error = failure(&url, CallOptions::new().connect_timeout(SHORT)).await;
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(error.details().delivery, Delivery::NotSent);
    assert!(
        error.to_string().contains("none was made within 0.1 s"),
        "{error}"
    );
}

#[tokio::test]
async fn so_may_all_calls_of_a_client() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let client = Client::builder(&url)
        .auth(StaticToken::new("made-up").unwrap())
        .connect_timeout(SHORT)
        .timeout(50 * SHORT)
        .max_retries(0)
        .build()
        .unwrap();
    let error = client.users().get("1").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(error.details().delivery, Delivery::NotSent);
    assert!(error.to_string().contains("no connection"), "{error}");
}

#[tokio::test]
async fn a_call_cannot_have_more_time_for_its_connection_than_the_client() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let long = CallOptions::new().connect_timeout(Duration::from_secs(11));
    let error = failure(&url, long).await;
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert_eq!(error.details().field.as_deref(), Some("connect_timeout"));
    assert!(error.to_string().contains("10 s"), "{error}");
}

#[tokio::test]
async fn a_call_may_bear_less_or_more_silence() {
    let emulator = Emulator::start(Options::default()).unwrap();
    let late = r#"{"match": {"path": "GetUser"}, "action": {"delay_ms": 500}}"#;
    emulator.add_faults(FaultScript::from_json(late).unwrap());
    let tenant = emulator.description();
    let error = failure(&tenant.url, CallOptions::new().read_timeout(SHORT)).await;
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(
        error.to_string().contains("nothing came for 0.1 s"),
        "{error}"
    );

    let impatient = Client::builder(&tenant.url)
        .auth(StaticToken::new(&tenant.token).unwrap())
        .read_timeout(SHORT)
        .max_retries(0)
        .build()
        .unwrap();
    let patience = CallOptions::new().read_timeout(Duration::from_secs(30));
    let found = impatient.send(&GetUser::from("1"), &patience).await;
    assert_eq!(found.unwrap_err().kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn a_body_that_drips_for_ever_ends_with_the_time_of_the_call_and_so_does_its_connection() {
    let (gone, mut freed) = mpsc::unbounded_channel();
    let server = OddServer::drip(gone).await;
    let error = failure(&server.url, CallOptions::new().timeout(20 * SHORT)).await;
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(error.details().delivery, Delivery::Unknown);
    freed.recv().await.unwrap();
    assert_eq!(server.seen().requests, 1);
}
