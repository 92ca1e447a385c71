//! Tokens that outlive the process, for those who ask for it.

mod book;
mod disk;
mod identity;
mod lock;
mod seal;
mod shelf;
mod vault;

use std::{
    fmt,
    path::{Path, PathBuf, absolute},
    sync::Arc,
};

use arc_swap::ArcSwapOption;

pub use identity::Identity;
pub(super) use shelf::{Found, Shelf};

use self::vault::Vault;
use crate::error::Result;

/// Keeps tokens between processes: whoever signs in with the same credentials at the same tenant takes the token that another
/// process has fetched, and one process at a time fetches a new one. What renews a token is kept with it, so people are not asked
/// again by the next process.
///
/// Opt-in, by [`ClientBuilder::token_cache`](crate::ClientBuilder::token_cache). Tokens are kept by tenant and by who signs in, and
/// are given to the same secret only, of which nothing is kept but a salted fingerprint (PBKDF2) that is too short to prove a
/// guess. Tokens of [`StaticToken`](crate::StaticToken) and [`TokenFunction`](crate::TokenFunction) are not kept. A token that the
/// service refused is not taken again.
///
/// The file is of the user who runs the program and closed to all others: one that others may read, that belongs to somebody else, or
/// that is a link is refused, by an error of the kind [`Configuration`](crate::ErrorKind::Configuration) before anything is sent. On
/// Windows, the folder of the user's profile is what protects it.
#[derive(Clone)]
pub struct TokenCache(Arc<Inner>);

struct Inner {
    place: Place,
    /// Opened when it is first needed.
    vault: ArcSwapOption<Vault>,
}

/// Where a cache is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Place {
    File(PathBuf),
    Keyring,
    User,
}

impl TokenCache {
    /// A file at `path`, which is made when there is a token to keep. Files for its locks are made beside it.
    #[must_use]
    pub fn file(path: impl AsRef<Path>) -> Self {
        let path = path.as_ref();
        Self::at(Place::File(
            absolute(path).unwrap_or_else(|_| path.to_owned()),
        ))
    }

    /// A file in the user's state folder, encrypted (AES-256-GCM) with a key that is in the keyring of the operating system: the
    /// Keychain of macOS, the Credential Manager of Windows, or the keyring of the Linux kernel, which is emptied by a restart.
    /// Calls fail where there is none that can be used.
    #[must_use]
    pub fn keyring() -> Self {
        Self::at(Place::Keyring)
    }

    /// [`keyring`](Self::keyring) where there is one that can be used, and else a [`file`](Self::file) in the user's state folder.
    #[must_use]
    pub fn for_user() -> Self {
        Self::at(Place::User)
    }

    fn at(place: Place) -> Self {
        let vault = ArcSwapOption::empty();
        Self(Arc::new(Inner { place, vault }))
    }

    pub(super) fn place(&self) -> &Place {
        &self.0.place
    }

    /// Blocks: a keyring may ask the user to unlock it.
    fn vault(&self) -> Result<Arc<Vault>> {
        if let Some(vault) = self.0.vault.load_full() {
            return Ok(vault);
        }
        let vault = Arc::new(Vault::open(&self.0.place)?);
        self.0.vault.store(Some(vault.clone()));
        Ok(vault)
    }
}

impl fmt::Debug for TokenCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TokenCache").field(&self.0.place).finish()
    }
}
