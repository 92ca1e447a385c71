//! HTTP/2, TLS and compression, as servers other than the emulator speak them.
// Clippy tells tests by their attribute, and so does not know their helpers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use cyberark_identity::{
    CallOptions, Client, ClientBuilder, ClientCredentials, Delivery, Error, ErrorKind, StaticToken,
    ops::users::GetUser,
};
use cyberark_identity_tests::{
    authority::{Authority, Speaks},
    odd_server::{Act, OddServer, Seen, USER, gzip, whole},
};
use h2::Reason;
use http::Method;

const HTTP2: Speaks<'static> = Speaks {
    protocols: &[b"h2", b"http/1.1"],
    versions: &[],
    clients: None,
    strangers: false,
};

fn client(server: &OddServer) -> ClientBuilder {
    let token = StaticToken::new("made-up").unwrap();
    Client::builder(&server.url).auth(token).max_retries(0)
}

async fn read(client: ClientBuilder) -> Result<(), Error> {
    let user = client.build()?.users().get("1").await?;
    assert_eq!(user.name.as_deref(), Some("ana@acme.example"));
    Ok(())
}

async fn write(client: ClientBuilder) -> Result<(), Error> {
    let options = CallOptions::new();
    let path = "/UserMgmt/SetUserState";
    let client = client.build()?;
    client
        .request(Method::POST, path, &[], None, &options)
        .await?;
    Ok(())
}

async fn http2(authority: &Authority, script: impl IntoIterator<Item = Act> + Send) -> OddServer {
    OddServer::http2(authority.server(&HTTP2), script).await
}

fn seen(connections: usize, requests: usize) -> Seen {
    Seen {
        connections,
        requests,
        ..Seen::default()
    }
}

#[tokio::test]
async fn calls_share_a_connection_where_http2_is_offered() {
    let authority = Authority::new();
    let server = http2(&authority, []).await;
    let client = client(&server).ca_file(authority.file()).build().unwrap();
    client.users().get("1").await.unwrap();
    let calls = (0..20).map(|_| async { client.users().get("1").await.unwrap() });
    futures_util::future::join_all(calls).await;
    assert_eq!(server.seen(), seen(1, 21));
}

#[tokio::test]
async fn a_connection_that_is_going_away_is_left_without_an_error() {
    let authority = Authority::new();
    let server = http2(&authority, [Act::AnswerAndGoAway]).await;
    let client = client(&server).ca_file(authority.file()).build().unwrap();
    for _ in 0..3 {
        client.users().get("1").await.unwrap();
    }
    assert_eq!(server.seen(), seen(2, 3));
}

#[tokio::test]
async fn a_stream_that_the_server_did_not_look_at_is_sent_again_be_it_a_write() {
    let authority = Authority::new();
    let server = http2(&authority, [Act::Reset(Reason::REFUSED_STREAM)]).await;
    let client = client(&server).ca_file(authority.file()).max_retries(2);
    let written = write(client).await;
    assert!(written.is_ok(), "{written:?}");
    assert_eq!(server.seen().requests, 2);
}

#[tokio::test]
async fn without_retries_it_is_told_that_nobody_looked_at_it() {
    let authority = Authority::new();
    let server = http2(&authority, [Act::Reset(Reason::REFUSED_STREAM)]).await;
    let client = client(&server).ca_file(authority.file()).max_retries(0);
    let error = write(client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connection, "{error}");
    assert_eq!(error.details().delivery, Delivery::NotSent);
    assert_eq!(server.seen().requests, 1);
}

#[tokio::test]
async fn a_stream_or_connection_that_ends_in_the_middle_is_an_ambiguous_error() {
    let authority = Authority::new();
    for end in [
        Act::Reset(Reason::INTERNAL_ERROR),
        Act::GoAway(Reason::INTERNAL_ERROR),
    ] {
        let server = http2(&authority, [end]).await;
        let trusting = |server| client(server).ca_file(authority.file()).max_retries(2);
        let error = write(trusting(&server)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Connection, "{error}");
        assert_eq!(error.details().delivery, Delivery::Unknown);
        assert_eq!(
            server.seen().requests,
            1,
            "a write is not repeated, a read is"
        );
        let server = http2(&authority, [end]).await;
        read(trusting(&server)).await.unwrap();
        assert_eq!(server.seen().requests, 2);
    }
}

