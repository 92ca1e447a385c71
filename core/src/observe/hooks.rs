//! What hooks receive, and what they may change.

use std::{fmt, time::Duration};

use http::HeaderMap;

use super::{CallId, event::Seconds};
use crate::{
    error::{Error, ErrorKind, Result},
    options::checked_header,
    prepare::Prepared,
    request,
    transport::Payload,
};

/// A call that begins.
#[derive(Clone)]
#[non_exhaustive]
pub struct CallStart {
    /// Id of the call.
    pub call_id: CallId,
    /// Operation, such as `users.get`; `request` for `Client::request`.
    pub operation: &'static str,
    /// HTTP method.
    pub method: &'static str,
    /// Host of the tenant.
    pub host: String,
    /// Path as it is sent: escaped, without a query.
    pub path: String,
    /// The path of the operation, with `{id}` in place of an argument; none for `Client::request`.
    pub template: Option<&'static str>,
    /// Retry class of the request: `safe`, `idempotent` or `write`.
    pub retry: &'static str,
    pub(crate) headers: HeaderMap,
}

impl CallStart {
    /// What is known about a call before it is sent.
    #[must_use]
    pub fn new(call_id: CallId, host: &str, prepared: &Prepared) -> Self {
        let meta = prepared.meta;
        Self {
            call_id,
            operation: meta.name,
            method: meta.verb.as_str(),
            host: host.to_owned(),
            path: prepared.target.path().to_owned(),
            template: (meta.name != request::NAME).then(|| meta.route()),
            retry: meta.retry.as_str(),
            headers: HeaderMap::new(),
        }
    }

    /// Sends a header, such as `traceparent`, with every request of the call except those of a sign-in. A header that the
    /// caller passes to the operation takes precedence.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) for a name or value that HTTP does not allow, or a header
    /// that the client sets itself, such as `Authorization`.
    pub fn header(&mut self, name: &str, value: &str) -> Result<()> {
        let (name, value) = checked_header(name, value).map_err(|problem| {
            Error::invalid_argument(self.operation, format!("headers.{name}"), problem)
        })?;
        self.headers.insert(name, value);
        Ok(())
    }

    /// The path without ids, where that is known: log records should not show whom a call is about.
    pub(super) fn shown_path(&self) -> &str {
        self.template.unwrap_or(&self.path)
    }
}

/// Without the values of headers.
impl fmt::Debug for CallStart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CallStart({} {})", self.operation, self.call_id)
    }
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It succeeded.
    Success,
    /// It failed.
    Failure(ErrorKind),
    /// Nobody waited for it any more. It is not known whether it was carried out.
    Cancelled,
}

impl Outcome {
    /// `success`, `cancelled`, or the class of the error.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure(kind) => kind.class(),
            Self::Cancelled => "cancelled",
        }
    }
}

/// A call that is over.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CallEnd {
    /// Id of the call.
    pub call_id: CallId,
    /// Operation such as `users.get`.
    pub operation: &'static str,
    /// How it ended.
    pub outcome: Outcome,
    /// Message of the error.
    pub message: Option<String>,
    /// HTTP status. Failures of platform calls arrive with 200.
    pub status: Option<u16>,
    /// Requests that were sent for it, without those of a sign-in or a look-up.
    pub attempts: u32,
    /// Time since its beginning.
    pub duration: Duration,
    /// Size of the request body in bytes; none if it is streamed from a file.
    pub bytes_sent: Option<u64>,
    /// Size of the answer's body in bytes, decompressed; none if the call failed.
    pub bytes_received: Option<u64>,
    /// The service's id of the exchange (`X-CFY-TX-ID`).
    pub request_id: Option<String>,
}

impl CallEnd {
    /// A cancelled call, as long as nothing else is known about it.
    pub(crate) fn cancelled(call_id: CallId, prepared: &Prepared) -> Self {
        Self {
            call_id,
            operation: prepared.meta.name,
            outcome: Outcome::Cancelled,
            message: None,
            status: None,
            attempts: 0,
            duration: Duration::ZERO,
            bytes_sent: prepared.body.as_ref().map_or(Some(0), |body| body.size()),
            bytes_received: None,
            request_id: None,
        }
    }

    pub(crate) fn learn(&mut self, outcome: &Result<Payload>) {
        match outcome {
            Ok(payload) => {
                self.outcome = Outcome::Success;
                self.status = Some(payload.status.as_u16());
                self.bytes_received = Some(payload.body.len() as u64);
            }
            Err(error) => {
                let details = error.details();
                self.outcome = Outcome::Failure(details.kind);
                self.message = Some(details.message.clone());
                self.status = details.status;
                self.request_id.clone_from(&details.request_id);
            }
        }
    }
}

impl fmt::Display for CallEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.outcome {
            Outcome::Success => "done",
            Outcome::Failure(kind) => kind.class(),
            Outcome::Cancelled => "cancelled",
        };
        f.write_str(what)?;
        if let Some(status) = self.status {
            write!(f, " (HTTP {status})")?;
        }
        let requests = if self.attempts == 1 {
            "request"
        } else {
            "requests"
        };
        let (attempts, duration) = (self.attempts, Seconds(self.duration));
        write!(f, " after {attempts} {requests} in {duration}")?;
        match &self.message {
            Some(message) => write!(f, ": {message}"),
            None => Ok(()),
        }
    }
}
