//! Random numbers that nobody can guess.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::rand::{SecureRandom, SystemRandom};

use crate::error::{Error, Result};

/// From the operating system.
pub(super) fn random_bytes<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    let filled = SystemRandom::new().fill(&mut bytes);
    filled.map_err(|_| Error::configuration("the operating system provides no random numbers"))?;
    Ok(bytes)
}

/// 256 random bits in 43 characters that need no escaping.
pub(super) fn random_text() -> Result<String> {
    Ok(URL_SAFE_NO_PAD.encode(random_bytes::<32>()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_long_enough_and_differ() {
        let (first, second) = (random_text().unwrap(), random_text().unwrap());
        assert_eq!(first.len(), 43);
        assert_ne!(first, second);
    }
}
