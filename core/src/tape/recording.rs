//! Writing a tape.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write},
    path::Path,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use super::{
    format::{Exchange, Head},
    redactor::{Asked, Redactor},
};
use crate::{
    error::{Delivery, Error, ErrorKind, Result},
    transport::{BoxFuture, Failure, Incoming, Outgoing, Transport},
};

/// A tape that is being written, by all copies of a client.
#[derive(Debug)]
pub(crate) struct Recording {
    shown: String,
    redactor: Redactor,
    file: Mutex<Written>,
}

/// The file, and why there is nothing more to be written to it.
#[derive(Debug)]
struct Written {
    file: File,
    broken: Option<String>,
}

impl Recording {
    /// Makes the file, which must not be there; or goes on with it where `begun` tells that this program has made it. Each
    /// line is written in one go at the end of the file, so that processes which forked may share it.
    pub(super) fn open(path: &Path, begun: &AtomicBool, head: &Head) -> Result<Self> {
        let shown = path.display().to_string();
        let goes_on = begun.load(Ordering::Acquire);
        let mut options = OpenOptions::new();
        options.append(true).create_new(!goes_on);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let recording = |file| Self {
            shown: shown.clone(),
            redactor: Redactor::default(),
            file: Mutex::new(Written { file, broken: None }),
        };
        let recording = options.open(path).map(recording);
        let recording = recording.map_err(|error| unwritable(&shown, &error))?;
        if !goes_on {
            let written = recording.lock().put(head);
            written.map_err(|error| unwritable(&shown, &error))?;
            begun.store(true, Ordering::Release);
        }
        Ok(recording)
    }

    /// Nothing is sent any more when it cannot be recorded. What was sent is answered in any case.
    fn check(&self) -> Result<(), Failure> {
        match &self.lock().broken {
            None => Ok(()),
            Some(problem) => Err(self.failure(problem)),
        }
    }

    fn failure(&self, problem: &str) -> Failure {
        Failure {
            kind: ErrorKind::Configuration,
            delivery: Delivery::NotSent,
            message: format!("the tape `{}` cannot be continued: {problem}", self.shown),
            hint: Some("make room for it, or do not record".into()),
            source: None,
        }
    }

    fn add(&self, exchange: &Exchange) {
        let mut written = self.lock();
        if let Err(error) = written.put(exchange) {
            written.broken = Some(error.to_string());
        }
    }

    fn lock(&self) -> MutexGuard<'_, Written> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Written {
    fn put(&mut self, line: &impl serde::Serialize) -> io::Result<()> {
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        self.file.write_all(&text)
    }
}

fn unwritable(shown: &str, error: &io::Error) -> Error {
    let problem = match error.kind() {
        io::ErrorKind::AlreadyExists => {
            return Error::configuration(format!("the tape `{shown}` already exists"))
                .hint("replay it, or remove it to record it again");
        }
        io::ErrorKind::NotFound => "its folder is not there".to_owned(),
        _ => error.to_string(),
    };
    Error::configuration(format!("the tape `{shown}` cannot be written: {problem}"))
        .hint("give the path of a file that you may write")
}

/// A transport that writes down what goes through it.
#[derive(Debug)]
pub(super) struct Recorder {
    pub(super) inner: Arc<dyn Transport>,
    pub(super) recording: Arc<Recording>,
}

impl Transport for Recorder {
    fn round_trip(&self, request: Outgoing) -> BoxFuture<'_, Result<Incoming, Failure>> {
        Box::pin(async move {
            self.recording.check()?;
            let asked = self.recording.redactor.request(&request).await;
            let asked = asked.map_err(|error| self.recording.failure(&error.to_string()))?;
            let under_way = UnderWay {
                recording: &self.recording,
                asked: Some(asked),
            };
            let outcome = self.inner.round_trip(request).await;
            under_way.ended(&outcome);
            outcome
        })
    }
}

/// A request whose answer is waited for. When nobody waits any more, that is written down, too.
struct UnderWay<'a> {
    recording: &'a Recording,
    asked: Option<Asked>,
}

impl UnderWay<'_> {
    fn ended(mut self, outcome: &Result<Incoming, Failure>) {
        let Some(asked) = self.asked.take() else {
            return;
        };
        let redactor = &self.recording.redactor;
        let (answer, failure) = match outcome {
            Ok(incoming) => (Some(redactor.answer(&asked, incoming)), None),
            Err(failure) => (None, Some(redactor.failure(&asked, failure))),
        };
        self.recording.add(&Exchange {
            request: asked.request,
            answer,
            failure,
        });
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        if let Some(asked) = self.asked.take() {
            self.recording.add(&Exchange {
                request: asked.request,
                answer: None,
                failure: None,
            });
        }
    }
}
