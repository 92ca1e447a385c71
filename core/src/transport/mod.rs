//! One request, one answer: the only way out of this crate.

mod attempt;
mod classify;
mod connecting;
mod direct;
mod envelope;
mod failure;
mod http;
mod idle;
mod outcome;
mod proxied;
mod proxy;
mod route;
mod tenant;
mod tls;
mod upload;

use std::{borrow::Cow, fmt, future::Future, pin::Pin, time::Duration};

use ::http::{HeaderMap, Method, StatusCode, Uri};
use bytes::Bytes;

pub use self::http::HttpTransport;
pub(crate) use self::{
    attempt::{Attempts, RetryPolicy, failed},
    envelope::{Envelope, OAuthError, text as envelope_text},
    http::HttpSettings,
    outcome::{recognise, request_id, retry_after},
    proxy::{NamedProxy, ProxySettings},
    route::{Proxied, Route},
    tls::{ClientCertificate, TlsSettings},
};
pub use idle::notice_closed_connections;
pub use outcome::Payload;
pub use tenant::TenantUrl;
pub(crate) use tenant::is_loopback;

use crate::{
    body::Body,
    error::{Delivery, Error, ErrorKind},
};

/// A future that can be sent between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A request to be sent, complete with host and token.
pub struct Outgoing {
    /// HTTP method.
    pub method: Method,
    /// Full URL.
    pub url: Uri,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Option<Body>,
    /// Time-outs of its own.
    pub times: Times,
}

/// Time-outs of a single request; for those that are none, the transport's settings apply.
#[derive(Debug, Clone, Copy, Default)]
pub struct Times {
    /// For making a connection. A transport may ignore one that is longer than its own.
    pub connect: Option<Duration>,
    /// Longest silence, before the answer and within it.
    pub read: Option<Duration>,
}

/// Without headers and body, which may hold secrets.
impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.url.path())
    }
}

/// A complete answer.
#[derive(Debug)]
pub struct Incoming {
    /// HTTP status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Bytes,
}

/// No complete answer arrived.
#[derive(Debug)]
pub struct Failure {
    /// Kind of the error: no connection, no time left, an answer that was refused.
    pub kind: ErrorKind,
    /// Whether the request may have reached the service.
    pub delivery: Delivery,
    /// What happened.
    pub message: String,
    /// What to do about it.
    pub hint: Option<Cow<'static, str>>,
    /// What caused it.
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Failure {
    /// Nothing can be sent with these settings.
    pub(crate) fn unusable(error: &Error) -> Self {
        Self {
            kind: ErrorKind::Configuration,
            delivery: Delivery::NotSent,
            message: error.to_string(),
            hint: None,
            source: None,
        }
    }
}

/// Carries requests. The real one is [`HttpTransport`]; tests have their own.
pub trait Transport: fmt::Debug + Send + Sync + 'static {
    /// Sends `request` and reads the whole answer.
    fn round_trip(&self, request: Outgoing) -> BoxFuture<'_, Result<Incoming, Failure>>;
}
