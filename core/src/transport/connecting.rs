//! Time for making a connection, where a single request has its own.
//!
//! Connections are made by the pool, which has one time-out for all. What a request allows is known to the task that asks
//! the pool, and the pool makes connections on that task.

use std::{
    future::Future,
    io,
    task::{Context, Poll},
    time::Duration,
};

use tower::{BoxError, Layer, Service};

use super::BoxFuture;

tokio::task_local! {
    static ALLOWED: Duration;
}

/// Lets `request` make a connection within this time.
pub(super) async fn within<T>(allowed: Option<Duration>, request: impl Future<Output = T>) -> T {
    match allowed {
        Some(allowed) => ALLOWED.scope(allowed, request).await,
        None => request.await,
    }
}

/// Gives up making a connection when the time of the request is over that asked for it.
#[derive(Debug, Clone)]
pub(super) struct InTime<S = ()>(S);

impl InTime {
    pub(super) fn layer() -> Self {
        Self(())
    }
}

impl<S> Layer<S> for InTime {
    type Service = InTime<S>;

    fn layer(&self, connector: S) -> InTime<S> {
        InTime(connector)
    }
}

impl<S, R> Service<R> for InTime<S>
where
    S: Service<R, Error = BoxError>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<S::Response, BoxError>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, target: R) -> Self::Future {
        let connection = self.0.call(target);
        match ALLOWED.try_get() {
            Ok(allowed) => Box::pin(async move {
                let made = tokio::time::timeout(allowed, connection).await;
                made.unwrap_or_else(|_| Err(too_late(allowed).into()))
            }),
            Err(_) => Box::pin(connection),
        }
    }
}

fn too_late(allowed: Duration) -> io::Error {
    let message = format!("none was made within {} s", allowed.as_secs_f64());
    io::Error::new(io::ErrorKind::TimedOut, message)
}
