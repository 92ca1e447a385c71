//! A bearer token.

use std::{
    fmt,
    time::{Duration, Instant},
};

use http::HeaderValue;

use crate::error::{Error, Result};

/// Part of the lifetime, and at most how long, before its end at which a token is renewed.
const RENEW_EARLY: (u32, Duration) = (10, Duration::from_secs(60));

/// A bearer token, ready to be sent. Its text never prints.
#[derive(Clone)]
pub struct Token {
    header: HeaderValue,
    renew_at: Option<Instant>,
}

impl Token {
    /// A token that lives for `lifetime` from now; for ever, as far as is known, without one.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) for a text that cannot be a token.
    pub fn new(text: &str, lifetime: Option<Duration>) -> Result<Self> {
        let text = text.trim();
        let header = HeaderValue::try_from(format!("Bearer {text}")).ok();
        let header = header.filter(|_| !text.is_empty() && !text.contains(char::is_whitespace));
        let Some(mut header) = header else {
            return Err(Error::configuration(
                "the token is empty, or has characters that no token has",
            ));
        };
        header.set_sensitive(true);
        let early = |lifetime: Duration| (lifetime / RENEW_EARLY.0).min(RENEW_EARLY.1);
        let renew_at = lifetime.and_then(|life| Instant::now().checked_add(life - early(life)));
        Ok(Self { header, renew_at })
    }

    pub(crate) fn header(&self) -> HeaderValue {
        self.header.clone()
    }

    pub(crate) fn is_fresh(&self) -> bool {
        self.renew_at.is_none_or(|at| Instant::now() < at)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_renewed_before_its_end() {
        assert!(Token::new("abc", None).unwrap().is_fresh());
        assert!(
            Token::new("abc", Some(Duration::from_secs(100)))
                .unwrap()
                .is_fresh()
        );
        assert!(!Token::new("abc", Some(Duration::ZERO)).unwrap().is_fresh());
    }

    #[test]
    fn refuses_what_cannot_be_a_token_and_never_prints() {
        for text in ["", "  ", "two words", "line\nbreak"] {
            assert!(Token::new(text, None).is_err(), "{text:?}");
        }
        assert!(!format!("{:?}", Token::new("s3cr3t", None)).contains("s3cr3t"));
    }
}
