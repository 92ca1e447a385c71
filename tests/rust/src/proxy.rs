//! Proxies that tests put between a client and a tenant, and that remember where they were sent.

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use rustls::ServerConfig;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy, copy_bidirectional, sink},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;

/// A running proxy.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    targets: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    /// An HTTP proxy that tunnels for whoever knows `user:password`.
    ///
    /// # Panics
    /// When there is no port.
    pub async fn http(credentials: &'static str) -> Self {
        let expected = expected(credentials);
        Self::start(move |client, targets| {
            let expected = expected.clone();
            async move { tunnel(client, &expected, &targets).await }
        })
        .await
    }

    /// The same, reached by TLS.
    ///
    /// # Panics
    /// When there is no port.
    pub async fn https(credentials: &'static str, tls: Arc<ServerConfig>) -> Self {
        let (expected, acceptor) = (expected(credentials), TlsAcceptor::from(tls));
        Self::start(move |client, targets| {
            let (expected, acceptor) = (expected.clone(), acceptor.clone());
            async move { tunnel(acceptor.accept(client).await?, &expected, &targets).await }
        })
        .await
    }

    /// An HTTP proxy that lets nobody through, and so needs no network behind it.
    ///
    /// # Panics
    /// When there is no port.
    pub async fn closed() -> Self {
        Self::start(|mut client, targets| async move {
            let head = head(&mut client).await?;
            lock(&targets).push(target(&head));
            refuse(&mut client, "502 Bad Gateway").await
        })
        .await
    }

    /// An HTTP proxy that takes every name for that of the service at `address`. It tells of a connection by its first request.
    ///
    /// # Panics
    /// When there is no port.
    pub async fn of_any_name(address: &str) -> Self {
        let address = address.to_owned();
        Self::start(move |mut client, targets| {
            let address = address.clone();
            async move {
                let head = head(&mut client).await?;
                lock(&targets).push(target(&head));
                let mut server = TcpStream::connect(address).await?;
                server.write_all(head.as_bytes()).await?;
                copy_bidirectional(&mut client, &mut server).await?;
                Ok(())
            }
        })
        .await
    }

    /// A SOCKS 5 proxy (RFC 1928) that asks for a user and a password (RFC 1929).
    ///
    /// # Panics
    /// When there is no port.
    pub async fn socks5(user: &'static str, password: &'static str) -> Self {
        Self::start(
            move |client, targets| async move { socks(client, user, password, &targets).await },
        )
        .await
    }

    /// The address, with `credentials` (`user:password@`).
    #[must_use]
    pub fn url(&self, scheme: &str, credentials: &str) -> String {
        format!("{scheme}://{credentials}127.0.0.1:{}", self.port)
    }

    /// Where clients wanted to go.
    #[must_use]
    pub fn targets(&self) -> Vec<String> {
        lock(&self.targets).clone()
    }

    #[allow(clippy::expect_used)]
    async fn start<F, Fut>(serve: F) -> Self
    where
        F: Fn(TcpStream, Arc<Mutex<Vec<String>>>) -> Fut + Send + 'static,
        Fut: Future<Output = io::Result<()>> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let targets = Arc::new(Mutex::new(Vec::new()));
        let seen = targets.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(serve(client, seen.clone()));
            }
        });
        Self { port, targets }
    }
}

/// How a client says that it is this one, in lower case.
fn expected(credentials: &str) -> String {
    format!("basic {}", STANDARD.encode(credentials).to_lowercase())
}

async fn tunnel(
    mut client: impl AsyncRead + AsyncWrite + Unpin,
    expected: &str,
    targets: &Mutex<Vec<String>>,
) -> io::Result<()> {
    let head = head(&mut client).await?;
    if !head.to_lowercase().contains(expected) {
        return refuse(&mut client, "407 Proxy Authentication Required").await;
    }
    client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
    join(client, target(&head), targets).await
}

/// Reads on until the client goes away: a connection that ends with something unread is reset, which could overtake the
/// answer.
async fn refuse(
    client: &mut (impl AsyncRead + AsyncWrite + Unpin),
    status: &str,
) -> io::Result<()> {
    let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    client.write_all(answer.as_bytes()).await?;
    client.shutdown().await?;
    copy(client, &mut sink()).await.map(drop)
}

async fn head(client: &mut (impl AsyncRead + Unpin)) -> io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await?);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

fn target(head: &str) -> String {
    head.split(' ').nth(1).unwrap_or_default().to_owned()
}

async fn socks(
    mut client: TcpStream,
    user: &str,
    password: &str,
    targets: &Mutex<Vec<String>>,
) -> io::Result<()> {
    let _version = client.read_u8().await?;
    let _methods = text(&mut client).await?;
    client.write_all(&[5, 2]).await?;
    let _version = client.read_u8().await?;
    let given = (text(&mut client).await?, text(&mut client).await?);
    let known = given == (user.to_owned(), password.to_owned());
    client.write_all(&[1, u8::from(!known)]).await?;
    if !known {
        return Ok(());
    }
    let mut request = [0; 4];
    client.read_exact(&mut request).await?;
    let host = match request[3] {
        1 => {
            let mut address = [0; 4];
            client.read_exact(&mut address).await?;
            std::net::Ipv4Addr::from(address).to_string()
        }
        _ => text(&mut client).await?,
    };
    let port = client.read_u16().await?;
    client.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await?;
    join(client, format!("{host}:{port}"), targets).await
}

/// A text behind a byte that tells its length.
async fn text(client: &mut TcpStream) -> io::Result<String> {
    let mut text = vec![0; usize::from(client.read_u8().await?)];
    client.read_exact(&mut text).await?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

async fn join(
    mut client: impl AsyncRead + AsyncWrite + Unpin,
    target: String,
    targets: &Mutex<Vec<String>>,
) -> io::Result<()> {
    let mut server = TcpStream::connect(&target).await?;
    lock(targets).push(target);
    copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
