//! The client against a real server: shared tokens, faults on the wire, cancellation.
// Clippy tells tests by their attribute, and so does not know their helpers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::time::Duration;

use cyberark_identity::{
    CallOptions, Client, ClientCredentials, Delivery, ErrorKind, SharedSource, StaticToken,
    ops::{scim::users::CreateUser, users::GetUserByName},
};
use cyberark_identity_emulator::{Emulator, FaultScript, Options};

const TOKEN_PATH: &str = "/oauth2/token";

fn start() -> Emulator {
    Emulator::start(Options {
        seed_users: 20,
        ..Options::default()
    })
    .unwrap()
}

fn client(emulator: &Emulator) -> Client {
    let tenant = emulator.description();
    let auth =
        ClientCredentials::new(&tenant.app_id, &tenant.client_id, &tenant.client_secret).unwrap();
    let builder = Client::builder(&tenant.url).auth(auth);
    match &tenant.ca_file {
        Some(file) => builder.ca_file(file).build().unwrap(),
        None => builder.build().unwrap(),
    }
}

fn fault(emulator: &Emulator, script: &str) {
    emulator.add_faults(FaultScript::from_json(script).unwrap());
}

/// Requests whose path contains `part`.
fn count(emulator: &Emulator, part: &str) -> usize {
    emulator
        .requests()
        .iter()
        .filter(|request| request.path.to_lowercase().contains(part))
        .count()
}

async fn administrator(client: &Client) -> cyberark_identity::Result<String> {
    let user = client.users().get_by_name("admin@acme.example").await?;
    Ok(user.uuid.unwrap_or_default())
}

#[tokio::test]
async fn two_hundred_calls_share_one_sign_in_before_and_after_expiry() {
    let emulator = start();
    let client = client(&emulator);
    for expected in [1, 2] {
        let calls = (0..200).map(|_| {
            let client = client.clone();
            tokio::spawn(async move { administrator(&client).await })
        });
        for call in calls.collect::<Vec<_>>() {
            assert!(!call.await.unwrap().unwrap().is_empty());
        }
        assert_eq!(count(&emulator, TOKEN_PATH), expected);
        emulator.expire_tokens();
    }
}

#[tokio::test]
async fn clients_that_share_a_source_share_its_tokens() {
    let emulator = start();
    let tenant = emulator.description();
    let auth = ClientCredentials::new(&tenant.app_id, &tenant.client_id, &tenant.client_secret);
    let shared = SharedSource::new(auth.unwrap());
    let client = || Client::builder(&tenant.url).auth(shared.clone()).build();
    let clients = [client().unwrap(), client().unwrap()];
    for expected in [1, 2] {
        let calls = clients.iter().cycle().take(200).map(administrator);
        for outcome in join(calls.collect()).await {
            assert!(!outcome.unwrap().is_empty());
        }
        assert_eq!(count(&emulator, TOKEN_PATH), expected);
        emulator.expire_tokens();
    }
}

#[tokio::test]
async fn a_wrong_secret_is_tried_once_for_all_who_wait() {
    let emulator = start();
    let tenant = emulator.description();
    let auth = ClientCredentials::new(&tenant.app_id, &tenant.client_id, "wrong").unwrap();
    let client = Client::builder(&tenant.url).auth(auth).build().unwrap();
    let calls = std::iter::repeat_with(|| administrator(&client)).take(50);
    let outcomes = join(calls.collect()).await;
    for outcome in outcomes {
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Authentication);
    }
    assert_eq!(count(&emulator, TOKEN_PATH), 1);
}

/// Runs futures at the same time on this task, so that all have begun before the first ends.
async fn join<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    let mut futures: Vec<_> = futures
        .into_iter()
        .map(|one| (Box::pin(one), None))
        .collect();
    std::future::poll_fn(|context| {
        for (future, output) in futures.iter_mut().filter(|(_, output)| output.is_none()) {
            if let std::task::Poll::Ready(ready) = future.as_mut().poll(context) {
                *output = Some(ready);
            }
        }
        match futures.iter().all(|(_, output)| output.is_some()) {
            true => std::task::Poll::Ready(()),
            false => std::task::Poll::Pending,
        }
    })
    .await;
    futures
        .into_iter()
        .filter_map(|(_, output)| output)
        .collect()
}

#[tokio::test]
async fn a_sign_in_that_is_cancelled_is_taken_over() {
    let emulator = start();
    fault(
        &emulator,
        r#"{"match": {"path": "/oauth2/token", "nth": 1}, "action": "hang"}"#,
    );
    let client = client(&emulator);
    let leader = tokio::spawn({
        let client = client.clone();
        async move { administrator(&client).await }
    });
    seen(&emulator, TOKEN_PATH, "pending").await;
    let follower = tokio::spawn(async move { administrator(&client).await });
    leader.abort();
    assert!(follower.await.unwrap().is_ok());
    assert_eq!(count(&emulator, TOKEN_PATH), 2);
}

