//! What happens during a call, as it is reported to logs.

use std::{error, fmt, time::Duration};

use super::{CallEnd, CallId, CallStart};
use crate::error::Error;

/// How much an event matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// What every call does.
    Debug,
    /// What happens now and then and is normal.
    Info,
    /// What makes calls slow, or may become a failure.
    Warning,
    /// What has to be fixed.
    Error,
}

/// What an event is about: the last part of a logger's or channel's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// Calls and their requests.
    Call,
    /// Requests that failed, and what is done about that.
    Retry,
    /// Tokens.
    Auth,
    /// Waiting for a turn.
    Pace,
    /// Hooks that failed.
    Hooks,
}

impl Topic {
    /// The word used in names.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Retry => "retry",
            Self::Auth => "auth",
            Self::Pace => "pace",
            Self::Hooks => "hooks",
        }
    }
}

/// Something that happened during a call. It contains no secret.
#[derive(Debug)]
pub struct Event<'a> {
    /// Id of the call.
    pub call_id: CallId,
    /// Operation, such as `users.get`; for a request of a sign-in, the name that errors use.
    pub operation: &'a str,
    /// What happened.
    pub what: What<'a>,
}

/// What can happen during a call.
#[derive(Debug)]
#[non_exhaustive]
pub enum What<'a> {
    /// It begins.
    Started(&'a CallStart),
    /// A request is sent.
    Sent {
        /// Its number within the call, from 1.
        attempt: u32,
    },
    /// A request got no answer, or one that is not a success.
    Failed {
        /// Its number within the call, from 1.
        attempt: u32,
        /// Why.
        error: &'a Error,
    },
    /// The request will be sent again.
    Retrying {
        /// The one that failed.
        attempt: u32,
        /// How long the client waits before that.
        wait: Duration,
        /// Why.
        error: &'a Error,
    },
    /// The request waits for its turn.
    Held {
        /// How long the service asked all callers to wait; none if the request only waits for others to finish.
        wait: Option<Duration>,
    },
    /// A token was fetched.
    TokenFetched {
        /// Whether there was one before.
        renewed: bool,
        /// How long that took.
        duration: Duration,
    },
    /// The token of another process was taken from the cache.
    TokenFound,
    /// No token could be obtained.
    TokenFailed {
        /// Why.
        error: &'a Error,
    },
    /// The service refused the token, so another one is fetched.
    TokenRefused,
    /// The token was revoked, and is forgotten.
    TokenEnded,
    /// The answer was lost, so the client looks whether the request was carried out.
    LookingUp,
    /// What came of that.
    LookedUp {
        /// `found`, `other` if something of that name has other values, or `nothing`.
        found: &'static str,
    },
    /// A hook failed. The call goes on without it.
    HookFailed {
        /// `before` or `after`.
        hook: &'static str,
        /// Whether this is the first failure of this hook of this client.
        first: bool,
        /// Why.
        error: &'a (dyn error::Error + 'static),
    },
    /// It is over.
    Ended(&'a CallEnd),
}

