//! Servers that answer as they are told: bytes over HTTP/1.1, or streams and resets over HTTP/2.

use std::{
    collections::VecDeque,
    future::poll_fn,
    io::{self, Write},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use h2::{Reason, server::SendResponse};
use rustls::{ServerConfig, ServerConnection};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
};
use tokio_rustls::TlsAcceptor;

/// The answer to a read of a user, and to a request for a token.
pub const USER: &str = r#"{"success":true,"Result":{"Uuid":"1","Name":"ana@acme.example"},"access_token":"made-up","token_type":"Bearer","expires_in":3600}"#;

/// What the server does with a request over HTTP/2.
#[derive(Clone, Copy)]
pub enum Act {
    /// Answers.
    Answer,
    /// Answers, and says that this connection takes no more requests.
    AnswerAndGoAway,
    /// Answers when it is told to, unless the client ends the stream before.
    Hold,
    /// Ends the stream for this reason.
    Reset(Reason),
    /// Ends the connection for this reason.
    GoAway(Reason),
}

/// What happened at the server.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// Connections on which there was a request.
    pub connections: usize,
    /// Requests.
    pub requests: usize,
    /// Streams that the client ended before they were answered.
    pub resets: usize,
}

/// A running server.
pub struct OddServer {
    /// Its address.
    pub url: String,
    seen: watch::Sender<Seen>,
    released: watch::Sender<bool>,
}

impl OddServer {
    /// Speaks HTTP/2. When the script is over, it answers.
    ///
    /// # Panics
    /// When there is no port.
    pub async fn http2(
        tls: Arc<ServerConfig>,
        script: impl IntoIterator<Item = Act> + Send,
    ) -> Self {
        Self::speaking_http2(tls, script, |_| true).await
    }

    /// The same, but hangs up without a word on clients that showed no certificate.
    ///
    /// # Panics
    /// When there is no port.
    pub async fn http2_of_known_clients(
        tls: Arc<ServerConfig>,
        script: impl IntoIterator<Item = Act> + Send,
    ) -> Self {
        let is_known = |connection: &ServerConnection| connection.peer_certificates().is_some();
        Self::speaking_http2(tls, script, is_known).await
    }

    async fn speaking_http2(
        tls: Arc<ServerConfig>,
        script: impl IntoIterator<Item = Act> + Send,
        is_let_in: fn(&ServerConnection) -> bool,
    ) -> Self {
        let acceptor = TlsAcceptor::from(tls);
        let script = Arc::new(Mutex::new(script.into_iter().collect::<VecDeque<_>>()));
        let released = watch::Sender::new(false);
        let release = released.clone();
        let server = Self::start("https", move |client, seen| {
            let (acceptor, script, release) = (acceptor.clone(), script.clone(), release.clone());
            async move {
                let client = acceptor.accept(client).await?;
                match is_let_in(client.get_ref().1) {
                    true => speak_http2(client, &script, &seen, &release).await,
                    false => Ok(()),
                }
            }
        });
        Self {
            released,
            ..server.await
        }
    }

    /// Answers every request over HTTP/1.1 and TLS with a user.
    ///
    /// # Panics
    /// When there is no port.
    pub async fn tls(tls: Arc<ServerConfig>) -> Self {
        let acceptor = TlsAcceptor::from(tls);
        Self::start("https", move |client, seen| {
            let acceptor = acceptor.clone();
            async move {
                let mut client = acceptor.accept(client).await?;
                let answer = whole("", USER.as_bytes());
                respond(&mut client, &answer, &seen).await
            }
        })
        .await
    }

    /// Answers every request with these bytes, and closes the connection.
    ///
    /// # Panics
    /// When there is no port.
    pub async fn plain(answer: Vec<u8>) -> Self {
        Self::start("http", move |mut client, seen| {
            let answer = answer.clone();
            async move { respond(&mut client, &answer, &seen).await }
        })
        .await
    }

    /// Answers what begins a handshake of TLS with these bytes.
    ///
    /// # Panics
    /// When there is no port.
    pub async fn handshake(answer: Vec<u8>) -> Self {
        Self::start("https", move |mut client, _| {
            let answer = answer.clone();
            async move {
                let _kind = client.read_u8().await?;
                client.write_all(&answer).await?;
                // Until the client goes away, so that it reads the answer first.
                tokio::io::copy(&mut client, &mut tokio::io::sink()).await?;
                Ok(())
            }
        })
        .await
    }

