//! Access tokens: made, looked up, expired.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use uuid::Uuid;

use super::clock::Clock;

/// What a token stands for.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    pub(crate) user: Uuid,
    pub(crate) expires_ms: i64,
    /// The token handed out at start is never expired by a fault or by the clock.
    permanent: bool,
}

/// Tokens that were issued and have not been swept out.
#[derive(Default)]
pub(crate) struct TokenTable {
    grants: HashMap<String, Grant>,
    /// Sweeping is due when the table reaches this size, which keeps the cost of a token constant on average.
    sweep_at: usize,
}

/// What goes into a token besides the times.
#[derive(Debug)]
pub(crate) struct Claims<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) audience: &'a str,
    pub(crate) user: Uuid,
    pub(crate) user_name: &'a str,
    pub(crate) scope: Option<&'a str>,
    /// Host and port as the caller wrote them; clients rebuild the tenant address from its two halves.
    pub(crate) host: &'a str,
}

/// The tokens of the tenant.
pub(crate) struct Tokens {
    table: Mutex<TokenTable>,
}

impl Tokens {
    pub(crate) fn new(table: TokenTable) -> Self {
        Self {
            table: Mutex::new(table),
        }
    }

    /// Issues a token with the claims the service puts into client-credentials tokens.
    pub(crate) fn issue(&self, claims: &Claims<'_>, lifetime: Duration, clock: &Clock) -> String {
        let now_ms = clock.now_ms();
        let lifetime_ms = i64::try_from(lifetime.as_millis()).unwrap_or(i64::MAX);
        let expires_ms = now_ms.saturating_add(lifetime_ms);
        let token = jwt(&payload(claims, now_ms, expires_ms));
        let grant = Grant {
            user: claims.user,
            expires_ms,
            permanent: false,
        };
        let mut table = self.lock();
        if table.grants.len() >= table.sweep_at {
            table
                .grants
                .retain(|_, grant| grant.permanent || grant.expires_ms > now_ms);
            table.sweep_at = table.grants.len() * 2 + 1024;
        }
        table.grants.insert(token.clone(), grant);
        token
    }

    /// Issues the token that is good for as long as the tenant runs.
    pub(crate) fn issue_permanent(&self, claims: &Claims<'_>, clock: &Clock) -> String {
        const TEN_YEARS_MS: i64 = 10 * 365 * 24 * 3600 * 1000;
        let now_ms = clock.now_ms();
        let token = jwt(&payload(
            claims,
            now_ms,
            now_ms.saturating_add(TEN_YEARS_MS),
        ));
        let grant = Grant {
            user: claims.user,
            expires_ms: i64::MAX,
            permanent: true,
        };
        self.lock().grants.insert(token.clone(), grant);
        token
    }

    /// Whose token this is, unless it is unknown or expired.
    pub(crate) fn owner(&self, token: &str, clock: &Clock) -> Option<Uuid> {
        let now_ms = clock.now_ms();
        self.lock()
            .grants
            .get(token)
            .filter(|grant| grant.expires_ms > now_ms)
            .map(|grant| grant.user)
    }

    /// Expires every token except the permanent one.
    pub(crate) fn expire_all(&self) {
        self.lock().grants.retain(|_, grant| grant.permanent);
    }

    /// Revokes every token of an account, the permanent one too.
    pub(crate) fn revoke_user(&self, user: &Uuid) {
        self.lock().grants.retain(|_, grant| grant.user != *user);
    }

    fn lock(&self) -> MutexGuard<'_, TokenTable> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn payload(claims: &Claims<'_>, now_ms: i64, expires_ms: i64) -> Value {
    let (subdomain, platform_domain) = claims.host.split_once('.').unwrap_or((claims.host, ""));
    let mut payload = json!({
        "iss": claims.issuer,
        "aud": claims.audience,
        "sub": claims.user.to_string(),
        "unique_name": claims.user_name,
        "auth_time": now_ms / 1000,
        "iat": now_ms / 1000,
        "exp": expires_ms / 1000,
        "nonce": Uuid::new_v4().simple().to_string(),
        "subdomain": subdomain,
        "platform_domain": platform_domain,
    });
    if let Some(scope) = claims.scope {
        payload["scope"] = scope.into();
    }
    payload
}

/// Three parts as in a real token. The signature has the size of an RS256 one but is random: the tenant recognises
/// its tokens by looking them up, and clients treat them as opaque.
fn jwt(payload: &Value) -> String {
    let header = json!({ "alg": "RS256", "typ": "JWT", "kid": "emulator" });
    let signature: Vec<u8> = (0..16).flat_map(|_| Uuid::new_v4().into_bytes()).collect();
    [
        URL_SAFE_NO_PAD.encode(header.to_string()),
        URL_SAFE_NO_PAD.encode(payload.to_string()),
        URL_SAFE_NO_PAD.encode(signature),
    ]
    .join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(user: Uuid) -> Claims<'static> {
        Claims {
            issuer: "http://127.0.0.1:1/app/",
            audience: "svc@acme.example",
            user,
            user_name: "svc@acme.example",
            scope: Some("scim"),
            host: "127.0.0.1:1",
        }
    }

    #[test]
    fn a_token_lives_until_the_clock_passes_its_expiry() {
        let clock = Clock::default();
        let tokens = Tokens::new(TokenTable::default());
        let user = Uuid::from_u128(7);
        let token = tokens.issue(&claims(user), Duration::from_secs(60), &clock);
        assert_eq!(tokens.owner(&token, &clock), Some(user));
        clock.advance(Duration::from_secs(61));
        assert_eq!(tokens.owner(&token, &clock), None);
    }

    #[test]
    fn the_permanent_token_survives_what_expires_the_others() {
        let clock = Clock::default();
        let tokens = Tokens::new(TokenTable::default());
        let user = Uuid::from_u128(7);
        let kept = tokens.issue_permanent(&claims(user), &clock);
        let lost = tokens.issue(&claims(user), Duration::from_secs(60), &clock);
        tokens.expire_all();
        assert_eq!(tokens.owner(&lost, &clock), None);
        assert_eq!(tokens.owner(&kept, &clock), Some(user));
    }

    #[test]
    fn the_two_halves_of_the_host_give_the_host_again() {
        let payload = payload(&claims(Uuid::from_u128(1)), 1_000, 61_000);
        let host = format!(
            "{}.{}",
            payload["subdomain"].as_str().unwrap(),
            payload["platform_domain"].as_str().unwrap()
        );
        assert_eq!(host, "127.0.0.1:1");
        assert_eq!(payload["exp"], 61);
    }
}
