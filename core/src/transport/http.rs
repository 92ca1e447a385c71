//! HTTP by reqwest. No redirects: the token never follows one.

use std::{future::Future, mem, sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use reqwest::{Response, StatusCode};

use super::{
    BoxFuture, Failure, Incoming, Outgoing, ProxySettings, Times, TlsSettings, Transport,
    connecting::{self, InTime},
    failure, upload,
};
use crate::error::{Error, Result};

/// Bytes that are reserved for an answer before they have come, at most.
const RESERVED: usize = 1024 * 1024;

/// What a connection pool is made of.
#[derive(Debug)]
pub(crate) struct HttpSettings {
    pub(crate) tls: TlsSettings,
    pub(crate) proxy: ProxySettings,
    pub(crate) connect_timeout: Duration,
    pub(crate) read_timeout: Duration,
    pub(crate) max_response_size: u64,
}

/// The product's transport: a connection pool that belongs to the runtime it is used on.
#[derive(Debug, Clone)]
pub struct HttpTransport {
    client: reqwest::Client,
    settings: Arc<HttpSettings>,
}

impl HttpTransport {
    /// A new pool. Opens nothing yet.
    pub(crate) fn new(settings: Arc<HttpSettings>) -> Result<Self> {
        let tls = settings.tls.config()?;
        Self::with_tls(settings, tls)
    }

    /// The same with another TLS.
    pub(crate) fn with_tls(settings: Arc<HttpSettings>, tls: rustls::ClientConfig) -> Result<Self> {
        let builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(reqwest::redirect::Policy::none())
            // What may be sent again is decided once, in `client/call.rs`, where it is counted and told. It also spares a copy
            // of every request.
            .retry(reqwest::retry::never().max_retries_per_request(0))
            .connect_timeout(settings.connect_timeout)
            .connector_layer(InTime::layer())
            .pool_max_idle_per_host(usize::MAX)
            .tcp_nodelay(true);
        let client = settings.proxy.apply(builder)?.build().map_err(|error| {
            Error::configuration("the HTTP client cannot be set up").caused_by(error)
        })?;
        Ok(Self { client, settings })
    }

    /// The whole body, as long as it is not too large and does not stand still.
    async fn body(&self, mut response: Response, silence: Duration) -> Result<Bytes, Failure> {
        let limit = self.settings.max_response_size;
        let announced = response.content_length().unwrap_or(0);
        if announced > limit {
            return Err(failure::too_large(limit));
        }
        let Some(first) = in_time(silence, response.chunk()).await? else {
            return Ok(Bytes::new());
        };
        let Some(second) = in_time(silence, response.chunk()).await? else {
            return within(first, limit);
        };
        // What is announced need not come.
        let capacity = usize::try_from(announced).unwrap_or(0).min(RESERVED);
        let mut whole = BytesMut::with_capacity(capacity.max(first.len() + second.len()));
        whole.extend_from_slice(&first);
        whole.extend_from_slice(&second);
        while whole.len() as u64 <= limit {
            match in_time(silence, response.chunk()).await? {
                Some(chunk) => whole.extend_from_slice(&chunk),
                None => break,
            }
        }
        within(whole.freeze(), limit)
    }
}

/// Waits for the next piece of an answer.
async fn in_time<T>(
    limit: Duration,
    piece: impl Future<Output = reqwest::Result<T>>,
) -> Result<T, Failure> {
    match tokio::time::timeout(limit, piece).await {
        Ok(piece) => piece.map_err(failure::of),
        Err(_) => Err(failure::silent(limit)),
    }
}

impl HttpTransport {
    async fn exchange(&self, outgoing: Outgoing) -> Result<Incoming, Failure> {
        let Times { connect, read } = outgoing.times;
        let silence = read.unwrap_or(self.settings.read_timeout);
        let mut request = reqwest::Request::new(outgoing.method, outgoing.url);
        *request.headers_mut() = outgoing.headers;
        // How long an upload takes is not how long the service is silent.
        let mut uploads = false;
        if let Some(body) = outgoing.body {
            uploads = body.is_upload();
            *request.body_mut() = Some(upload::open(body).await?);
        }
        let answer = connecting::within(connect, self.client.execute(request));
        let mut response = if uploads {
            answer.await.map_err(failure::of)?
        } else {
            in_time(silence, answer).await?
        };
        if response.status() == StatusCode::PROXY_AUTHENTICATION_REQUIRED {
            return Err(failure::unknown_to_proxy());
        }
        Ok(Incoming {
            status: response.status(),
            headers: mem::take(response.headers_mut()),
            body: self.body(response, silence).await?,
        })
    }
}

impl Transport for HttpTransport {
    fn round_trip(&self, outgoing: Outgoing) -> BoxFuture<'_, Result<Incoming, Failure>> {
        Box::pin(async move {
            let answer = self.exchange(outgoing).await;
            answer.map_err(|failure| match self.settings.tls.lacks_certificate() {
                true => failure::without_certificate(failure),
                false => failure,
            })
        })
    }
}

fn within(body: Bytes, limit: u64) -> Result<Bytes, Failure> {
    match body.len() as u64 > limit {
        true => Err(failure::too_large(limit)),
        false => Ok(body),
    }
}
