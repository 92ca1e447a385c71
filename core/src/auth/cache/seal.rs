//! Encryption by a key that is in the keyring of the operating system.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use keyring_core::{Entry, Error as KeyringError, api::CredentialStoreApi};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use crate::{
    auth::random::random_bytes,
    error::{Error, Result},
};

const SERVICE: &str = "cyberark-identity";
const NAME: &str = "token-cache";
const KEY_LEN: usize = 32;

/// Encrypts by a key of the keyring, which is made when it is first needed.
pub(super) struct Seal(Entry);

impl Seal {
    pub(super) fn new(store: &impl CredentialStoreApi) -> Result<Self> {
        let entry = store.build(SERVICE, NAME, None);
        entry.map(Self).map_err(|error| unusable(&error))
    }

    #[cfg(target_os = "linux")]
    pub(super) fn of_this_system() -> Result<Self> {
        let store = linux_keyutils_keyring_store::Store::new();
        Self::new(&*store.map_err(|error| unusable(&error))?)
    }

    #[cfg(target_os = "macos")]
    pub(super) fn of_this_system() -> Result<Self> {
        let store = apple_native_keyring_store::keychain::Store::new();
        Self::new(&*store.map_err(|error| unusable(&error))?)
    }

    #[cfg(windows)]
    pub(super) fn of_this_system() -> Result<Self> {
        let store = windows_native_keyring_store::Store::new();
        Self::new(&*store.map_err(|error| unusable(&error))?)
    }

    #[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
    pub(super) fn of_this_system() -> Result<Self> {
        Err(unusable(&KeyringError::NoDefaultStore))
    }

    /// Makes the key if there is none. Whoever calls has locked the cache for others.
    pub(super) fn prepare(&self) -> Result<()> {
        match self.0.get_secret() {
            Ok(key) if key.len() == KEY_LEN => Ok(()),
            Ok(_) | Err(KeyringError::NoEntry) => {
                let key: [u8; KEY_LEN] = random_bytes()?;
                self.0.set_secret(&key).map_err(|error| unusable(&error))
            }
            Err(error) => Err(unusable(&error)),
        }
    }

    pub(super) fn close(&self, mut content: Vec<u8>) -> Result<String> {
        let nonce: [u8; NONCE_LEN] = random_bytes()?;
        let sealed = self.key()?.and_then(|key| {
            let place = Nonce::assume_unique_for_key(nonce);
            key.seal_in_place_append_tag(place, Aad::empty(), &mut content)
                .ok()
        });
        sealed.ok_or_else(|| unusable(&KeyringError::NoEntry))?;
        let mut whole = nonce.to_vec();
        whole.append(&mut content);
        Ok(STANDARD.encode(whole))
    }

    /// None when it was closed by another key: the keyring may have been emptied since.
    pub(super) fn open(&self, sealed: &str) -> Result<Option<Vec<u8>>> {
        let Some(key) = self.key()? else {
            return Ok(None);
        };
        let open = || {
            let mut whole = STANDARD.decode(sealed).ok()?;
            let (nonce, content) = whole.split_first_chunk_mut::<NONCE_LEN>()?;
            let nonce = Nonce::assume_unique_for_key(*nonce);
            let plain = key.open_in_place(nonce, Aad::empty(), content).ok()?;
            Some(plain.to_vec())
        };
        Ok(open())
    }

    fn key(&self) -> Result<Option<LessSafeKey>> {
        match self.0.get_secret() {
            Ok(key) => Ok(UnboundKey::new(&AES_256_GCM, &key)
                .ok()
                .map(LessSafeKey::new)),
            Err(KeyringError::NoEntry) => Ok(None),
            Err(error) => Err(unusable(&error)),
        }
    }
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seal(***)")
    }
}

/// The error's own words are those of the platform, and hold no secret; some of its kinds hold data, and are not shown.
fn unusable(error: &KeyringError) -> Error {
    let reason = match error {
        KeyringError::PlatformFailure(cause) | KeyringError::NoStorageAccess(cause) => {
            format!(": {cause}")
        }
        _ => String::new(),
    };
    let message = format!("token cache: the keyring cannot be used{reason}");
    Error::configuration(message).hint("unlock it, or keep tokens in a file of your own")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seal() -> Seal {
        Seal::new(&*keyring_core::mock::Store::new().unwrap()).unwrap()
    }

    #[test]
    fn what_was_closed_is_opened_by_the_same_key_only() {
        let seal = seal();
        assert!(seal.close(b"tokens".to_vec()).is_err(), "there is no key");
        seal.prepare().unwrap();
        let closed = seal.close(b"tokens".to_vec()).unwrap();
        assert!(!closed.contains("tokens"));
        assert_ne!(closed, seal.close(b"tokens".to_vec()).unwrap());
        seal.prepare().unwrap();
        assert_eq!(seal.open(&closed).unwrap().as_deref(), Some(&b"tokens"[..]));
        for broken in ["", "no base64!", &closed[4..], &closed[..closed.len() - 4]] {
            assert_eq!(seal.open(broken).unwrap(), None);
        }
        let other = self::seal();
        assert_eq!(other.open(&closed).unwrap(), None);
        other.prepare().unwrap();
        assert_eq!(other.open(&closed).unwrap(), None);
        assert_eq!(format!("{seal:?}"), "Seal(***)");
    }
}