/// Whether one is back in time is up to the runtime; that there are not as many as calls is not.
#[tokio::test]
async fn connections_are_used_again() {
    let emulator = start();
    let client = client(&emulator);
    for _ in 0..50 {
        administrator(&client).await.unwrap();
    }
    let seen = emulator.requests();
    let connections: std::collections::HashSet<_> =
        seen.iter().map(|request| request.connection).collect();
    assert!(connections.len() <= 5, "{}", connections.len());
}

#[tokio::test]
async fn a_connection_that_was_closed_while_idle_is_noticed() {
    let emulator = start();
    let closing = r#"{"match": {"path": "GetUserByName"}, "action": "close_after"}"#;
    fault(&emulator, closing);
    let client = client(&emulator);
    for number in 1..=5 {
        administrator(&client).await.unwrap();
        seen_times(&emulator, "GetUserByName", "closed_after", number).await;
        let name = format!("person{number}@acme.example");
        let create = CreateUser {
            user_name: name.as_str().into(),
            ..CreateUser::default()
        };
        let made = client.scim().users().create(create).await.unwrap();
        assert_eq!(made.user_name, Some(name));
    }
    assert_eq!(count(&emulator, "/scim/users"), 5, "one for each create");
}

#[tokio::test]
async fn no_more_requests_are_under_way_than_the_settings_allow() {
    let emulator = start();
    let hang = r#"{"match": {"path": "GetUserByName", "times": 1}, "action": "hang"}"#;
    fault(&emulator, hang);
    let tenant = emulator.description();
    let token = StaticToken::new(&tenant.token).unwrap();
    let settings = Client::builder(&tenant.url).auth(token).max_concurrency(1);
    let client = settings.build().unwrap();
    let ask = || {
        let client = client.clone();
        tokio::spawn(async move { administrator(&client).await })
    };
    let hung = ask();
    seen(&emulator, "GetUserByName", "pending").await;
    let next = ask();
    while client.limits().waiting == 0 && !next.is_finished() {
        tokio::task::yield_now().await;
    }
    let limits = client.limits();
    assert_eq!((limits.limit, limits.in_flight), (Some(1), 1));
    hung.abort();
    assert!(next.await.unwrap().is_ok());
    assert_eq!(client.limits().waits, 1);
    assert_eq!(count(&emulator, "getuserbyname"), 2);
}

#[tokio::test]
async fn a_list_that_is_dropped_frees_the_connections_of_its_pages() {
    use cyberark_identity::ops::scim::users::QueryUsers;
    let emulator = start();
    let hang = r#"{"match": {"path": "/scim/Users", "nth": 2}, "action": "hang"}"#;
    fault(&emulator, hang);
    let query = QueryUsers {
        count: Some(5),
        ..QueryUsers::default()
    };
    let client = client(&emulator);
    let mut users = client.scim().users().iter(query).unwrap();
    for _ in 0..2 {
        users.next().await.unwrap().unwrap();
    }
    seen(&emulator, "/scim/Users", "pending").await;
    drop(users);
    seen(&emulator, "/scim/Users", "client_closed").await;
}

#[tokio::test]
async fn an_upload_that_is_dropped_frees_its_connection() {
    use cyberark_identity::File;
    let emulator = start();
    let hang = r#"{"match": {"prefix": "/CDirectoryService"}, "action": "hang"}"#;
    fault(&emulator, hang);
    let client = client(&emulator);
    let file = File::of(vec![b'x'; 5_000_000]);
    let call = tokio::spawn(async move { client.onboarding().upload_csv(file).await });
    seen(&emulator, "/CDirectoryService", "pending").await;
    call.abort();
    seen(&emulator, "/CDirectoryService", "client_closed").await;
}

#[tokio::test]
async fn a_call_that_is_dropped_frees_its_connection() {
    let emulator = start();
    fault(
        &emulator,
        r#"{"match": {"path": "GetUserByName"}, "action": "hang"}"#,
    );
    let client = client(&emulator);
    let call = tokio::spawn(async move { administrator(&client).await });
    seen(&emulator, "GetUserByName", "pending").await;
    call.abort();
    seen(&emulator, "GetUserByName", "client_closed").await;
}

#[tokio::test]
async fn time_that_runs_out_says_that_the_request_was_sent() {
    let emulator = start();
    fault(
        &emulator,
        r#"{"match": {"path": "GetUserByName"}, "action": "hang"}"#,
    );
    let client = client(&emulator);
    let request = GetUserByName::from("admin@acme.example");
    let options = CallOptions::new().timeout(Duration::from_secs(2));
    let error = client.send(&request, &options).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(error.details().delivery, Delivery::Unknown);
    assert_eq!(error.details().attempts, 1);
}

