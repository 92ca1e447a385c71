//! Who signs in: what tokens in a cache are found by.

use std::{collections::BTreeMap, fmt, num::NonZeroU32};

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use ring::pbkdf2;
use secrecy::{ExposeSecret, SecretString};

/// Rounds of PBKDF2: about a hundredth of a second for each process, and for each guess of whoever has the file.
const ROUNDS: NonZeroU32 = NonZeroU32::new(10_000).unwrap();

/// Enough to tell another secret, and too few to prove a guess: one of 65,536 fits by chance.
const FINGERPRINT_BYTES: usize = 2;

/// Who signs in, as far as it tells one source of tokens from another.
#[derive(Clone)]
pub struct Identity {
    parts: BTreeMap<String, String>,
    secret: Option<SecretString>,
}

impl Identity {
    /// A source of the kind `kind`, such as `client_credentials`.
    #[must_use]
    pub fn new(kind: &str) -> Self {
        Self {
            parts: BTreeMap::from([("kind".to_owned(), kind.to_owned())]),
            secret: None,
        }
    }

    /// What tells it from others of its kind, such as `client_id`. It is kept in plain text.
    #[must_use]
    pub fn part(mut self, name: &str, value: &str) -> Self {
        self.parts.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Its secret: another one does not get this one's tokens. It is not kept itself.
    #[must_use]
    pub fn secret(mut self, secret: Option<&SecretString>) -> Self {
        self.secret = secret.cloned();
        self
    }

    pub(crate) fn parts(&self) -> &BTreeMap<String, String> {
        &self.parts
    }

    /// What is kept of the secret. It takes a while.
    pub(super) fn fingerprint(&self, salt: &str) -> Option<String> {
        let secret = self.secret.as_ref()?.expose_secret().as_bytes();
        let mut fingerprint = [0; FINGERPRINT_BYTES];
        let algorithm = pbkdf2::PBKDF2_HMAC_SHA256;
        pbkdf2::derive(algorithm, ROUNDS, salt.as_bytes(), secret, &mut fingerprint);
        Some(STANDARD_NO_PAD.encode(fingerprint))
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Identity").field(&self.parts).finish()
    }
}