#[tokio::test]
async fn a_call_that_is_given_up_ends_its_stream_and_leaves_the_connection_to_the_others() {
    let authority = Authority::new();
    let server = http2(&authority, [Act::Answer, Act::Hold, Act::Hold]).await;
    let client = client(&server).ca_file(authority.file()).build().unwrap();
    client.users().get("1").await.unwrap();
    let ask = || {
        let client = client.clone();
        tokio::spawn(async move { client.users().get("1").await })
    };
    let (given_up, other) = (ask(), ask());
    server.until(|seen| seen.requests == 3).await;
    given_up.abort();
    server.until(|seen| seen.resets > 0).await;
    client.users().get("1").await.unwrap();
    assert!(!other.is_finished(), "it is still held");
    server.release();
    other.await.unwrap().unwrap();
    let expected = Seen {
        resets: 1,
        ..seen(1, 4)
    };
    assert_eq!(server.seen(), expected);
}

#[tokio::test]
async fn so_does_one_whose_time_is_over() {
    let authority = Authority::new();
    let server = http2(&authority, [Act::Answer, Act::Hold]).await;
    let client = client(&server).ca_file(authority.file()).build().unwrap();
    client.users().get("1").await.unwrap();
    let options = CallOptions::new().timeout(std::time::Duration::from_secs(2));
    let error = client.send(&GetUser::from("1"), &options).await;
    assert_eq!(error.unwrap_err().kind(), ErrorKind::Timeout);
    server.until(|seen| seen.resets > 0).await;
    client.users().get("1").await.unwrap();
    let expected = Seen {
        resets: 1,
        ..seen(1, 3)
    };
    assert_eq!(server.seen(), expected);
}

#[tokio::test]
async fn a_server_that_asks_who_is_there_is_shown_the_certificate_of_the_client() {
    let [authority, stranger] = [Authority::new(), Authority::new()];
    let demanding = Speaks {
        clients: Some(&authority),
        ..Speaks::default()
    };
    let server = OddServer::tls(authority.server(&demanding)).await;
    let trusting = || client(&server).ca_file(authority.file());
    let (certificate, key) = authority.client();
    read(trusting().client_certificate(certificate, key))
        .await
        .unwrap();
    assert_eq!(server.seen().requests, 1);

    let error = read(trusting()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connection);
    let hint = error.details().hint.clone().unwrap_or_default();
    assert!(hint.contains("client_certificate"), "{error}");

    let (certificate, key) = stranger.client();
    let wrong = trusting().client_certificate(certificate, key);
    let error = read(wrong).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connection);
    let hint = error.details().hint.clone().unwrap_or_default();
    assert!(hint.contains("client_certificate"), "{error}");
    assert_eq!(server.seen().requests, 1, "nothing else was let in");
}

#[tokio::test]
async fn so_it_is_over_http2_where_its_refusal_may_be_lost() {
    let authority = Authority::new();
    let demanding = Speaks {
        clients: Some(&authority),
        ..HTTP2
    };
    let server = OddServer::http2(authority.server(&demanding), []).await;
    let trusting = || client(&server).ca_file(authority.file());
    let (certificate, key) = authority.client();
    read(trusting().client_certificate(certificate, key))
        .await
        .unwrap();
    let error = read(trusting()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connection);
    let hint = error.details().hint.clone().unwrap_or_default();
    assert!(hint.contains("client_certificate"), "{error}");
    assert_eq!(server.seen().requests, 1, "nobody else was let in");
}

/// Nothing that the server says helps then: the client has to remember that it was asked.
#[tokio::test]
async fn who_is_hung_up_on_without_a_word_is_told_of_the_certificate_that_was_asked_for() {
    let authority = Authority::new();
    let asking = Speaks {
        clients: Some(&authority),
        strangers: true,
        ..HTTP2
    };
    let server = OddServer::http2_of_known_clients(authority.server(&asking), []).await;
    let trusting = || client(&server).ca_file(authority.file());
    let error = write(trusting()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connection);
    let hint = error.details().hint.clone().unwrap_or_default();
    assert!(hint.contains("asks for a certificate"), "{error}");
    assert_eq!(server.seen().requests, 0);
    let (certificate, key) = authority.client();
    read(trusting().client_certificate(certificate, key))
        .await
        .unwrap();
}

