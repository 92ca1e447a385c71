//! A connection that the service closed while nobody used it: no write goes out on it.
// Clippy tells tests by their attribute, and so does not know their helpers.
#![allow(clippy::unwrap_used)]

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::mpsc::{Receiver, Sender, channel},
    thread::{self, JoinHandle},
};

use cyberark_identity::{Client, StaticToken, ops::scim::users::CreateUser, worker};

/// A service that gives one answer on its first connection, closes that when it is told to, and goes on with another.
struct Closing {
    client: Client,
    close: Sender<()>,
    closed: Receiver<()>,
    seen: JoinHandle<[String; 2]>,
}

impl Closing {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (close, may_close) = channel();
        let (has_closed, closed) = channel();
        let seen = thread::spawn(move || {
            let (connection, first) = answer_once(&listener);
            may_close.recv().unwrap();
            drop(connection);
            has_closed.send(()).unwrap();
            let (_connection, second) = answer_once(&listener);
            [first, second]
        });
        let token = StaticToken::new("made-up").unwrap();
        let client = Client::builder(url).auth(token).build().unwrap();
        Self {
            client,
            close,
            closed,
            seen,
        }
    }

    fn closes(&self) {
        self.close.send(()).unwrap();
        self.closed.recv().unwrap();
    }

    /// Neither lost, which the client would find out by looking for the user.
    fn has_seen_a_read_and_a_write(self) {
        let seen = self.seen.join().unwrap();
        assert_eq!(
            seen,
            ["GET /scim/Users/1 HTTP/1.1", "POST /scim/Users HTTP/1.1"]
        );
    }
}

/// Gives the connection, and the first line of the request.
fn answer_once(listener: &TcpListener) -> (TcpStream, String) {
    let (mut connection, _) = listener.accept().unwrap();
    let request = whole_request(&mut connection);
    let user = r#"{"id": "1", "userName": "ana@acme.example"}"#;
    let length = user.len();
    let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{user}");
    connection.write_all(answer.as_bytes()).unwrap();
    (connection, request.lines().next().unwrap().to_owned())
}

/// Head and body: a connection that is dropped with something unread is reset, which could overtake the answer.
fn whole_request(connection: &mut TcpStream) -> String {
    let mut request = String::new();
    let mut part = [0; 4096];
    while !is_whole(&request) {
        let count = connection.read(&mut part).unwrap();
        assert!(count > 0, "the client went away: {request}");
        request.push_str(std::str::from_utf8(&part[..count]).unwrap());
    }
    request
}

fn is_whole(request: &str) -> bool {
    let Some((head, body)) = request.split_once("\r\n\r\n") else {
        return false;
    };
    let announced = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_length = name.eq_ignore_ascii_case("content-length");
        is_length.then(|| value.trim().parse::<usize>().unwrap())
    });
    body.len() >= announced.unwrap_or(0)
}

async fn create(client: Client) {
    let create = CreateUser {
        user_name: "ana@acme.example".into(),
        ..CreateUser::default()
    };
    let made = client.scim().users().create(create).await.unwrap();
    assert_eq!(made.user_name.as_deref(), Some("ana@acme.example"));
}

/// A runtime of one thread looks at its connections only while somebody waits for it.
#[test]
fn a_connection_that_was_closed_while_nobody_looked_is_noticed() {
    let service = Closing::start();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let client = service.client.clone();
    runtime.block_on(client.scim().users().get("1")).unwrap();
    service.closes();
    runtime.block_on(create(client));
    service.has_seen_a_read_and_a_write();
}

#[test]
fn a_connection_that_was_closed_while_the_worker_of_a_binding_was_busy_is_noticed() {
    let service = Closing::start();
    let runtime = worker::runtime().unwrap();
    let client = service.client.clone();
    runtime.block_on(client.scim().users().get("1")).unwrap();
    let (begins, has_begun) = channel();
    let (go_on, may_go_on) = channel::<()>();
    runtime.spawn(async move {
        begins.send(()).unwrap();
        may_go_on.recv().unwrap();
    });
    has_begun.recv().unwrap();
    service.closes();
    let created = runtime.spawn(create(client));
    go_on.send(()).unwrap();
    runtime.block_on(created).unwrap();
    service.has_seen_a_read_and_a_write();
}
