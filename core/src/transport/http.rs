//! HTTP by reqwest. No redirects: the token never follows one.

use std::{mem, time::Duration};

use super::{BoxFuture, Failure, Incoming, Outgoing, TlsSettings, Transport, upload};
use crate::error::{Delivery, Error, Result};

/// The product's transport: a connection pool that belongs to the runtime it is used on.
#[derive(Debug, Clone)]
pub struct HttpTransport {
    client: reqwest::Client,
}

impl HttpTransport {
    /// A new pool. Opens nothing yet.
    pub(crate) fn new(tls: &TlsSettings, connect_timeout: Duration) -> Result<Self> {
        reqwest::Client::builder()
            .tls_backend_preconfigured(tls.config()?)
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(connect_timeout)
            .pool_max_idle_per_host(usize::MAX)
            .tcp_nodelay(true)
            .build()
            .map(|client| Self { client })
            .map_err(|error| {
                Error::configuration("the HTTP client cannot be set up").caused_by(error)
            })
    }
}

impl Transport for HttpTransport {
    fn round_trip(&self, outgoing: Outgoing) -> BoxFuture<'_, Result<Incoming, Failure>> {
        Box::pin(async move {
            let mut request = reqwest::Request::new(outgoing.method, outgoing.url);
            *request.headers_mut() = outgoing.headers;
            if let Some(body) = outgoing.body {
                *request.body_mut() = Some(upload::open(body).await?);
            }
            let mut response = self.client.execute(request).await.map_err(failure)?;
            Ok(Incoming {
                status: response.status(),
                headers: mem::take(response.headers_mut()),
                body: response.bytes().await.map_err(failure)?,
            })
        })
    }
}

fn failure(error: reqwest::Error) -> Failure {
    let message = match (error.is_connect(), error.is_timeout()) {
        (true, true) => "no connection in the time allowed",
        (true, false) => "no connection",
        (false, true) => "no answer in the time allowed",
        (false, false) if error.is_body() || error.is_decode() => {
            "the connection broke in the middle of the answer"
        }
        (false, false) => "the connection broke before an answer came",
    };
    Failure {
        delivery: if error.is_connect() || error.is_builder() {
            Delivery::NotSent
        } else {
            Delivery::Unknown
        },
        timeout: error.is_timeout(),
        message: format!("{message}: {}", root_cause(&error)),
        source: Some(Box::new(error.without_url())),
    }
}

fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}
