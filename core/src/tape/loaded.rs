//! Reading a tape.

use std::{fs, path::Path, sync::Arc};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde::Deserialize;

use super::{
    deck::TapeSource,
    format::{Answer, Exchange, FORMAT, Failed, Head, Request, VERSION},
};
use crate::{
    client::ClientBuilder,
    error::{Delivery, Error, ErrorKind, Result},
    transport::{Failure, Incoming},
};

/// A tape that has been read and checked, to be played any number of times.
#[derive(Debug, Clone)]
pub struct Tape(Arc<Loaded>);

#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) name: String,
    pub(super) head: Head,
    pub(super) exchanges: Vec<Played>,
    /// Number of the last line, if it is incomplete: whoever recorded it was interrupted.
    pub(super) cut: Option<usize>,
}

/// A line of a tape, ready to be played.
#[derive(Debug)]
pub(super) struct Played {
    /// Number of the line.
    pub(super) line: usize,
    pub(super) request: Request,
    pub(super) outcome: Outcome,
}

#[derive(Debug)]
pub(super) enum Outcome {
    Answer(StatusCode, HeaderMap, Bytes),
    Failure(ErrorKind, Delivery, String, Option<String>),
    /// Nobody waited for the answer.
    Nothing,
}

/// What tells a tape from other files, whatever its version.
#[derive(Deserialize)]
struct Mark {
    format: String,
    version: u32,
}

impl Tape {
    /// Reads the tape at `path`.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) for a file that cannot be read, is not a tape, or has a later
    /// version; it names the line at fault.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let name = path.display().to_string();
        let bytes = fs::read(path).map_err(|error| {
            Error::configuration(format!("the tape `{name}` cannot be read: {error}"))
                .hint("give the path of a tape that was recorded")
                .caused_by(error)
        })?;
        Self::parse(&name, &bytes)
    }

    /// Reads a tape in memory, such as one that is built into a program. Errors refer to it by `name`.
    ///
    /// An incomplete last line is ignored: the program that recorded it was interrupted.
    ///
    /// # Errors
    /// Like [`open`](Self::open).
    pub fn parse(name: &str, bytes: &[u8]) -> Result<Self> {
        let mut lines = bytes.split_inclusive(|byte| *byte == b'\n').enumerate();
        let (_, first) = lines.next().unwrap_or_default();
        let head = head(name, first)?;
        let mut exchanges = Vec::new();
        let mut cut = None;
        for (at, line) in lines {
            if line.trim_ascii().is_empty() {
                continue;
            }
            match played(at + 1, line) {
                Ok(played) => exchanges.push(played),
                Err(_) if !line.ends_with(b"\n") => cut = Some(at + 1),
                Err(problem) => {
                    let message = format!("line {} of the tape `{name}`: {problem}", at + 1);
                    return Err(Error::configuration(message).hint("record it again"));
                }
            }
        }
        Ok(Self(Arc::new(Loaded {
            name: name.to_owned(),
            head,
            exchanges,
            cut,
        })))
    }

    /// Starts building a client that plays it, like [`Client::replay`](crate::Client::replay).
    #[must_use]
    pub fn replay(&self) -> ClientBuilder {
        ClientBuilder::replaying(TapeSource::Tape(self.clone()))
    }

    /// URL of the tenant that it was recorded with.
    #[must_use]
    pub fn tenant_url(&self) -> &str {
        &self.0.head.tenant_url
    }

    /// How many requests are on it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.exchanges.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(super) fn loaded(&self) -> &Arc<Loaded> {
        &self.0
    }
}

fn head(name: &str, line: &[u8]) -> Result<Head> {
    let no_tape = |problem: &str| {
        Error::configuration(format!("`{name}` is not a tape: {problem}"))
            .hint("give the path of a file that was recorded")
    };
    let mark: Mark = serde_json::from_slice(line)
        .map_err(|_| no_tape("its first line does not say what it is"))?;
    if mark.format != FORMAT {
        return Err(no_tape("its first line says that it is something else"));
    }
    match mark.version {
        0 => return Err(no_tape("there is no version 0")),
        1..=VERSION => {}
        version => {
            let message = format!(
                "the tape `{name}` is of version {version}, and this package reads up to {VERSION}"
            );
            return Err(Error::configuration(message).hint("use a later version of the package"));
        }
    }
    serde_json::from_slice(line).map_err(|error| no_tape(&described(&error)))
}

/// The parser sees a single line, so only the column says anything.
fn described(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let words = text
        .rsplit_once(" at line ")
        .map_or(text.as_str(), |(words, _)| words);
    format!("{words}, at column {}", error.column())
}

fn played(number: usize, line: &[u8]) -> Result<Played, String> {
    let exchange: Exchange = serde_json::from_slice(line).map_err(|error| described(&error))?;
    let outcome = match (exchange.answer, exchange.failure) {
        (Some(answer), None) => answered(answer)?,
        (None, Some(failed)) => failure(failed)?,
        (None, None) => Outcome::Nothing,
        (Some(_), Some(_)) => return Err("it has both answer and failure".to_owned()),
    };
    Ok(Played {
        line: number,
        request: exchange.request,
        outcome,
    })
}

fn answered(answer: Answer) -> Result<Outcome, String> {
    let status = answer.status;
    let status = StatusCode::from_u16(status).map_err(|_| format!("{status} is not a status"))?;
    let mut headers = HeaderMap::with_capacity(answer.headers.len());
    for (name, value) in &answer.headers {
        let wrong = || format!("`{name}` is not a header");
        let name = HeaderName::try_from(name).map_err(|_| wrong())?;
        let value = HeaderValue::try_from(value).map_err(|_| wrong())?;
        headers.append(name, value);
    }
    let body = answer.body.map(|body| body.bytes()).transpose()?;
    Ok(Outcome::Answer(status, headers, body.unwrap_or_default()))
}

fn failure(failed: Failed) -> Result<Outcome, String> {
    let row = ErrorKind::TABLE.iter().find(|row| row.class == failed.kind);
    let row = row.ok_or_else(|| format!("there is no error `{}`", failed.kind))?;
    let all = [Delivery::NotSent, Delivery::Unknown, Delivery::Answered];
    let delivery = all
        .into_iter()
        .find(|delivery| delivery.as_str() == failed.delivery);
    let delivery = delivery.ok_or_else(|| format!("there is no delivery `{}`", failed.delivery))?;
    Ok(Outcome::Failure(
        row.kind,
        delivery,
        failed.message,
        failed.hint,
    ))
}

impl Outcome {
    /// What the transport returns; none if no answer ever came.
    pub(super) fn play(&self) -> Option<Result<Incoming, Failure>> {
        match self {
            Self::Nothing => None,
            Self::Answer(status, headers, body) => Some(Ok(Incoming {
                status: *status,
                headers: headers.clone(),
                body: body.clone(),
            })),
            Self::Failure(kind, delivery, message, hint) => Some(Err(Failure {
                kind: *kind,
                delivery: *delivery,
                message: message.clone(),
                hint: hint.clone().map(Into::into),
                source: None,
            })),
        }
    }
}
