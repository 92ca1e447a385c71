//! Time for making a connection: that of the pool, or less where a single request has its own.
//!
//! Connections are made by the pool. What a request allows is known to the task that asks the pool, and the pool makes
//! connections on that task.

use std::{
    io,
    task::{Context, Poll},
    time::Duration,
};

use tokio::task::futures::TaskLocalFuture;
use tower::{BoxError, Layer, Service};

use super::BoxFuture;

tokio::task_local! {
    static ALLOWED: Option<Duration>;
}

/// Lets `request` make a connection within this time.
pub(super) fn within<R: Future>(
    allowed: Option<Duration>,
    request: R,
) -> TaskLocalFuture<Option<Duration>, R> {
    ALLOWED.scope(allowed, request)
}

/// Gives up making a connection when its time is over.
#[derive(Debug, Clone)]
pub(super) struct InTime<S = ()> {
    connector: S,
    longest: Duration,
}

impl InTime {
    pub(super) fn layer(longest: Duration) -> Self {
        Self {
            connector: (),
            longest,
        }
    }
}

impl<S> Layer<S> for InTime {
    type Service = InTime<S>;

    fn layer(&self, connector: S) -> InTime<S> {
        InTime {
            connector,
            longest: self.longest,
        }
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
        self.connector.poll_ready(context)
    }

    fn call(&mut self, target: R) -> Self::Future {
        let connection = self.connector.call(target);
        let allowed = ALLOWED.try_get().ok().flatten();
        let allowed = allowed.map_or(self.longest, |allowed| allowed.min(self.longest));
        Box::pin(async move {
            let made = tokio::time::timeout(allowed, connection).await;
            made.unwrap_or_else(|_| Err(too_late(allowed).into()))
        })
    }
}

fn too_late(allowed: Duration) -> io::Error {
    let message = format!("none was made within {} s", allowed.as_secs_f64());
    io::Error::new(io::ErrorKind::TimedOut, message)
}
