//! A bearer token.

use std::{
    fmt,
    time::{Duration, Instant, SystemTime},
};

use http::HeaderValue;
use secrecy::SecretString;

use super::claims::Claims;
use crate::error::{Error, Result};

/// Part of the lifetime, and at most how long, before its end at which a token is renewed.
const RENEW_EARLY: (u32, Duration) = (10, Duration::from_secs(60));

/// A bearer token, ready to be sent. Its text never prints.
#[derive(Clone)]
pub struct Token {
    header: HeaderValue,
    renew_at: Option<RenewAt>,
    refresh_token: Option<SecretString>,
}

/// On both clocks: one stands still while the machine sleeps, the other may be set anew.
#[derive(Clone, Copy)]
struct RenewAt(Instant, SystemTime);

impl RenewAt {
    fn after(span: Duration) -> Option<Self> {
        let instant = Instant::now().checked_add(span)?;
        Some(Self(instant, SystemTime::now().checked_add(span)?))
    }

    fn is_ahead(self) -> bool {
        Instant::now() < self.0 && SystemTime::now() < self.1
    }
}

const SCHEME: &str = "Bearer ";

impl Token {
    /// A token that is valid for `lifetime` from now. Without a lifetime, its own claims decide, if it has any; otherwise it is
    /// taken to be valid for ever.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) for a text that cannot be a token.
    pub fn new(text: &str, lifetime: Option<Duration>) -> Result<Self> {
        let header = header(text.trim())?;
        let lifetime = lifetime.or_else(|| Claims::of(text.trim())?.time_left(SystemTime::now()));
        let early = |lifetime: Duration| (lifetime / RENEW_EARLY.0).min(RENEW_EARLY.1);
        Ok(Self {
            header,
            renew_at: lifetime.and_then(|life| RenewAt::after(life - early(life))),
            refresh_token: None,
        })
    }

    /// One that was kept elsewhere, and is to be renewed in `left`.
    pub(super) fn restored(text: &str, left: Option<Duration>) -> Result<Self> {
        Ok(Self {
            header: header(text)?,
            renew_at: left.and_then(RenewAt::after),
            refresh_token: None,
        })
    }

    /// Gives it what can be exchanged for the next one.
    #[must_use]
    pub(crate) fn renewed_by(mut self, refresh_token: SecretString) -> Self {
        self.refresh_token = Some(refresh_token);
        self
    }

    pub(crate) fn refresh_token(&self) -> Option<&SecretString> {
        self.refresh_token.as_ref()
    }

    pub(crate) fn header(&self) -> HeaderValue {
        self.header.clone()
    }

    /// The token itself.
    pub(crate) fn text(&self) -> &str {
        let header = self.header.to_str().unwrap_or_default();
        &header[SCHEME.len().min(header.len())..]
    }

    /// When it is to be renewed, by the clock on the wall.
    pub(super) fn renew_at(&self) -> Option<SystemTime> {
        self.renew_at.map(|RenewAt(_, time)| time)
    }

    pub(crate) fn is_fresh(&self) -> bool {
        self.renew_at.is_none_or(RenewAt::is_ahead)
    }
}

fn header(text: &str) -> Result<HeaderValue> {
    let header = HeaderValue::try_from(format!("{SCHEME}{text}")).ok();
    let header = header.filter(|_| !text.is_empty() && !text.contains(char::is_whitespace));
    let mut header = header.ok_or_else(|| {
        Error::configuration("the token is empty, or has characters that no token has")
    })?;
    header.set_sensitive(true);
    Ok(header)
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
        assert_eq!(Token::new(" s3cr3t ", None).unwrap().text(), "s3cr3t");
    }
}
