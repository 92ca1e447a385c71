//! HTTP by reqwest. No redirects: the token never follows one.

use std::{future::Future, mem, sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use reqwest::{Response, StatusCode};

use super::{
    BoxFuture, Failure, Incoming, Outgoing, ProxySettings, Times, TlsSettings, Transport,
    connecting::{self, InTime},
    upload,
};
use crate::error::{Delivery, Error, ErrorKind, Result};

/// Bytes that are reserved for an answer before they have come, at most.
const RESERVED: usize = 1024 * 1024;

const STRANGER: &str = "the server asks for a certificate of this client: give it with `client_certificate` and `client_key`";

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
            return Err(too_large(limit));
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
        Ok(piece) => piece.map_err(failure),
        Err(_) => Err(silent(limit)),
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
            answer.await.map_err(failure)?
        } else {
            in_time(silence, answer).await?
        };
        if response.status() == StatusCode::PROXY_AUTHENTICATION_REQUIRED {
            return Err(unknown_to_proxy());
        }
        Ok(Incoming {
            status: response.status(),
            headers: mem::take(response.headers_mut()),
            body: self.body(response, silence).await?,
        })
    }

    /// Over HTTP/2 a connection that is refused for want of a certificate just ends.
    fn explained(&self, failure: Failure) -> Failure {
        let ended = failure.kind == ErrorKind::Connection && failure.hint.is_none();
        match ended && self.settings.tls.lacks_certificate() {
            true => Failure {
                hint: Some(STRANGER.into()),
                ..failure
            },
            false => failure,
        }
    }
}

impl Transport for HttpTransport {
    fn round_trip(&self, outgoing: Outgoing) -> BoxFuture<'_, Result<Incoming, Failure>> {
        Box::pin(async move {
            let answer = self.exchange(outgoing).await;
            answer.map_err(|failure| self.explained(failure))
        })
    }
}

fn within(body: Bytes, limit: u64) -> Result<Bytes, Failure> {
    match body.len() as u64 > limit {
        true => Err(too_large(limit)),
        false => Ok(body),
    }
}

fn too_large(limit: u64) -> Failure {
    Failure {
        kind: ErrorKind::UnexpectedResponse,
        delivery: Delivery::Answered,
        message: format!("the answer is larger than {limit} bytes"),
        hint: Some("ask for smaller pages, or raise `max_response_size`".into()),
        source: None,
    }
}

/// A tunnel that is refused is told by the HTTP client in these words. Without TLS there is none: the refusal comes as if it
/// were the answer.
const UNKNOWN_TO_PROXY: &str = "proxy authorization required";

fn unknown_to_proxy() -> Failure {
    Failure {
        kind: ErrorKind::Connection,
        delivery: Delivery::NotSent,
        message: format!("no connection: {UNKNOWN_TO_PROXY}"),
        hint: hint(UNKNOWN_TO_PROXY).map(Into::into),
        source: None,
    }
}

fn silent(limit: Duration) -> Failure {
    Failure {
        kind: ErrorKind::Timeout,
        delivery: Delivery::Unknown,
        message: format!("nothing came for {} s", limit.as_secs_f64()),
        hint: Some("raise `read_timeout` if the service needs longer".into()),
        source: None,
    }
}

fn failure(error: reqwest::Error) -> Failure {
    let cause = root_cause(&error);
    if is_badly_packed(&error) {
        return unreadable(&cause, error);
    }
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
        kind: match error.is_timeout() {
            true => ErrorKind::Timeout,
            false => ErrorKind::Connection,
        },
        delivery: match error.is_connect() || error.is_builder() {
            true => Delivery::NotSent,
            false => Delivery::Unknown,
        },
        message: format!("{message}: {cause}"),
        hint: hint(&cause).map(Into::into),
        source: Some(Box::new(error.without_url())),
    }
}

/// Trouble with the connection is told by hyper, that of a decompressor by itself.
fn is_badly_packed(error: &reqwest::Error) -> bool {
    let source = std::error::Error::source(error);
    error.is_decode() && source.is_some_and(|source| source.is::<std::io::Error>())
}

/// The answer came, and is not packed as it says. It would come in the same way again.
fn unreadable(cause: &str, error: reqwest::Error) -> Failure {
    Failure {
        kind: ErrorKind::UnexpectedResponse,
        delivery: Delivery::Answered,
        message: format!("the answer cannot be decompressed: {cause}"),
        hint: Some("look for a proxy or gateway in between that changes answers".into()),
        source: Some(Box::new(error.without_url())),
    }
}

/// What usually is behind a cause, which rustls tells in these words.
fn hint(cause: &str) -> Option<&'static str> {
    let has = |words: &[&str]| words.iter().any(|word| cause.contains(word));
    let refused = cause.starts_with("received fatal alert");
    if has(&["ProtocolVersion", "SupportTls12"]) {
        Some("the server offers no TLS 1.2 or later: look for a proxy or gateway in between")
    } else if refused && has(&["Certificate", "UnknownCA", "DecryptError", "AccessDenied"]) {
        Some(
            "the server does not know this client: give the certificate that it asks for with `client_certificate` and \
             `client_key`",
        )
    } else if has(&[UNKNOWN_TO_PROXY]) {
        Some(
            "the proxy does not know this client: give user and password in the URL of the `proxy`",
        )
    } else if has(&["certificate", "UnknownIssuer"]) {
        Some(
            "the certificate is not trusted: if your company inspects TLS, give its CA with `ca_file`",
        )
    } else {
        None
    }
}

fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}