#[tokio::test]
async fn faults_end_in_the_right_result_or_the_right_error() {
    let cases: [(&str, Result<usize, ErrorKind>); 8] = [
        (r#"{"status": 429, "retry_after": 0}"#, Ok(2)),
        (r#"{"status": 503}"#, Ok(2)),
        (r#""unauthorized""#, Ok(2)),
        (r#""close_before""#, Ok(2)),
        (r#""close_in_body""#, Ok(2)),
        (r#""html_200""#, Err(ErrorKind::UnexpectedResponse)),
        (r#""success_false""#, Err(ErrorKind::Rejected)),
        (r#"{"status": 500}"#, Err(ErrorKind::Server)),
    ];
    for (action, expected) in cases {
        let emulator = start();
        fault(
            &emulator,
            &format!(r#"{{"match": {{"path": "GetUserByName", "times": 1}}, "action": {action}}}"#),
        );
        let outcome = administrator(&client(&emulator)).await;
        let requests = count(&emulator, "getuserbyname");
        match (expected, outcome) {
            (Ok(wanted), Ok(_)) => assert_eq!(requests, wanted, "{action}"),
            (Err(wanted), Err(error)) => {
                assert_eq!((error.kind(), requests), (wanted, 1), "{action}")
            }
            (_, outcome) => panic!("{action}: ended in {outcome:?}"),
        }
    }
}

#[tokio::test]
async fn a_private_certificate_authority_is_trusted_for_the_token_too() {
    let emulator = Emulator::start(Options {
        tls: true,
        ..Options::default()
    })
    .unwrap();
    assert!(emulator.description().url.starts_with("https://"));
    assert!(administrator(&client(&emulator)).await.is_ok());

    let tenant = emulator.description();
    let auth =
        ClientCredentials::new(&tenant.app_id, &tenant.client_id, &tenant.client_secret).unwrap();
    let distrusting = Client::builder(&tenant.url)
        .auth(auth)
        .max_retries(0)
        .build()
        .unwrap();
    let error = administrator(&distrusting).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connection);
    assert_eq!(error.details().delivery, Delivery::NotSent);
    assert!(error.to_string().contains("certificate"), "{error}");
}

/// Waits until the emulator has seen such a request.
async fn seen(emulator: &Emulator, path: &str, outcome: &str) {
    seen_times(emulator, path, outcome, 1).await;
}

/// The same for so many; its control path answers when it has.
async fn seen_times(emulator: &Emulator, path: &str, outcome: &str, times: usize) {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let url = url::Url::parse(&emulator.description().url).unwrap();
    let address = (url.host_str().unwrap().to_owned(), url.port().unwrap());
    let mut connection = tokio::net::TcpStream::connect(address).await.unwrap();
    let target =
        format!("/_emulator/requests?path={path}&outcome={outcome}&count={times}&wait_ms=10000");
    let request = format!("GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    assert!(
        answer.contains(&format!("\"outcome\":\"{outcome}\"")),
        "{path} was not seen as {outcome}: {answer}"
    );
}

#[tokio::test]
async fn a_list_is_read_whole_page_by_page() {
    use cyberark_identity::ops::scim::users::QueryUsers;
    use futures_util::TryStreamExt;
    let emulator = Emulator::start(Options {
        seed_users: 95,
        ..Options::default()
    })
    .unwrap();
    let client = client(&emulator);
    let query = QueryUsers {
        count: Some(10),
        ..QueryUsers::default()
    };
    let stream = client.scim().users().iter(query).unwrap().into_stream();
    let users: Vec<_> = stream.try_collect().await.unwrap();
    let ids: std::collections::HashSet<_> = users.iter().map(|user| user.id.clone()).collect();
    assert_eq!(
        (users.len(), ids.len()),
        (97, 97),
        "with administrator and service account"
    );
    assert_eq!(count(&emulator, "/scim/users"), 10);
}

#[tokio::test]
async fn the_next_page_is_under_way_while_one_is_read() {
    use cyberark_identity::ops::scim::users::QueryUsers;
    let emulator = Emulator::start(Options {
        seed_users: 20,
        ..Options::default()
    })
    .unwrap();
    let client = client(&emulator);
    let query = QueryUsers {
        count: Some(5),
        ..QueryUsers::default()
    };
    let mut users = client.scim().users().iter(query).unwrap();
    users.next().await.unwrap();
    assert_eq!(count(&emulator, "/scim/users"), 1);
    users.next().await.unwrap();
    let asked = async {
        while count(&emulator, "/scim/users") < 2 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), asked)
        .await
        .expect("a page is asked for before it is needed");
}
