//! What is in a cache: tokens, and whose they are.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    auth::{Token, random::random_text},
    error::Result,
};

/// All entries of a cache.
#[derive(Serialize)]
pub(super) struct Book {
    /// Of the fingerprints.
    pub(super) salt: String,
    entries: Vec<Entry>,
}

/// Whose token it is.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Owner {
    /// Address of the tenant.
    pub(super) tenant: String,
    pub(super) source: BTreeMap<String, String>,
}

/// A token with what is needed to use it. Times are in seconds since 1970.
#[derive(Serialize, Deserialize)]
pub(super) struct Entry {
    #[serde(flatten)]
    pub(super) owner: Owner,
    /// Fingerprint of the secret that it was got with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) secret: Option<String>,
    pub(super) token: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    kept_at: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    renew_at: Option<u64>,
}

impl Book {
    pub(super) fn new() -> Result<Self> {
        Ok(Self {
            salt: random_text()?,
            entries: Vec::new(),
        })
    }

    /// None for what is no book. Entries that make no sense are left out.
    pub(super) fn read(mut value: Value) -> Option<Self> {
        let salt = value.get("salt")?.as_str()?.to_owned();
        let entries = value.get_mut("entries")?.as_array_mut()?;
        let entries = entries.drain(..);
        let entries = entries.filter_map(|entry| serde_json::from_value(entry).ok());
        Some(Self {
            salt,
            entries: entries.collect(),
        })
    }

    pub(super) fn entry(&self, owner: &Owner) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.owner == *owner)
    }

    /// Puts an entry in the place of its owner's last one. Those that are of no use any more go.
    pub(super) fn put(&mut self, entry: Entry) {
        let now = seconds(SystemTime::now());
        self.entries
            .retain(|kept| kept.owner != entry.owner && kept.is_useful(now));
        self.entries.push(entry);
    }

    /// Takes out what `owner` has, if it is `token`.
    pub(super) fn remove(&mut self, owner: &Owner, token: &str) {
        self.entries
            .retain(|kept| kept.owner != *owner || kept.token != token);
    }
}

impl Entry {
    pub(super) fn new(owner: Owner, secret: Option<String>, token: &Token) -> Self {
        let refresh_token = token.refresh_token().map(ExposeSecret::expose_secret);
        Self {
            owner,
            secret,
            token: token.text().to_owned(),
            refresh_token: refresh_token.map(str::to_owned),
            kept_at: seconds(SystemTime::now()),
            renew_at: token.renew_at().map(seconds),
        }
    }

    /// None for a text that cannot be a token.
    pub(super) fn token(&self) -> Option<Token> {
        let now = seconds(SystemTime::now());
        let left = self.renew_at.map(|until| left(self.kept_at, until, now));
        let token = Token::restored(&self.token, left).ok()?;
        Some(match &self.refresh_token {
            Some(text) => token.renewed_by(SecretString::from(text.as_str())),
            None => token,
        })
    }

    fn is_useful(&self, now: u64) -> bool {
        self.refresh_token.is_some() || self.renew_at.is_none_or(|until| now < until)
    }
}

/// How long a token is still good, going by the clock here. Where the clock was set back, its whole lifetime: the service
/// refuses it in time.
fn left(kept_at: u64, until: u64, now: u64) -> Duration {
    let whole = until.saturating_sub(kept_at);
    Duration::from_secs(until.saturating_sub(now).min(whole))
}

fn seconds(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owner(tenant: &str) -> Owner {
        Owner {
            tenant: tenant.to_owned(),
            source: BTreeMap::new(),
        }
    }

    fn entry(tenant: &str, text: &str, lifetime: u64) -> Entry {
        let token = Token::new(text, Some(Duration::from_secs(lifetime)));
        Entry::new(owner(tenant), None, &token.unwrap())
    }

    #[test]
    fn a_wrong_clock_gives_no_token_more_than_its_lifetime() {
        assert_eq!(left(1000, 1300, 1100), Duration::from_secs(200));
        assert_eq!(left(1000, 1300, 400), Duration::from_secs(300), "set back");
        assert_eq!(left(1000, 1300, 9000), Duration::ZERO, "set ahead");
        assert_eq!(left(1000, 900, 400), Duration::ZERO, "makes no sense");
    }

    #[test]
    fn an_owner_has_one_token_and_old_ones_go() {
        let mut book = Book::new().unwrap();
        book.put(entry("a", "first", 600));
        book.put(entry("b", "expired", 0));
        book.put(entry("a", "second", 600));
        assert_eq!(book.entry(&owner("a")).unwrap().token, "second");
        assert!(book.entry(&owner("b")).is_none());
        book.remove(&owner("a"), "first");
        assert!(book.entry(&owner("a")).is_some());
        book.remove(&owner("a"), "second");
        assert!(book.entry(&owner("a")).is_none());
    }

    #[test]
    fn what_comes_back_is_what_was_kept() {
        let token = Token::new("the-token", Some(Duration::from_secs(600))).unwrap();
        let token = token.renewed_by("the-other".to_owned().into());
        let mut book = Book::new().unwrap();
        book.put(Entry::new(owner("a"), Some("f".to_owned()), &token));
        let mut written = serde_json::to_value(&book).unwrap();
        let entries = written["entries"].as_array_mut().unwrap();
        entries.push("no entry".into());
        let book = Book::read(written).unwrap();
        let entry = book.entry(&owner("a")).unwrap();
        assert_eq!(entry.secret.as_deref(), Some("f"));
        let back = entry.token().unwrap();
        assert_eq!(back.text(), "the-token");
        assert_eq!(back.refresh_token().unwrap().expose_secret(), "the-other");
        assert!(back.is_fresh());
    }
}