    /// Answers over HTTP/1.1 with a body that comes byte by byte, for as long as somebody reads. Tells when nobody does.
    ///
    /// # Panics
    /// When there is no port.
    pub async fn drip(gone: tokio::sync::mpsc::UnboundedSender<()>) -> Self {
        Self::start("http", move |mut client, seen| {
            let gone = gone.clone();
            async move {
                let head = "HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n";
                read_head(&mut client).await?;
                note(&seen, true);
                client.write_all(head.as_bytes()).await?;
                while client.write_all(b" ").await.is_ok() {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                gone.send(()).map_err(io::Error::other)
            }
        })
        .await
    }

    /// What happened so far.
    #[must_use]
    pub fn seen(&self) -> Seen {
        *self.seen.borrow()
    }

    /// Tells whenever something happens.
    #[must_use]
    pub fn subscribe(&self) -> watch::Receiver<Seen> {
        self.seen.subscribe()
    }

    /// Waits until what happened is like that.
    ///
    /// # Panics
    /// When it never is.
    #[allow(clippy::expect_used)]
    pub async fn until(&self, like: impl FnMut(&Seen) -> bool) {
        let mut seen = self.seen.subscribe();
        let limit = Duration::from_secs(20);
        let waited = tokio::time::timeout(limit, seen.wait_for(like)).await;
        waited
            .expect("it came to that")
            .expect("the server is there");
    }

    /// Lets the server answer what it holds.
    pub fn release(&self) {
        self.released.send_replace(true);
    }

    #[allow(clippy::expect_used)]
    async fn start<F, Fut>(scheme: &str, serve: F) -> Self
    where
        F: Fn(TcpStream, watch::Sender<Seen>) -> Fut + Send + 'static,
        Fut: Future<Output = io::Result<()>> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("{scheme}://{}", listener.local_addr().expect("an address"));
        let seen = watch::Sender::new(Seen::default());
        let told = seen.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(serve(client, told.clone()));
            }
        });
        Self {
            url,
            seen,
            released: watch::Sender::new(false),
        }
    }
}

/// An answer of HTTP/1.1 with its length.
#[must_use]
pub fn whole(headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// A body packed with gzip.
///
/// # Panics
/// Not when it is packed into memory.
#[must_use]
#[allow(clippy::expect_used)]
pub fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(body).expect("memory");
    encoder.finish().expect("memory")
}

async fn respond(
    client: &mut (impl AsyncRead + AsyncWrite + Unpin),
    answer: &[u8],
    seen: &watch::Sender<Seen>,
) -> io::Result<()> {
    read_head(client).await?;
    note(seen, true);
    client.write_all(answer).await?;
    client.shutdown().await
}

async fn read_head(client: &mut (impl AsyncRead + Unpin)) -> io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await?);
    }
    Ok(())
}

async fn speak_http2(
    client: tokio_rustls::server::TlsStream<TcpStream>,
    script: &Mutex<VecDeque<Act>>,
    seen: &watch::Sender<Seen>,
    release: &watch::Sender<bool>,
) -> io::Result<()> {
    let mut connection = h2::server::handshake(client)
        .await
        .map_err(io::Error::other)?;
    let mut first = true;
    while let Some(request) = connection.accept().await {
        let (_, mut stream) = request.map_err(io::Error::other)?;
        note(seen, std::mem::take(&mut first));
        match lock(script).pop_front().unwrap_or(Act::Answer) {
            Act::Answer => answer(&mut stream).map_err(io::Error::other)?,
            Act::AnswerAndGoAway => {
                answer(&mut stream).map_err(io::Error::other)?;
                connection.graceful_shutdown();
            }
            Act::Hold => {
                tokio::spawn(hold(stream, seen.clone(), release.subscribe()));
            }
            Act::Reset(reason) => stream.send_reset(reason),
            Act::GoAway(reason) => connection.abrupt_shutdown(reason),
        }
    }
    Ok(())
}

fn answer(stream: &mut SendResponse<Bytes>) -> Result<(), h2::Error> {
    let response = http::Response::builder()
        .header("content-type", "application/json")
        .body(())
        .unwrap_or_default();
    let mut body = stream.send_response(response, false)?;
    body.send_data(Bytes::from_static(USER.as_bytes()), true)
}

/// Until it may answer, or nobody waits for that.
async fn hold(
    mut stream: SendResponse<Bytes>,
    seen: watch::Sender<Seen>,
    mut released: watch::Receiver<bool>,
) {
    tokio::select! {
        _ = poll_fn(|context| stream.poll_reset(context)) => {
            seen.send_modify(|seen| seen.resets += 1);
        }
        _ = released.wait_for(|released| *released) => {
            // Whoever asked may be gone.
            let _ = answer(&mut stream);
        }
    }
}

fn note(seen: &watch::Sender<Seen>, first: bool) {
    seen.send_modify(|seen| {
        seen.connections += usize::from(first);
        seen.requests += 1;
    });
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
