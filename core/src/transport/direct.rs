//! Requests that go straight to the server, by hyper. reqwest is built on the same, but reads the address of each request three
//! times and copies its headers as often, for redirects that are not followed here: a quarter of the instructions of a call.

use std::{sync::Arc, time::Duration};

use http::{Request, Response};
use hyper_rustls::HttpsConnector;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use tower::{Layer, Service};
use tower_http::decompression::Decompression;

use super::{
    Failure,
    connecting::InTime,
    failure::{self, Stage},
    http::AnswerBody,
    upload::Upload,
};

/// How long a connection is kept that nobody uses, and how soon one is given up whose other end is gone: as with reqwest, so
/// that both ways behave alike.
const IDLE: Duration = Duration::from_secs(90);
const KEEPALIVE: Duration = Duration::from_secs(15);
const KEEPALIVE_RETRIES: u32 = 3;
#[cfg(target_os = "linux")]
const UNACKNOWLEDGED: Duration = Duration::from_secs(30);

/// A connection pool.
#[derive(Debug)]
pub(super) struct Direct {
    client: Client<InTime<HttpsConnector<HttpConnector>>, Upload>,
}

impl Direct {
    /// A new pool. Opens nothing yet.
    pub(super) fn new(tls: rustls::ClientConfig, connect_timeout: Duration) -> Self {
        let https = HttpsConnector::from((tcp(connect_timeout), Arc::new(tls)));
        let client = Client::builder(TokioExecutor::new())
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(usize::MAX)
            .build(InTime::layer(connect_timeout).layer(https));
        Self { client }
    }

    /// Sends `request` and waits for the head of the answer.
    pub(super) async fn send(
        &self,
        request: Request<Upload>,
    ) -> Result<Response<impl AnswerBody>, Failure> {
        let answer = Decompression::new(&self.client).call(request).await;
        answer.map_err(|error| failure::of(error.into(), Stage::Asking))
    }
}

fn tcp(connect_timeout: Duration) -> HttpConnector {
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    // A share of it for each address that the host has.
    tcp.set_connect_timeout(Some(connect_timeout));
    tcp.set_keepalive(Some(KEEPALIVE));
    tcp.set_keepalive_interval(Some(KEEPALIVE));
    tcp.set_keepalive_retries(Some(KEEPALIVE_RETRIES));
    #[cfg(target_os = "linux")]
    tcp.set_tcp_user_timeout(Some(UNACKNOWLEDGED));
    tcp
}
