//! Bodies that can be sent any number of times: each attempt of a call sends the same one.

use std::{fmt, path::PathBuf};

use bytes::Bytes;

/// The body of a request, in pieces that follow one another. Cloning it copies no content.
#[derive(Clone)]
pub struct Body {
    pieces: Vec<Piece>,
}

/// A piece of a body.
#[derive(Clone)]
pub enum Piece {
    /// Bytes in memory.
    Bytes(Bytes),
    /// A file, read while it is sent.
    File(PathBuf),
}

impl Body {
    /// The pieces, in their order.
    #[must_use]
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }
}

/// How long it takes to send a body above this size depends on the network, not on the service.
const LARGE: usize = 256 * 1024;

impl Body {
    /// Its bytes; none if a part of it is in a file.
    pub(crate) fn size(&self) -> Option<u64> {
        let sizes = self.pieces.iter().map(|piece| match piece {
            Piece::Bytes(bytes) => Some(bytes.len() as u64),
            Piece::File(_) => None,
        });
        sizes.sum()
    }

    /// Whether sending it may take long.
    pub(crate) fn is_upload(&self) -> bool {
        self.pieces.iter().any(|piece| match piece {
            Piece::Bytes(bytes) => bytes.len() > LARGE,
            Piece::File(_) => true,
        })
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self {
            pieces: vec![Piece::Bytes(bytes)],
        }
    }
}

impl From<Vec<Piece>> for Body {
    fn from(pieces: Vec<Piece>) -> Self {
        Self { pieces }
    }
}

/// Without content, which may hold secrets.
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.pieces).finish()
    }
}

impl fmt::Debug for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes(bytes) => write!(f, "{} bytes", bytes.len()),
            Self::File(path) => write!(f, "{}", path.display()),
        }
    }
}
