//! Listening, connections, and stopping, on a thread and a runtime of their own.

use std::net::{SocketAddr, TcpListener};
use std::thread::JoinHandle;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tower_service::Service as _;

use crate::error::EmulatorError;
use crate::record::Epilogue;
use crate::wire::{Link, carry_out};

/// How long requests in progress may take to finish when the server stops.
const GRACE: Duration = Duration::from_millis(250);
/// A pause after a failed accept, which is nearly always a lack of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(20);

/// A running server.
#[derive(Debug)]
pub(crate) struct Server {
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
    /// Threads do not survive a fork, so a child must not wait for this one.
    owner: u32,
}

impl Server {
    /// Serves the router on a listener that is already bound.
    pub(crate) fn start(
        listener: TcpListener,
        tls: Option<TlsAcceptor>,
        router: Router,
        workers: usize,
    ) -> Result<Self, EmulatorError> {
        listener
            .set_nonblocking(true)
            .map_err(EmulatorError::Runtime)?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(workers)
            .thread_name("identity-emulator-worker")
            .enable_all()
            .build()
            .map_err(EmulatorError::Runtime)?;
        let (stop, stopping) = watch::channel(false);
        let thread = std::thread::Builder::new()
            .name("identity-emulator".to_owned())
            .spawn(move || run(runtime, listener, tls, router, stopping))
            .map_err(EmulatorError::Runtime)?;
        Ok(Self {
            stop,
            thread: Some(thread),
            owner: std::process::id(),
        })
    }

    /// Ends the server and waits until it is gone. Further calls do nothing.
    pub(crate) fn stop(&mut self) {
        self.stop.send_replace(true);
        if let Some(thread) = self.thread.take()
            && self.owner == std::process::id()
        {
            // A panic of the thread has ended the server too, which is all that matters here.
            let _ = thread.join();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

fn run(
    runtime: Runtime,
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    router: Router,
    stopping: watch::Receiver<bool>,
) {
    runtime.block_on(async {
        // Cannot fail: the listener is bound and non-blocking, and the runtime has its reactor.
        if let Ok(listener) = tokio::net::TcpListener::from_std(listener) {
            serve(listener, tls, router, stopping).await;
        }
    });
    runtime.shutdown_timeout(GRACE);
}

async fn serve(
    listener: tokio::net::TcpListener,
    tls: Option<TlsAcceptor>,
    router: Router,
    stopping: watch::Receiver<bool>,
) {
    let mut connections = JoinSet::new();
    let mut number = 0;
    let stop = stopped(stopping.clone());
    tokio::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    number += 1;
                    let link = Link { number, peer };
                    connections.spawn(connection(stream, tls.clone(), router.clone(), link, stopping.clone()));
                }
                Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
            },
        }
    }
    drop(listener);
    let drained = async { while connections.join_next().await.is_some() {} };
    // What is not finished by then is aborted when the set is dropped.
    let _ = tokio::time::timeout(GRACE, drained).await;
}

async fn stopped(mut stopping: watch::Receiver<bool>) {
    // A sender that is gone means the same as a stop.
    let _ = stopping.wait_for(|stop| *stop).await;
}

async fn connection(
    stream: TcpStream,
    tls: Option<TlsAcceptor>,
    router: Router,
    link: Link,
    stopping: watch::Receiver<bool>,
) {
    let _ = stream.set_nodelay(true);
    match tls {
        None => speak(stream, router, link, stopping).await,
        Some(acceptor) => {
            // A client that never finishes its handshake must not hold up the stop.
            tokio::select! {
                () = stopped(stopping.clone()) => {}
                Ok(stream) = acceptor.accept(stream) => speak(stream, router, link, stopping.clone()).await,
                else => {}
            }
        }
    }
}

/// Speaks HTTP/1.1 on one connection. There is no idle timeout: a tenant that closes a connection nobody asked it to
/// close would make tests depend on their speed.
async fn speak(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    router: Router,
    link: Link,
    stopping: watch::Receiver<bool>,
) {
    let (idle, mut to_close) = mpsc::unbounded_channel();
    let service =
        service_fn(|request| respond(router.clone(), link.clone(), idle.clone(), request));
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    let close = async {
        tokio::select! {
            () = stopped(stopping.clone()) => None,
            epilogue = to_close.recv() => epilogue,
        }
    };
    // How a connection ends is the client's business; there is nobody to report a broken one to.
    let epilogue = tokio::select! {
        _ = connection.as_mut() => return,
        epilogue = close => epilogue,
    };
    connection.as_mut().graceful_shutdown();
    let _ = connection.await;
    // Who waits for the end of the connection can go on now: its peer has been told.
    if let Some(epilogue) = epilogue {
        epilogue.closed();
    }
}

async fn respond(
    mut router: Router,
    link: Link,
    idle: mpsc::UnboundedSender<Epilogue>,
    request: Request<Incoming>,
) -> Result<axum::response::Response, crate::wire::Dropped> {
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(link);
    let response = match router.call(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    carry_out(response, &idle).await
}

/// The address to listen on.
pub(crate) fn bind(address: SocketAddr) -> Result<TcpListener, EmulatorError> {
    TcpListener::bind(address).map_err(|source| EmulatorError::Bind { address, source })
}
