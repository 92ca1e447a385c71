//! A transport that answers from memory and remembers what it was asked.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use cyberark_identity::{
    Body, Client, Delivery, ErrorKind, Piece, StaticToken,
    transport::{BoxFuture, Failure, Incoming, Outgoing, Transport},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};

/// One answer to give.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    /// JSON with a status.
    #[must_use]
    pub fn json(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: vec![("content-type", "application/json".into())],
            body: body.into(),
        }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }
}

/// A transport for tests; clones share what they remember.
#[derive(Debug, Clone, Default)]
pub struct Replay {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug, Default)]
struct Inner {
    answers: VecDeque<Result<Answer, Delivery>>,
    requests: Vec<Seen>,
}

/// A request as it went out.
#[derive(Debug, Clone)]
pub struct Seen {
    pub method: String,
    pub url: http::Uri,
    pub headers: HeaderMap,
    pub body: Option<Bytes>,
}

impl Replay {
    /// Gives these answers in turn.
    #[must_use]
    pub fn of(answers: impl IntoIterator<Item = Answer>) -> Self {
        let replay = Self::default();
        answers
            .into_iter()
            .for_each(|answer| replay.push(Ok(answer)));
        replay
    }

    /// Adds an answer, or a connection that breaks.
    pub fn push(&self, answer: Result<Answer, Delivery>) {
        self.lock().answers.push_back(answer);
    }

    /// What was asked so far.
    #[must_use]
    pub fn requests(&self) -> Vec<Seen> {
        self.lock().requests.clone()
    }

    /// A client that is answered by this, and gives up at once.
    ///
    /// # Panics
    /// When no client can be made.
    #[must_use]
    #[allow(clippy::unwrap_used)]
    pub fn client(&self) -> Client {
        Client::builder("https://abc1234.id.cyberark.cloud")
            .auth(StaticToken::new("t0ken").unwrap())
            .max_retries(0)
            .transport(self.clone())
            .build()
            .unwrap()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Transport for Replay {
    fn round_trip(&self, request: Outgoing) -> BoxFuture<'_, Result<Incoming, Failure>> {
        let Outgoing {
            method,
            url,
            headers,
            body,
            times: _,
        } = request;
        let mut inner = self.lock();
        inner.requests.push(Seen {
            method: method.to_string(),
            url,
            headers,
            body: body.as_ref().map(whole),
        });
        let answer = inner.answers.pop_front().unwrap_or(Err(Delivery::NotSent));
        Box::pin(async move {
            match answer {
                Ok(answer) => Ok(incoming(answer)),
                Err(delivery) => Err(Failure {
                    kind: ErrorKind::Connection,
                    delivery,
                    message: "no connection: played by the test".to_owned(),
                    hint: None,
                    source: None,
                }),
            }
        })
    }
}

/// The body as it would go out. A file that is gone by now is empty.
fn whole(body: &Body) -> Bytes {
    let pieces = body.pieces().iter().map(|piece| match piece {
        Piece::Bytes(bytes) => bytes.to_vec(),
        Piece::File(path) => std::fs::read(path).unwrap_or_default(),
    });
    pieces.collect::<Vec<_>>().concat().into()
}

fn incoming(answer: Answer) -> Incoming {
    let mut headers = HeaderMap::new();
    headers.insert(
        header::DATE,
        HeaderValue::from_static("Tue, 24 Nov 2026 00:00:00 GMT"),
    );
    for (name, value) in answer.headers {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(name, value);
        }
    }
    Incoming {
        status: StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
        headers,
        body: answer.body.into(),
    }
}
