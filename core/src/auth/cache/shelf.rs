//! The place in a cache for one source at one tenant.

use std::{fmt, sync::Arc, time::Duration};

use arc_swap::ArcSwapOption;
use ring::digest::{SHA256, digest};
use serde_json::json;
use tokio::time::{Instant, sleep};

use super::{
    Identity, TokenCache,
    book::{Book, Entry, Owner},
    lock::Lock,
};
use crate::{
    auth::Token,
    error::{Error, Result},
};

/// Time between two looks at a lock that another process has, at first and at most. Asking is better than waiting in the
/// operating system here, because that could not be cancelled.
const LOOK_EVERY: (Duration, Duration) = (Duration::from_millis(5), Duration::from_millis(50));

/// Where a source finds and leaves its token.
#[derive(Clone)]
pub(crate) struct Shelf(Arc<Inner>);

struct Inner {
    cache: TokenCache,
    owner: Owner,
    /// Name of the lock that is held while a token is fetched.
    turn: String,
    identity: Identity,
    /// The last one that was computed, by its salt.
    fingerprint: ArcSwapOption<(String, Option<String>)>,
}

/// What comes of asking for a token.
pub(crate) enum Found {
    Token(Token),
    Turn(Turn),
}

/// The right to fetch a token while all other processes wait for it.
pub(crate) struct Turn {
    last: Option<Token>,
    _lock: Option<Lock>,
}

impl Turn {
    /// The token that was kept last. It is of no use itself, but may be exchanged for the next.
    pub(crate) fn last(&self) -> Option<&Token> {
        self.last.as_ref()
    }
}

impl Shelf {
    pub(crate) fn new(cache: TokenCache, tenant: &str, identity: Identity) -> Self {
        let owner = Owner {
            tenant: tenant.to_owned(),
            source: identity.parts().clone(),
        };
        let digest = digest(&SHA256, json!(owner).to_string().as_bytes());
        let turn = digest.as_ref()[..8]
            .iter()
            .map(|byte| format!("{byte:02x}"));
        Self(Arc::new(Inner {
            turn: turn.collect(),
            cache,
            owner,
            identity,
            fingerprint: ArcSwapOption::empty(),
        }))
    }

    /// A token other than the one that was `refused`, or the turn to fetch one. After `longest` it is this process's turn
    /// whatever another does: one that hangs must not stop all.
    pub(crate) async fn find(&self, refused: Option<&Token>, longest: Duration) -> Result<Found> {
        let refused = refused.map(|token| token.text().to_owned());
        let begun = Instant::now();
        let (mut pause, most) = LOOK_EVERY;
        loop {
            let refused = refused.clone();
            let found = self.blocking(move |inner| inner.look(refused.as_deref()));
            if let Some(found) = found.await? {
                return Ok(found);
            }
            if begun.elapsed() >= longest {
                let (last, lock) = (self.kept().await?, None);
                return Ok(Found::Turn(Turn { last, _lock: lock }));
            }
            sleep(pause.mul_f64(0.5 + fastrand::f64() / 2.0)).await;
            pause = (pause * 2).min(most);
        }
    }

    /// The token that is kept, good or not.
    pub(crate) async fn kept(&self) -> Result<Option<Token>> {
        self.blocking(Inner::kept).await
    }

    /// Keeps `token`. That it cannot be written is no reason to fail with a good token in hand; the next one to look for it
    /// is told what is wrong.
    pub(crate) async fn put(&self, token: &Token) {
        let token = token.clone();
        let _ = self.blocking(move |inner| inner.put(&token)).await;
    }

    /// Forgets `token`, unless another is kept by now.
    pub(crate) async fn remove(&self, token: &Token) -> Result<()> {
        let text = token.text().to_owned();
        self.blocking(move |inner| inner.remove(&text)).await
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let inner = self.0.clone();
        let done = tokio::task::spawn_blocking(move || work(&inner)).await;
        done.unwrap_or_else(|_| {
            Err(Error::configuration(
                "token cache: looking into it broke off",
            ))
        })
    }
}

impl Inner {
    /// None while it is another process's turn.
    fn look(&self, refused: Option<&str>) -> Result<Option<Found>> {
        let good = |token: &Token| token.is_fresh() && Some(token.text()) != refused;
        if let Some(token) = self.kept()?.filter(good) {
            return Ok(Some(Found::Token(token)));
        }
        let Some(lock) = self.cache.vault()?.turn(&self.turn)? else {
            return Ok(None);
        };
        // Whoever had the turn before may have left one.
        Ok(Some(match self.kept()? {
            Some(token) if good(&token) => Found::Token(token),
            last => Found::Turn(Turn {
                last,
                _lock: Some(lock),
            }),
        }))
    }

    fn kept(&self) -> Result<Option<Token>> {
        let Some(book) = self.cache.vault()?.read()? else {
            return Ok(None);
        };
        let entry = book.entry(&self.owner);
        let entry = entry.filter(|entry| entry.secret == self.fingerprint(&book));
        Ok(entry.and_then(Entry::token))
    }

    fn put(&self, token: &Token) -> Result<()> {
        self.cache.vault()?.change(|book| {
            let secret = self.fingerprint(book);
            book.put(Entry::new(self.owner.clone(), secret, token));
        })
    }

    fn remove(&self, token: &str) -> Result<()> {
        let vault = self.cache.vault()?;
        match vault
            .read()?
            .as_ref()
            .and_then(|book| book.entry(&self.owner))
        {
            Some(entry) if entry.token == token => {
                vault.change(|book| book.remove(&self.owner, token))
            }
            _ => Ok(()),
        }
    }

    fn fingerprint(&self, book: &Book) -> Option<String> {
        if let Some((salt, fingerprint)) = self.fingerprint.load().as_deref()
            && *salt == book.salt
        {
            return fingerprint.clone();
        }
        let fingerprint = self.identity.fingerprint(&book.salt);
        let last = (book.salt.clone(), fingerprint.clone());
        self.fingerprint.store(Some(Arc::new(last)));
        fingerprint
    }
}

impl fmt::Debug for Shelf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner {
            cache, identity, ..
        } = &*self.0;
        f.debug_struct("Shelf")
            .field("cache", cache)
            .field("identity", identity)
            .finish_non_exhaustive()
    }
}
