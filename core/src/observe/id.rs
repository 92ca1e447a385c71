//! The id of a call.

use std::{fmt, str::FromStr};

/// The id of one call, which ties an error, a log record, a span and a hook together: 32 random hexadecimal digits in lower
/// case.
///
/// It is not sent, unless [`ClientBuilder::correlation_header`](crate::ClientBuilder::correlation_header) names a header for
/// it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CallId([u8; 16]);

impl CallId {
    /// A new one.
    #[must_use]
    #[allow(clippy::new_without_default)] // no two are equal, which nobody expects of a default
    pub fn new() -> Self {
        Self(fastrand::u128(..).to_be_bytes())
    }
}

impl fmt::Display for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl fmt::Debug for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The error for a text that is not the id of a call.
#[derive(Debug)]
pub struct NoCallId;

impl fmt::Display for NoCallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must be 32 hexadecimal digits")
    }
}

impl std::error::Error for NoCallId {}

impl FromStr for CallId {
    type Err = NoCallId;

    fn from_str(text: &str) -> Result<Self, NoCallId> {
        let digits = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let number = u128::from_str_radix(text, 16).ok().filter(|_| digits);
        number
            .map(|number| Self(number.to_be_bytes()))
            .ok_or(NoCallId)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_read_as_it_is_written_and_nothing_else_is() {
        let id = CallId::new();
        assert_eq!(id.to_string().parse::<CallId>().unwrap(), id);
        assert_ne!(CallId::new(), id);
        for text in [
            "",
            "abc",
            "+0000000000000000000000000000000",
            &"x".repeat(32),
        ] {
            assert!(text.parse::<CallId>().is_err(), "{text}");
        }
    }
}
