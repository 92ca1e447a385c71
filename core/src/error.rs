//! One error for everything that can go wrong, and the one table of its kinds.

mod kind;

use std::{fmt, time::Duration};

pub use kind::{ErrorKind, Family, KindRow};

use crate::{observe::CallId, operation::Meta};

/// Result of every call.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Whether the request may have reached the service, which decides if a write can safely be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// Nothing was sent, or the server has said that it did not look at it: sending it again is harmless.
    NotSent,
    /// It may have been received and carried out: check before sending a write again.
    Unknown,
    /// The service answered.
    Answered,
}

impl Delivery {
    /// The word used in Python, TypeScript and logs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotSent => "not_sent",
            Self::Unknown => "unknown",
            Self::Answered => "answered",
        }
    }
}

/// What went wrong, where, and whether the service may have seen the request.
///
/// Boxed, so that a `Result` stays small.
pub struct Error(Box<Details>);

/// Everything an [`Error`] knows. No field ever holds a secret.
#[derive(Debug)]
#[non_exhaustive]
pub struct Details {
    /// Row of the error table.
    pub kind: ErrorKind,
    /// What happened, in one sentence.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// Name of the operation, such as `users.get`; none if no operation was involved.
    pub operation: Option<String>,
    /// Id of the call, which its log records, spans and hooks carry as well; none if it did not begin.
    pub call_id: Option<CallId>,
    /// Whether the request may have reached the service.
    pub delivery: Delivery,
    /// HTTP status. Note that failures of platform calls arrive with 200.
    pub status: Option<u16>,
    /// The service's own code: `ErrorCode`, `scimType` or the OAuth2 `error`.
    pub code: Option<String>,
    /// `MessageID` of the platform envelope.
    pub message_id: Option<String>,
    /// `ErrorID` of the platform envelope, which the vendor's support asks for.
    pub error_id: Option<String>,
    /// `X-CFY-TX-ID` of the answer.
    pub request_id: Option<String>,
    /// The argument at fault, for [`ErrorKind::InvalidArgument`].
    pub field: Option<String>,
    /// How long the service asked to wait.
    pub retry_after: Option<Duration>,
    /// Requests sent for this call.
    pub attempts: u32,
    /// The request as a command line; see [`Error::as_curl`].
    pub curl: Option<String>,
    /// What caused it.
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// A new error of `kind` for which nothing was sent.
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Details {
            kind,
            message: message.into(),
            hint: None,
            operation: None,
            call_id: None,
            delivery: Delivery::NotSent,
            status: None,
            code: None,
            message_id: None,
            error_id: None,
            request_id: None,
            field: None,
            retry_after: None,
            attempts: 0,
            curl: None,
            source: None,
        }))
    }

    /// A setting that cannot work, found before anything was sent.
    #[must_use]
    pub fn configuration(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Configuration, message)
    }

    /// A sign-in that failed before anything was sent: for token sources and prompts.
    #[must_use]
    pub fn authentication(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Authentication, message)
    }

    /// An argument that was refused before anything was sent.
    #[must_use]
    pub fn invalid_argument(operation: &str, field: impl Into<String>, problem: &str) -> Self {
        let field = field.into();
        let message = match field.as_str() {
            "" | "." => problem.to_owned(),
            field => format!("argument `{field}`: {problem}"),
        };
        Self::new(ErrorKind::InvalidArgument, message).with(|d| {
            d.operation = Some(operation.to_owned());
            d.field = Some(field);
        })
    }

    /// The client was closed before or during the call.
    #[must_use]
    pub fn closed() -> Self {
        Self::new(ErrorKind::Closed, "the client is closed").hint("make a new client")
    }

    /// An answer that the service does not give for `meta`.
    #[must_use]
    pub fn unexpected(meta: &Meta, status: u16, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::UnexpectedResponse, message).with(|d| {
            d.operation = Some(meta.name.to_owned());
            d.delivery = Delivery::Answered;
            d.status = Some(status);
        })
    }

    /// Adds advice to what was advised before.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        let hint = hint.into();
        self.with(|d| {
            d.hint = Some(match d.hint.take() {
                Some(first) => format!("{first}; {hint}"),
                None => hint,
            });
        })
    }

    /// Adds what caused it.
    #[must_use]
    pub fn caused_by(self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.with(|d| d.source = Some(source.into()))
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut Details)) -> Self {
        change(&mut self.0);
        self
    }

    /// The same error for another caller who waited for the same thing. What caused it stays with the first.
    pub(crate) fn copy(&self) -> Self {
        let details = self.details();
        Self(Box::new(Details {
            kind: details.kind,
            message: details.message.clone(),
            hint: details.hint.clone(),
            operation: details.operation.clone(),
            call_id: details.call_id,
            delivery: details.delivery,
            status: details.status,
            code: details.code.clone(),
            message_id: details.message_id.clone(),
            error_id: details.error_id.clone(),
            request_id: details.request_id.clone(),
            field: details.field.clone(),
            retry_after: details.retry_after,
            attempts: details.attempts,
            curl: details.curl.clone(),
            source: None,
        }))
    }

    /// The request as a `curl` command line for a POSIX shell, to try it by hand; none if the call sent no request, or if
    /// signing in failed.
    ///
    /// It contains no secret: the token is `$TOKEN`, passwords and secret headers are `***`. Of a form with a file only the
    /// names are shown, and `@BODY` stands for a body that is too large to show.
    #[must_use]
    pub fn as_curl(&self) -> Option<&str> {
        self.0.curl.as_deref()
    }

    /// Row of the error table.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Everything that is known.
    #[must_use]
    pub fn details(&self) -> &Details {
        &self.0
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let details = self.details();
        if let Some(operation) = &details.operation {
            write!(f, "{operation}: ")?;
        }
        f.write_str(&details.message)?;
        if let Some(hint) = &details.hint {
            write!(f, " ({hint})")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0
            .source
            .as_deref()
            .map(|source| source as &(dyn std::error::Error + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_as_one_sentence_with_the_operation_and_the_way_out() {
        let error = Error::invalid_argument("users.get", "id", "must not be empty").hint("pass it");
        assert_eq!(
            error.to_string(),
            "users.get: argument `id`: must not be empty (pass it)"
        );
    }

    #[test]
    fn advice_does_not_replace_advice() {
        let error = Error::closed().hint("or keep it open");
        assert_eq!(
            error.details().hint.as_deref(),
            Some("make a new client; or keep it open")
        );
    }
}
