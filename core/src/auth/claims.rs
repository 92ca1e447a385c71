//! What a token says of itself, where it is a JWT (RFC 7519). Nothing is proven by it: the service checks its tokens.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::Token;

/// Everything that a token says of itself; none for one that is no JWT.
pub(crate) fn token_claims(token: &Token) -> Option<Map<String, Value>> {
    serde_json::from_slice(&payload(token.text())?).ok()
}

fn payload(token: &str) -> Option<Vec<u8>> {
    let payload = token.split('.').nth(1)?;
    URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()
}

/// The claims that this crate has a use for.
#[derive(Debug, Deserialize)]
pub(super) struct Claims {
    #[serde(default)]
    iat: Option<Value>,
    #[serde(default)]
    exp: Option<Value>,
    /// Id of the tenant, as the platform's tokens have it.
    #[serde(default)]
    pub(super) tenant_id: Option<String>,
}

impl Claims {
    /// None for a token that is no JWT.
    pub(super) fn of(token: &str) -> Option<Self> {
        serde_json::from_slice(&payload(token)?).ok()
    }

    /// How long the token is still good, going by the clock here. Where that clock and the token contradict each other,
    /// its whole lifetime: the service refuses it in time.
    pub(super) fn time_left(&self, now: SystemTime) -> Option<Duration> {
        let (from, until) = (time(self.iat.as_ref()?)?, time(self.exp.as_ref()?)?);
        let whole = until.duration_since(from).ok()?;
        let left = until.duration_since(now).ok();
        Some(left.filter(|left| *left <= whole).unwrap_or(whole))
    }
}

/// Seconds since 1970, which may have a fraction.
fn time(claim: &Value) -> Option<SystemTime> {
    let seconds = Duration::try_from_secs_f64(claim.as_f64()?).ok()?;
    UNIX_EPOCH.checked_add(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(payload: &str) -> Option<Claims> {
        Claims::of(&format!("e30.{}.sig", URL_SAFE_NO_PAD.encode(payload)))
    }

    #[test]
    fn a_lifetime_is_read_and_a_wrong_clock_is_not_trusted() {
        let claims = claims(r#"{"iat": 1000, "exp": 1300}"#).unwrap();
        let left = |now| claims.time_left(UNIX_EPOCH + Duration::from_secs(now));
        assert_eq!(left(1100), Some(Duration::from_secs(200)));
        assert_eq!(left(400), Some(Duration::from_secs(300)), "clock is slow");
        assert_eq!(left(9000), Some(Duration::from_secs(300)), "clock is fast");
    }

    #[test]
    fn what_has_no_lifetime_has_none() {
        assert!(Claims::of("opaque").is_none());
        assert!(Claims::of("a.%%%.c").is_none());
        for payload in [
            "{}",
            r#"{"exp": 1}"#,
            r#"{"iat": 9, "exp": 1}"#,
            r#"{"iat": -1, "exp": "x"}"#,
        ] {
            assert_eq!(
                claims(payload).unwrap().time_left(UNIX_EPOCH),
                None,
                "{payload}"
            );
        }
    }
}
