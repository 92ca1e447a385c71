//! Proof that whoever brings an authorization code is the one who asked for it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};

use crate::state::Challenge;

/// Reads the challenge of an authorize call. The RFC's name of the method is what clients send; a transcription of
/// the service's reference writes the other one.
pub(super) fn challenge(
    challenge: Option<&str>,
    method: Option<&str>,
) -> Result<Option<Challenge>, &'static str> {
    let Some(challenge) = challenge.filter(|challenge| !challenge.is_empty()) else {
        return Ok(None);
    };
    match method {
        Some("S256" | "SHA256") => Ok(Some(Challenge::Sha256(challenge.to_owned()))),
        Some("plain") | None => Ok(Some(Challenge::Plain(challenge.to_owned()))),
        Some(_) => Err("the code challenge method is not supported"),
    }
}

/// Whether the verifier is one, and fits.
pub(super) fn fits(challenge: &Challenge, verifier: &str) -> bool {
    let is_verifier = (43..=128).contains(&verifier.len())
        && verifier
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte));
    is_verifier
        && match challenge {
            Challenge::Plain(wanted) => wanted == verifier,
            Challenge::Sha256(wanted) => {
                *wanted == URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()))
            }
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_rfc_fits() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let challenge = Challenge::Sha256("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM".to_owned());
        assert!(fits(&challenge, verifier));
        assert!(!fits(&challenge, &verifier.replace('d', "e")));
        assert!(fits(&Challenge::Plain(verifier.to_owned()), verifier));
    }

    #[test]
    fn a_verifier_has_a_length_and_an_alphabet() {
        for (verifier, expected) in [
            ("a".repeat(42), false),
            ("a".repeat(43), true),
            ("~".repeat(128), true),
            ("a".repeat(129), false),
            ("+".repeat(50), false),
        ] {
            assert_eq!(
                fits(&Challenge::Plain(verifier.clone()), &verifier),
                expected
            );
        }
    }
}
