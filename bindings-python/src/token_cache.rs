//! Where tokens are kept between processes.

use std::path::PathBuf;

use pyo3::{exceptions::PyTypeError, prelude::*};

/// Keeps tokens between processes: `Client(…, token_cache=TokenCache.file(path))`.
///
/// Processes that sign in with the same credentials at the same tenant share one token, and only one of them at a time fetches a
/// new one. The refresh token is kept with it, so the next process does not ask people again.
///
/// A token is kept under its tenant and whoever signs in, and given out only for the same secret. Of the secret, only a salted
/// fingerprint (PBKDF2) is kept, too short to confirm a guess. Tokens of StaticToken and TokenFunction are not kept. A token that
/// the service has refused is not used again.
///
/// The file belongs to the user who runs the program and is closed to everybody else. If others can read it, if it belongs to
/// somebody else or is a link, the call ends in a ConfigurationError before anything is sent. On Windows, the folder of the user's
/// profile is what protects it.
#[pyclass(frozen, module = "cyberark_identity")]
pub(crate) struct TokenCache {
    cache: cyberark_identity::TokenCache,
    shown: String,
}

impl TokenCache {
    pub(crate) fn cache(&self) -> cyberark_identity::TokenCache {
        self.cache.clone()
    }
}

#[pymethods]
impl TokenCache {
    /// A file at `path`, created when there is a token to keep. Lock files are created beside it.
    #[staticmethod]
    fn file(path: PathBuf) -> Self {
        Self {
            cache: cyberark_identity::TokenCache::file(&path),
            shown: format!("TokenCache.file('{}')", path.display()),
        }
    }

    /// A file in the user's state folder, encrypted (AES-256-GCM) with a key kept in the operating system's keyring: the macOS
    /// Keychain, the Windows Credential Manager, or the Linux kernel keyring, which is emptied by a restart. If none of them is
    /// usable, calls end in a ConfigurationError.
    #[staticmethod]
    fn keyring() -> Self {
        Self {
            cache: cyberark_identity::TokenCache::keyring(),
            shown: "TokenCache.keyring()".to_owned(),
        }
    }

    /// `keyring` if there is a usable one, otherwise a file in the user's state folder.
    #[staticmethod]
    fn for_user() -> Self {
        Self {
            cache: cyberark_identity::TokenCache::for_user(),
            shown: "TokenCache.for_user()".to_owned(),
        }
    }

    fn __repr__(&self) -> &str {
        &self.shown
    }

    fn __copy__(this: Py<Self>) -> Py<Self> {
        this
    }

    fn __deepcopy__(this: Py<Self>, _memo: &Bound<'_, PyAny>) -> Py<Self> {
        this
    }

    fn __reduce_ex__(&self, _protocol: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(PyTypeError::new_err(
            "TokenCache is not pickled: make one in each process",
        ))
    }
}
