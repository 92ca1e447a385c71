//! A client that knows nothing but HTTP/1.1, so that what the emulator says is checked and not what a library makes
//! of it.
#![allow(dead_code)] // each test file uses its own part
#![allow(clippy::unwrap_used, clippy::panic)] // helpers of tests are tests

pub mod interactive;
pub mod program;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use cyberark_identity_emulator::{Description, Emulator, Options};
use serde_json::Value;

/// A guard against a test that would otherwise wait for ever.
const PATIENCE: Duration = Duration::from_secs(10);

pub struct Tenant {
    pub emulator: Emulator,
}

#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self
            .headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }
}

pub fn start(seed_users: usize) -> Tenant {
    start_with(Options {
        seed_users,
        ..Options::default()
    })
}

pub fn start_with(options: Options) -> Tenant {
    Tenant {
        emulator: Emulator::start(options).unwrap(),
    }
}

impl Tenant {
    pub fn description(&self) -> &Description {
        self.emulator.description()
    }

    pub fn address(&self) -> &str {
        self.description().url.rsplit('/').next().unwrap()
    }

    pub fn connect(&self) -> Connection {
        Connection::open(self.address())
    }

    /// A request with the administrator's token on a connection of its own.
    pub fn call(&self, method: &str, path: &str, body: Option<&Value>) -> Reply {
        let token = self.description().token.clone();
        self.call_as(&token, method, path, body)
    }

    pub fn call_as(&self, token: &str, method: &str, path: &str, body: Option<&Value>) -> Reply {
        let authorization = format!("Bearer {token}");
        let body = body.map(Value::to_string).unwrap_or_default();
        self.connect()
            .request(
                method,
                path,
                &[("Authorization", &authorization)],
                body.as_bytes(),
            )
            .unwrap()
    }

    pub fn get(&self, path: &str) -> Reply {
        self.call("GET", path, None)
    }

    /// A platform call; gives the envelope.
    pub fn platform(&self, path: &str, body: Value) -> Value {
        let reply = self.call("POST", path, Some(&body));
        assert_eq!(reply.status, 200, "{path}: {}", reply.text());
        reply.json()
    }

    /// A platform call that has to succeed; gives its result.
    pub fn result(&self, path: &str, body: Value) -> Value {
        let envelope = self.platform(path, body);
        assert_eq!(envelope["success"], true, "{path}: {envelope}");
        envelope["Result"].clone()
    }

    /// A platform call that has to fail; gives its message.
    pub fn failure(&self, path: &str, body: Value) -> String {
        let envelope = self.platform(path, body);
        assert_eq!(envelope["success"], false, "{path}: {envelope}");
        assert_eq!(envelope["Result"], Value::Null);
        envelope["Message"].as_str().unwrap().to_owned()
    }

    /// Makes a user by SCIM and gives its id.
    pub fn create_user(&self, name: &str) -> String {
        let reply = self.call(
            "POST",
            "/scim/Users",
            Some(&serde_json::json!({ "userName": name })),
        );
        assert_eq!(reply.status, 201, "{}", reply.text());
        reply.json()["id"].as_str().unwrap().to_owned()
    }

    /// Signs the service account in and gives its token, which can expire.
    pub fn issue_token(&self) -> String {
        let known = self.description();
        let form = format!(
            "grant_type=client_credentials&client_id={}&client_secret={}",
            known.client_id.replace('@', "%40"),
            known.client_secret
        );
        let path = format!("/oauth2/token/{}", known.app_id);
        let reply = self
            .connect()
            .request("POST", &path, &[], form.as_bytes())
            .unwrap();
        reply.json()["access_token"].as_str().unwrap().to_owned()
    }

    pub fn add_faults(&self, script: Value) {
        let reply = self.call("POST", "/_emulator/faults", Some(&script));
        assert_eq!(reply.status, 201, "{}", reply.text());
    }

    /// Waits until a recorded request with this outcome is there; gives its path.
    pub fn wait_for_outcome(&self, outcome: &str) -> String {
        let reply = self.get(&format!(
            "/_emulator/requests?outcome={outcome}&wait_ms=5000"
        ));
        assert_eq!(reply.status, 200, "no request was recorded as {outcome}");
        reply.json()["requests"][0]["path"]
            .as_str()
            .unwrap()
            .to_owned()
    }
}

/// One connection, kept open between requests.
pub struct Connection {
    stream: BufReader<TcpStream>,
}

impl Connection {
    pub fn open(address: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Self {
            stream: BufReader::new(stream),
        }
    }

    pub fn request(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> std::io::Result<Reply> {
        self.send(method, path, headers, body)?;
        self.receive()
    }

    pub fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> std::io::Result<()> {
        let mut request = format!(
            "{method} {path} HTTP/1.1\r\nHost: tenant.example\r\nContent-Length: {}\r\n",
            body.len()
        );
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str("\r\n");
        // In one piece: two small writes would wait for the peer's delayed acknowledgement in between.
        let mut bytes = request.into_bytes();
        bytes.extend_from_slice(body);
        self.stream.get_mut().write_all(&bytes)
    }

    pub fn receive(&mut self) -> std::io::Result<Reply> {
        let (status, headers) = self.receive_head()?;
        let mut reply = Reply {
            status,
            headers,
            body: Vec::new(),
        };
        let length = reply
            .header("content-length")
            .map_or(0, |length| length.parse().unwrap());
        reply.body.resize(length, 0);
        self.stream.read_exact(&mut reply.body)?;
        Ok(reply)
    }

    pub fn receive_head(&mut self) -> std::io::Result<(u16, Vec<(String, String)>)> {
        let status_line = self.line()?;
        let status = status_line
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        let status = status
            .ok_or_else(|| std::io::Error::other(format!("not a status line: {status_line:?}")))?;
        let mut headers = Vec::new();
        loop {
            let line = self.line()?;
            match line.split_once(": ") {
                Some((name, value)) => headers.push((name.to_owned(), value.to_owned())),
                None => return Ok((status, headers)),
            }
        }
    }

    /// Everything until the other side closes.
    pub fn rest(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        // A reset means closed as well.
        let _ = self.stream.read_to_end(&mut rest);
        rest
    }

    /// Whether the other side has neither sent anything nor closed.
    pub fn is_silent(&mut self) -> bool {
        let stream = self.stream.get_mut();
        stream.set_nonblocking(true).unwrap();
        let nothing = stream.read(&mut [0]);
        stream.set_nonblocking(false).unwrap();
        nothing.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock)
    }

    fn line(&mut self) -> std::io::Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        Ok(line.trim_end().to_owned())
    }
}
