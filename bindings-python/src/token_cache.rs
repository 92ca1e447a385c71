//! Where tokens are kept between processes.

use std::path::PathBuf;

use pyo3::{exceptions::PyTypeError, prelude::*};

/// Keeps tokens between processes, where a client is told to: `Client(…, token_cache=TokenCache.file(path))`.
///
/// Whoever signs in with the same credentials at the same tenant takes the token that another process has fetched, and one
/// process at a time fetches a new one. What renews a token is kept with it, so people are not asked again by the next process.
///
/// Tokens are kept by tenant and by who signs in, and are given to the same secret only, of which nothing is kept but a salted
/// fingerprint (PBKDF2) that is too short to prove a guess. Those of StaticToken and TokenFunction are not kept. A token that the
/// service refused is not taken again.
///
/// The file is of the user who runs the program and closed to all others: one that others may read, that belongs to somebody else,
/// or that is a link ends the call in a ConfigurationError before anything is sent. On Windows, the folder of the user's profile is
/// what protects it.
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
    /// A file at `path`, which is made when there is a token to keep. Files for its locks are made beside it.
    #[staticmethod]
    fn file(path: PathBuf) -> Self {
        Self {
            cache: cyberark_identity::TokenCache::file(&path),
            shown: format!("TokenCache.file('{}')", path.display()),
        }
    }

    /// A file in the user's state folder, encrypted (AES-256-GCM) with a key that is in the keyring of the operating system: the
    /// Keychain of macOS, the Credential Manager of Windows, or the keyring of the Linux kernel, which is emptied by a restart.
    /// Calls end in a ConfigurationError where there is none that can be used.
    #[staticmethod]
    fn keyring() -> Self {
        Self {
            cache: cyberark_identity::TokenCache::keyring(),
            shown: "TokenCache.keyring()".to_owned(),
        }
    }

    /// `keyring` where there is one that can be used, and else a file in the user's state folder.
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