#[tokio::test]
async fn the_certificate_of_the_client_is_shown_to_sign_in_too() {
    let authority = Authority::new();
    let demanding = Speaks {
        clients: Some(&authority),
        ..Speaks::default()
    };
    // It takes one request for each connection, so the token has one of its own.
    let server = OddServer::tls(authority.server(&demanding)).await;
    let auth = ClientCredentials::new("app", "svc@acme.example", "made-up").unwrap();
    let trusting = || client(&server).auth(auth.clone()).ca_file(authority.file());
    let (certificate, key) = authority.client();
    read(trusting().client_certificate(certificate, key))
        .await
        .unwrap();
    assert_eq!(server.seen(), seen(2, 2), "the token, and the user");

    let error = read(trusting()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connection);
    assert_eq!(error.details().operation.as_deref(), Some("oauth2.token"));
    let hint = error.details().hint.clone().unwrap_or_default();
    assert!(hint.contains("client_certificate"), "{error}");
    assert_eq!(server.seen(), seen(2, 2));
}

#[tokio::test]
async fn tls_1_2_will_do() {
    let authority = Authority::new();
    let old = Speaks {
        versions: &[&rustls::version::TLS12],
        ..Speaks::default()
    };
    let server = OddServer::tls(authority.server(&old)).await;
    read(client(&server).ca_file(authority.file()))
        .await
        .unwrap();
}

#[tokio::test]
async fn older_tls_is_refused_and_says_so() {
    let alert_protocol_version = vec![0x15, 3, 1, 0, 2, 2, 0x46];
    let head = [0x16, 3, 2, 0, 42, 2, 0, 0, 38, 3, 2];
    let cipher_and_no_compression = [0, 0xc0, 0x13, 0];
    let hello_of_tls_1_1 = [&head[..], &[7; 32], &cipher_and_no_compression].concat();
    for answer in [alert_protocol_version, hello_of_tls_1_1] {
        let server = OddServer::handshake(answer).await;
        let error = read(client(&server)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Connection);
        assert_eq!(error.details().delivery, Delivery::NotSent);
        let hint = error.details().hint.clone().unwrap_or_default();
        assert!(hint.contains("no TLS 1.2 or later"), "{error}");
    }
}

fn brotli(text: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &*text, &mut packed, &Default::default()).unwrap();
    packed
}

#[tokio::test]
async fn compressed_answers_are_read_and_broken_ones_are_no_answers() {
    for (encoding, packed) in [
        ("gzip", gzip(USER.as_bytes())),
        ("br", brotli(USER.as_bytes())),
    ] {
        let header = format!("content-encoding: {encoding}\r\n");
        let server = OddServer::plain(whole(&header, &packed)).await;
        read(client(&server)).await.unwrap();

        let short = packed[..packed.len() / 2].to_vec();
        let mut bent = packed.clone();
        bent[packed.len() / 2] ^= 0x55;
        for broken in [short, bent, USER.as_bytes().to_vec(), vec![0xff; 100]] {
            let server = OddServer::plain(whole(&header, &broken)).await;
            let error = read(client(&server).max_retries(2)).await.unwrap_err();
            assert_eq!(
                error.kind(),
                ErrorKind::UnexpectedResponse,
                "{encoding}: {error}"
            );
            assert_eq!(error.details().delivery, Delivery::Answered);
            assert_eq!(server.seen().requests, 1, "it would come again");
        }
    }
}

#[tokio::test]
async fn what_grows_beyond_measure_when_it_is_unpacked_is_cut_off() {
    let spaces = vec![b' '; 20_000_000];
    for (encoding, bomb) in [("gzip", gzip(&spaces)), ("br", brotli(&spaces))] {
        assert!(bomb.len() < 200_000);
        let header = format!("content-encoding: {encoding}\r\n");
        let server = OddServer::plain(whole(&header, &bomb)).await;
        let error = read(client(&server).max_response_size(1_000_000)).await;
        let error = error.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnexpectedResponse);
        assert!(
            error.to_string().contains("larger than 1000000 bytes"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn heads_beyond_measure_are_refused() {
    let many: String = (0..10_000).map(|n| format!("x-{n}: y\r\n")).collect();
    let long = format!("x-long: {}\r\n", "y".repeat(10_000_000));
    for head in [many, long] {
        let server = OddServer::plain(whole(&head, USER.as_bytes())).await;
        let error = read(client(&server)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Connection, "{error}");
        assert_eq!(server.seen().requests, 1);
    }
}
