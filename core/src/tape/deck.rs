//! Where a client's requests go: to the network, through a recorder, or to a tape.

use std::{
    path::PathBuf,
    sync::{Arc, atomic::AtomicBool},
};

use super::{
    Tape,
    format::{FORMAT, Head, VERSION},
    offline::Offline,
    player::Player,
    recording::{Recorder, Recording},
};
use crate::{
    auth::SharedSource,
    error::{Error, Result},
    transport::{TenantUrl, Transport},
};

/// A tape to be played.
#[derive(Debug, Clone)]
pub(crate) enum TapeSource {
    /// In a file.
    File(PathBuf),
    /// In memory.
    Tape(Tape),
}

/// What a builder was told about tapes.
#[derive(Debug, Clone, Default)]
pub(crate) struct TapeSettings {
    /// The path, and whether the file was already created. Clones of a builder continue the same file, as a forked child must.
    record: Option<(PathBuf, Arc<AtomicBool>)>,
    replay: Option<TapeSource>,
}

impl TapeSettings {
    pub(crate) fn replay(source: TapeSource) -> Self {
        Self {
            record: None,
            replay: Some(source),
        }
    }

    pub(crate) fn record(&mut self, path: PathBuf) {
        self.record = Some((path, Arc::default()));
    }

    /// The tape that is to be played.
    pub(crate) fn to_play(&self) -> Result<Option<Tape>> {
        let tape = match &self.replay {
            None => return Ok(None),
            Some(TapeSource::File(path)) => Tape::open(path)?,
            Some(TapeSource::Tape(tape)) => tape.clone(),
        };
        match self.record {
            None => Ok(Some(tape)),
            Some(_) => Err(Error::configuration("`record` does not go with a replay")
                .hint("record with a client of the tenant")),
        }
    }

    /// The deck of a client that records, or of one that does not.
    pub(crate) fn recorder(
        &self,
        tenant: &TenantUrl,
        auth: &SharedSource,
        software: &str,
    ) -> Result<Deck> {
        let Some((path, begun)) = &self.record else {
            return Ok(Deck::Live);
        };
        let head = Head {
            format: FORMAT.to_owned(),
            version: VERSION,
            tenant_url: tenant.as_str().to_owned(),
            renews_tokens: auth.renewable(),
            recorded_by: software.to_owned(),
        };
        let recording = Recording::open(path, begun, &head)?;
        Ok(Deck::Recording(Arc::new(recording)))
    }
}

/// Where a client's requests go.
#[derive(Debug)]
pub(crate) enum Deck {
    Live,
    Recording(Arc<Recording>),
    Playing(Arc<Player>),
}

impl Deck {
    pub(crate) fn playing(tape: &Tape) -> Self {
        Self::Playing(Arc::new(Player::of(tape.loaded())))
    }

    pub(crate) fn is_playing(&self) -> bool {
        matches!(self, Self::Playing(_))
    }

    /// The transport that leads there. `real` is not made where nothing is sent.
    pub(crate) fn transport(
        &self,
        real: impl FnOnce() -> Result<Arc<dyn Transport>>,
    ) -> Result<Arc<dyn Transport>> {
        Ok(match self {
            Self::Live => real()?,
            Self::Playing(player) => player.clone() as Arc<dyn Transport>,
            Self::Recording(recording) => Arc::new(Recorder {
                inner: real()?,
                recording: recording.clone(),
            }),
        })
    }
}

/// How a client that plays `tape` signs in: with the credentials it is given, against the tape, or else not at all. Tokens
/// of a tape are kept apart from those of other clients.
pub(crate) fn source(tape: &Tape, auth: Option<SharedSource>) -> SharedSource {
    let renews_tokens = tape.loaded().head.renews_tokens;
    match auth {
        Some(auth) => auth.apart(),
        None => SharedSource::new(Offline { renews_tokens }),
    }
}