impl What<'_> {
    /// How much it matters.
    #[must_use]
    pub fn level(&self) -> Level {
        match self {
            Self::Started(_) | Self::Sent { .. } | Self::Ended(_) => Level::Debug,
            Self::Failed { .. }
            | Self::Held { wait: None }
            | Self::HookFailed { first: false, .. }
            | Self::TokenFetched { .. }
            | Self::TokenFound
            | Self::TokenRefused
            | Self::TokenEnded
            | Self::LookedUp { .. } => Level::Info,
            Self::Retrying { .. }
            | Self::Held { .. }
            | Self::TokenFailed { .. }
            | Self::LookingUp => Level::Warning,
            Self::HookFailed { .. } => Level::Error,
        }
    }

    /// What it is about.
    #[must_use]
    pub fn topic(&self) -> Topic {
        match self {
            Self::Started(_) | Self::Sent { .. } | Self::Ended(_) => Topic::Call,
            Self::Failed { .. }
            | Self::Retrying { .. }
            | Self::LookingUp
            | Self::LookedUp { .. } => Topic::Retry,
            Self::Held { .. } => Topic::Pace,
            Self::TokenFetched { .. }
            | Self::TokenFound
            | Self::TokenFailed { .. }
            | Self::TokenRefused
            | Self::TokenEnded => Topic::Auth,
            Self::HookFailed { .. } => Topic::Hooks,
        }
    }

    /// Its name, the same in all languages.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Started(_) => "started",
            Self::Sent { .. } => "sent",
            Self::Failed { .. } => "failed",
            Self::Retrying { .. } => "retrying",
            Self::Held { .. } => "held",
            Self::TokenFetched { renewed: false, .. } => "token_fetched",
            Self::TokenFetched { .. } => "token_renewed",
            Self::TokenFound => "token_found",
            Self::TokenFailed { .. } => "token_failed",
            Self::TokenRefused => "token_refused",
            Self::TokenEnded => "token_ended",
            Self::LookingUp => "looking_up",
            Self::LookedUp { .. } => "looked_up",
            Self::HookFailed { .. } => "hook_failed",
            Self::Ended(_) => "ended",
        }
    }

    /// How long the client waits.
    #[must_use]
    pub fn wait(&self) -> Option<Duration> {
        match self {
            Self::Retrying { wait, .. } => Some(*wait),
            Self::Held { wait } => *wait,
            _ => None,
        }
    }

    /// Number of the request within the call, from 1.
    #[must_use]
    pub fn attempt(&self) -> Option<u32> {
        match self {
            Self::Sent { attempt }
            | Self::Failed { attempt, .. }
            | Self::Retrying { attempt, .. } => Some(*attempt),
            _ => None,
        }
    }

    /// The error that it reports.
    #[must_use]
    pub fn error(&self) -> Option<&Error> {
        match self {
            Self::Failed { error, .. }
            | Self::Retrying { error, .. }
            | Self::TokenFailed { error } => Some(error),
            _ => None,
        }
    }
}

impl fmt::Display for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.operation, self.what)
    }
}

impl fmt::Display for What<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Started(start) => write!(f, "{} {}", start.method, start.shown_path()),
            Self::Sent { attempt } => write!(f, "request {attempt} goes out"),
            Self::Failed { attempt, error } => {
                write!(f, "request {attempt} failed: {}", Short(error))
            }
            Self::Retrying {
                attempt,
                wait,
                error,
            } => {
                let (wait, error) = (Seconds(*wait), Short(error));
                write!(
                    f,
                    "sent again in {wait}, as request {attempt} failed: {error}"
                )
            }
            Self::Held { wait: Some(wait) } => {
                let wait = Seconds(*wait);
                write!(
                    f,
                    "held back for {wait}, as the service asked callers to wait"
                )
            }
            Self::Held { wait: None } => f.write_str("waits for its turn"),
            Self::TokenFetched { renewed, duration } => {
                let what = if *renewed {
                    "token renewed"
                } else {
                    "token fetched"
                };
                write!(f, "{what} in {}", Seconds(*duration))
            }
            Self::TokenFound => f.write_str("token of another process taken from the cache"),
            Self::TokenFailed { error } => write!(f, "no token: {}", Short(error)),
            Self::TokenRefused => {
                f.write_str("token refused by the service, another one is fetched")
            }
            Self::TokenEnded => f.write_str("token ended and forgotten"),
            Self::LookingUp => f.write_str("answer lost: whether it was done is looked up"),
            Self::LookedUp { found } => write!(f, "looked up: {found}"),
            Self::HookFailed { hook, error, .. } => write!(f, "the hook `{hook}` failed: {error}"),
            Self::Ended(end) => end.fmt(f),
        }
    }
}

/// An error without what is said elsewhere.
struct Short<'a>(&'a Error);

impl fmt::Display for Short<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let details = self.0.details();
        f.write_str(details.kind.class())?;
        if let Some(status) = details.status {
            write!(f, " (HTTP {status})")?;
        }
        write!(f, ": {}", details.message)
    }
}

/// Seconds, to the millisecond.
pub(super) struct Seconds(pub(super) Duration);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3} s", self.0.as_secs_f64())
    }
}
