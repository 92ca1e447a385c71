//! Why no complete answer came, and what helps.

use std::{error::Error as StdError, io, time::Duration};

use hyper_util::client::legacy;
use tower::BoxError;

use super::Failure;
use crate::error::{Delivery, ErrorKind};

const STRANGER: &str = "the server asks for a certificate of this client: give it with `client_certificate` and `client_key`";

pub(super) fn too_large(limit: u64) -> Failure {
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

pub(super) fn unknown_to_proxy() -> Failure {
    Failure {
        kind: ErrorKind::Connection,
        delivery: Delivery::NotSent,
        message: format!("no connection: {UNKNOWN_TO_PROXY}"),
        hint: hint(UNKNOWN_TO_PROXY).map(Into::into),
        source: None,
    }
}

/// Over HTTP/2 a connection that is refused for want of a certificate just ends.
pub(super) fn without_certificate(failure: Failure) -> Failure {
    let ended = failure.kind == ErrorKind::Connection && failure.hint.is_none();
    match ended {
        true => Failure {
            hint: Some(STRANGER.into()),
            ..failure
        },
        false => failure,
    }
}

pub(super) fn silent(limit: Duration) -> Failure {
    Failure {
        kind: ErrorKind::Timeout,
        delivery: Delivery::Unknown,
        message: format!("nothing came for {} s", limit.as_secs_f64()),
        hint: Some("raise `read_timeout` if the service needs longer".into()),
        source: None,
    }
}

/// How far an exchange had come when it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// No answer had begun.
    Asking,
    /// An answer had begun.
    Answering,
}

/// What an error of the HTTP client means.
pub(super) fn of(error: BoxError, stage: Stage) -> Failure {
    let cause = root_cause(&*error);
    if stage == Stage::Answering && is_badly_packed(&*error) {
        return unreadable(&cause, error);
    }
    if is_unseen(&*error) {
        return unseen(&cause, error);
    }
    let (connecting, late) = (is_connecting(&*error), is_late(&*error));
    let message = match (connecting, late) {
        (true, true) => "no connection in the time allowed",
        (true, false) => "no connection",
        (false, true) => "no answer in the time allowed",
        (false, false) if stage == Stage::Answering => {
            "the connection broke in the middle of the answer"
        }
        (false, false) => "the connection broke before an answer came",
    };
    Failure {
        kind: match late {
            true => ErrorKind::Timeout,
            false => ErrorKind::Connection,
        },
        delivery: match connecting {
            true => Delivery::NotSent,
            false => Delivery::Unknown,
        },
        message: format!("{message}: {cause}"),
        hint: hint(&cause).map(Into::into),
        source: Some(error),
    }
}

fn is_connecting(error: &(dyn StdError + 'static)) -> bool {
    causes(error)
        .filter_map(|cause| cause.downcast_ref::<legacy::Error>())
        .any(legacy::Error::is_connect)
}

fn is_late(error: &(dyn StdError + 'static)) -> bool {
    let by_reqwest = error.downcast_ref::<reqwest::Error>();
    by_reqwest.is_some_and(reqwest::Error::is_timeout)
        || causes(error)
            .filter_map(|cause| cause.downcast_ref::<io::Error>())
            .any(|error| error.kind() == io::ErrorKind::TimedOut)
}

/// Whether the server has said that it has not looked at the request (RFC 9113, section 8.7).
fn is_unseen(error: &(dyn StdError + 'static)) -> bool {
    let Some(error) = causes(error).find_map(|cause| cause.downcast_ref::<h2::Error>()) else {
        return false;
    };
    let leaves = error.is_go_away() && error.reason() == Some(h2::Reason::NO_ERROR);
    let refused = error.is_reset() && error.reason() == Some(h2::Reason::REFUSED_STREAM);
    error.is_remote() && (leaves || refused)
}

fn unseen(cause: &str, error: BoxError) -> Failure {
    Failure {
        kind: ErrorKind::Connection,
        delivery: Delivery::NotSent,
        message: format!("the server did not look at the request: {cause}"),
        hint: None,
        source: Some(error),
    }
}

/// Trouble with the connection is told by hyper, that of a decompressor by itself.
fn is_badly_packed(error: &(dyn StdError + 'static)) -> bool {
    !causes(error).any(|cause| cause.is::<hyper::Error>())
}

/// The answer came, and is not packed as it says. It would come in the same way again.
fn unreadable(cause: &str, error: BoxError) -> Failure {
    Failure {
        kind: ErrorKind::UnexpectedResponse,
        delivery: Delivery::Answered,
        message: format!("the answer cannot be decompressed: {cause}"),
        hint: Some("look for a proxy or gateway in between that changes answers".into()),
        source: Some(error),
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

fn root_cause(error: &(dyn StdError + 'static)) -> String {
    causes(error)
        .last()
        .map(ToString::to_string)
        .unwrap_or_default()
}

/// The error itself and what is behind it, outermost first.
fn causes<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}
