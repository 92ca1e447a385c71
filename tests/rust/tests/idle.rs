//! A connection that the service closed while nobody used it: no write goes out on it.
// Clippy tells tests by their attribute, and so does not know their helpers.
#![allow(clippy::unwrap_used)]

use std::{
    future::ready,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Mutex,
        mpsc::{Receiver, Sender, channel},
    },
    thread::{self, JoinHandle},
};

use cyberark_identity::{
    Client, PromptFunction, SharedSource, StaticToken, UserLogin, ops::scim::users::CreateUser,
    worker,
};

/// A service that gives one answer on its first connection, closes that when it is told to, and goes on with another.
struct Closing {
    url: String,
    seen: JoinHandle<Vec<String>>,
}

/// Closes the first connection.
struct Switch {
    close: Sender<()>,
    closed: Receiver<()>,
}

impl Switch {
    fn closes(&self) {
        self.close.send(()).unwrap();
        self.closed.recv().unwrap();
    }
}

impl Closing {
    fn start(answers: &'static [&'static str]) -> (Self, Switch) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (close, may_close) = channel();
        let (has_closed, closed) = channel();
        let seen = thread::spawn(move || {
            let (mut connection, _) = listener.accept().unwrap();
            let mut seen = vec![answer(&mut connection, answers[0])];
            may_close.recv().unwrap();
            drop(connection);
            has_closed.send(()).unwrap();
            let (mut connection, _) = listener.accept().unwrap();
            let others = answers[1..].iter();
            seen.extend(others.map(|body| answer(&mut connection, body)));
            seen
        });
        (Self { url, seen }, Switch { close, closed })
    }

    fn client(&self, auth: impl Into<SharedSource>) -> Client {
        Client::builder(&self.url).auth(auth).build().unwrap()
    }

    /// None of them lost or repeated.
    fn has_seen(self, requests: &[&str]) {
        assert_eq!(self.seen.join().unwrap(), requests);
    }
}

const READ_AND_WRITTEN: [&str; 2] = ["GET /scim/Users/1", "POST /scim/Users"];

/// Two answers with a user.
fn of_a_user() -> (Closing, Switch, Client) {
    const USER: &str = r#"{"id": "1", "userName": "ana@acme.example"}"#;
    let (service, switch) = Closing::start(&[USER, USER]);
    let client = service.client(StaticToken::new("made-up").unwrap());
    (service, switch, client)
}

/// Gives what was asked for, without the version of HTTP.
fn answer(connection: &mut TcpStream, body: &str) -> String {
    let request = whole_request(connection);
    let length = body.len();
    let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{body}");
    connection.write_all(answer.as_bytes()).unwrap();
    let (asked, _) = request.split_once(" HTTP/1.1").unwrap();
    asked.to_owned()
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
fn one_thread() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

#[test]
fn a_connection_that_was_closed_while_nobody_looked_is_noticed() {
    let (service, switch, client) = of_a_user();
    let runtime = one_thread();
    runtime.block_on(client.scim().users().get("1")).unwrap();
    switch.closes();
    runtime.block_on(create(client));
    service.has_seen(&READ_AND_WRITTEN);
}

#[test]
fn a_connection_that_was_closed_while_the_worker_of_a_binding_was_busy_is_noticed() {
    let (service, switch, client) = of_a_user();
    let runtime = worker::runtime().unwrap();
    runtime.block_on(client.scim().users().get("1")).unwrap();
    let (begins, has_begun) = channel();
    let (go_on, may_go_on) = channel::<()>();
    runtime.spawn(async move {
        begins.send(()).unwrap();
        may_go_on.recv().unwrap();
    });
    has_begun.recv().unwrap();
    switch.closes();
    let created = runtime.spawn(create(client));
    go_on.send(()).unwrap();
    runtime.block_on(created).unwrap();
    service.has_seen(&READ_AND_WRITTEN);
}

/// A password that is sent twice counts twice, so the answer to a question is no request to lose either.
#[test]
fn one_that_was_closed_while_a_person_was_asked_is_noticed_too() {
    let (service, switch) = Closing::start(&[
        r#"{"success": true, "Result": {"SessionId": "s", "Challenges": [{"Mechanisms": [
            {"Name": "UP", "MechanismId": "m", "AnswerType": "Text"}]}]}}"#,
        r#"{"success": true, "Result": {"Summary": "LoginSuccess", "Auth": "made-up"}}"#,
        r#"{"success": true, "Result": {"Uuid": "1", "Name": "ana@acme.example"}}"#,
    ]);
    let switch = Mutex::new(switch);
    let login = UserLogin::new("ana@acme.example").unwrap();
    let login = login.prompt(PromptFunction::new(move |_| {
        switch.lock().unwrap().closes();
        ready(Ok(Some("hunter2".to_owned())))
    }));
    let client = service.client(login);
    let user = one_thread().block_on(client.users().get("1")).unwrap();
    assert_eq!(user.name.as_deref(), Some("ana@acme.example"));
    service.has_seen(&[
        "POST /Security/StartAuthentication",
        "POST /Security/AdvanceAuthentication",
        "POST /CDirectoryService/GetUser",
    ]);
}
