//! Access tokens: made, looked up, expired.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::TENANT_ID;
use super::clock::Clock;
use super::store::{Batch, Journal, Saved, Section, Unreadable};

/// What a token stands for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Grant {
    pub(crate) user: Uuid,
    pub(crate) issued_ms: i64,
    pub(crate) expires_ms: i64,
    pub(crate) audience: Box<str>,
    pub(crate) scope: Option<Box<str>>,
    /// The token handed out at start is never expired or revoked.
    permanent: bool,
}

impl Grant {
    fn new(claims: &Claims<'_>, lifetime: Duration, now_ms: i64) -> Self {
        let lifetime_ms = i64::try_from(lifetime.as_millis()).unwrap_or(i64::MAX);
        Self {
            user: claims.user,
            issued_ms: now_ms,
            expires_ms: now_ms.saturating_add(lifetime_ms),
            audience: claims.audience.into(),
            scope: claims.scope.map(Into::into),
            permanent: false,
        }
    }
}

/// Tokens that were issued and have not been swept out.
#[derive(Default)]
struct TokenTable {
    grants: HashMap<String, Grant>,
    /// Sweeping is due when the table reaches this size, which keeps the cost of a token constant on average.
    sweep_at: usize,
    journal: Journal,
}

impl TokenTable {
    fn keep_only(&mut self, stays: impl Fn(&Grant) -> bool) {
        let mut batch = Batch::default();
        let is_kept = self.journal.is_on();
        self.grants.retain(|token, grant| {
            let stays = stays(grant);
            if is_kept && !stays {
                batch.remove(Section::Tokens, token);
            }
            stays
        });
        self.journal.submit(batch);
    }
}

/// What goes into a token besides the times.
#[derive(Debug)]
pub(crate) struct Claims<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) audience: &'a str,
    pub(crate) user: Uuid,
    pub(crate) user_name: &'a str,
    pub(crate) scope: Option<&'a str>,
    /// What the client wants to see again in an id token; else one is made up.
    pub(crate) nonce: Option<&'a str>,
    /// Host and port as the caller wrote them; clients rebuild the tenant address from its two halves.
    pub(crate) host: &'a str,
}

/// The tokens of the tenant.
pub(crate) struct Tokens {
    table: Mutex<TokenTable>,
}

impl Tokens {
    /// Those that were saved, if any were.
    pub(crate) fn restore(journal: Journal, saved: &Saved) -> Result<Self, Unreadable> {
        let mut table = TokenTable {
            journal,
            ..TokenTable::default()
        };
        for (token, grant) in saved.all(Section::Tokens)? {
            let token = String::from_utf8_lossy(token).into_owned();
            table.grants.insert(token, grant);
        }
        Ok(Self {
            table: Mutex::new(table),
        })
    }

    /// Issues a token with the claims the service puts into client-credentials tokens.
    pub(crate) fn issue(&self, claims: &Claims<'_>, lifetime: Duration, clock: &Clock) -> String {
        let grant = Grant::new(claims, lifetime, clock.now_ms());
        let token = jwt(&payload(claims, grant.issued_ms, grant.expires_ms));
        self.keep(token, grant)
    }

    /// Issues a token that says nothing about itself, as sessions have.
    pub(crate) fn issue_opaque(
        &self,
        claims: &Claims<'_>,
        lifetime: Duration,
        clock: &Clock,
    ) -> String {
        let token = format!("{:X}{:X}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        self.keep(token, Grant::new(claims, lifetime, clock.now_ms()))
    }

    /// Issues the token that is good for as long as the tenant runs.
    pub(crate) fn issue_permanent(&self, claims: &Claims<'_>, clock: &Clock) -> String {
        const TEN_YEARS: Duration = Duration::from_secs(10 * 365 * 24 * 3600);
        let grant = Grant::new(claims, TEN_YEARS, clock.now_ms());
        let token = jwt(&payload(claims, grant.issued_ms, grant.expires_ms));
        let grant = Grant {
            expires_ms: i64::MAX,
            permanent: true,
            ..grant
        };
        self.keep(token, grant)
    }

    fn keep(&self, token: String, grant: Grant) -> String {
        let now_ms = grant.issued_ms;
        let mut table = self.lock();
        if table.grants.len() >= table.sweep_at {
            table.keep_only(|grant| grant.permanent || grant.expires_ms > now_ms);
            table.sweep_at = table.grants.len() * 2 + 1024;
        }
        if table.journal.is_on() {
            let mut batch = Batch::default();
            batch.put(Section::Tokens, &token, &grant);
            table.journal.submit(batch);
        }
        table.grants.insert(token.clone(), grant);
        token
    }

    /// What a live token stands for.
    pub(crate) fn grant(&self, token: &str, clock: &Clock) -> Option<Grant> {
        let now_ms = clock.now_ms();
        let table = self.lock();
        let live = table.grants.get(token);
        live.filter(|grant| grant.expires_ms > now_ms).cloned()
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
        self.lock().keep_only(|grant| grant.permanent);
    }

    /// Revokes one token. The permanent one stays, because tests steer the tenant with it.
    pub(crate) fn revoke(&self, token: &str) {
        let mut table = self.lock();
        if table
            .grants
            .get(token)
            .is_some_and(|grant| !grant.permanent)
        {
            table.grants.remove(token);
            let mut batch = Batch::default();
            batch.remove(Section::Tokens, token);
            table.journal.submit(batch);
        }
    }

    /// Revokes every token of an account but the permanent one.
    pub(crate) fn revoke_user(&self, user: &Uuid) {
        self.lock()
            .keep_only(|grant| grant.permanent || grant.user != *user);
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
        "nonce": claims.nonce.map_or_else(|| Uuid::new_v4().simple().to_string(), str::to_owned),
        "tenant_id": TENANT_ID,
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
            nonce: None,
            host: "127.0.0.1:1",
        }
    }

    fn tokens() -> Tokens {
        Tokens::restore(Journal::default(), &Saved::default()).unwrap()
    }

    #[test]
    fn a_token_lives_until_the_clock_passes_its_expiry() {
        let clock = Clock::default();
        let tokens = tokens();
        let user = Uuid::from_u128(7);
        let token = tokens.issue(&claims(user), Duration::from_secs(60), &clock);
        assert_eq!(tokens.owner(&token, &clock), Some(user));
        clock.advance(Duration::from_secs(61));
        assert_eq!(tokens.owner(&token, &clock), None);
    }

    #[test]
    fn the_permanent_token_survives_what_expires_the_others() {
        let clock = Clock::default();
        let tokens = tokens();
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
