//! Tapes: the requests and answers of a client, in a file without secrets, to be replayed without a service.
//!
//! [`ClientBuilder::record`](crate::ClientBuilder::record) makes one, [`Client::replay`](crate::Client::replay) plays it. A
//! tape is text: one JSON object per line, the first of which describes the file. `docs/tapes.md` has the format.

mod cleaner;
mod content;
mod deck;
mod format;
mod loaded;
mod nearest;
mod offline;
mod player;
mod recording;
mod redactor;
mod token;

pub(crate) use deck::{Deck, TapeSettings, TapeSource, source};
pub use loaded::Tape;
