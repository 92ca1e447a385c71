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

/// Keeps tokens between processes. Processes that sign in with the same credentials at the same tenant share one token, and only
/// one of them at a time fetches a new one. The refresh token is kept with it, so the next process does not ask people again.
///
/// Opt-in, with [`ClientBuilder::token_cache`](crate::ClientBuilder::token_cache). A token is kept under its tenant and whoever
/// signs in, and given out only for the same secret. Of the secret, only a salted fingerprint (PBKDF2) is kept, too short to
/// confirm a guess. Tokens of [`StaticToken`](crate::StaticToken) and [`TokenFunction`](crate::TokenFunction) are not kept. A
/// token that the service has refused is not used again.
///
/// The file belongs to the user who runs the program and is closed to everybody else. If others can read it, if it belongs to
/// somebody else or is a link, it is refused with a [`Configuration`](crate::ErrorKind::Configuration) error before anything is
/// sent. On Windows, the folder of the user's profile is what protects it.
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
    /// A file at `path`, created when there is a token to keep. Lock files are created beside it.
    #[must_use]
    pub fn file(path: impl AsRef<Path>) -> Self {
        let path = path.as_ref();
        Self::at(Place::File(
            absolute(path).unwrap_or_else(|_| path.to_owned()),
        ))
    }

    /// A file in the user's state folder, encrypted (AES-256-GCM) with a key kept in the operating system's keyring: the macOS
    /// Keychain, the Windows Credential Manager, or the Linux kernel keyring, which is emptied by a restart. If none of them is
    /// usable, calls fail.
    #[must_use]
    pub fn keyring() -> Self {
        Self::at(Place::Keyring)
    }

    /// [`keyring`](Self::keyring) if there is a usable one, otherwise a [`file`](Self::file) in the user's state folder.
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
