//! One token for everybody who shares a client, and one refresh at a time.

use std::sync::{
    Arc, Mutex, PoisonError, RwLock,
    atomic::{AtomicU64, Ordering},
};

use super::{Exchange, Token, TokenSource};
use crate::error::{Error, Result};

/// Keeps the current token. Bound to no runtime: callers may sit on different ones.
#[derive(Debug)]
pub(crate) struct Keeper {
    source: Arc<dyn TokenSource>,
    current: RwLock<Option<Arc<Token>>>,
    /// Held while a token is fetched. Whoever holds it and is cancelled lets it go, and the next in line takes over.
    turn: tokio::sync::Mutex<()>,
    /// Fetches that have ended.
    fetches: AtomicU64,
    /// The last fetch that failed, by its number.
    failure: Mutex<Option<(u64, Error)>>,
}

impl Keeper {
    pub(crate) fn new(source: Arc<dyn TokenSource>) -> Self {
        Self {
            source,
            current: RwLock::new(None),
            turn: tokio::sync::Mutex::new(()),
            fetches: AtomicU64::new(0),
            failure: Mutex::new(None),
        }
    }

    /// The current token, or a new one when there is none or it is about to expire.
    ///
    /// Whoever waits while another fetches shares what comes of it, a failure too: a wrong secret is tried once, not
    /// once for every caller.
    pub(crate) async fn token(&self, exchange: Exchange<'_>) -> Result<Arc<Token>> {
        if let Some(token) = self.fresh() {
            return Ok(token);
        }
        let ended_before = self.fetches.load(Ordering::Acquire);
        let _turn = self.turn.lock().await;
        if let Some(token) = self.fresh() {
            return Ok(token);
        }
        if let Some(error) = self.failure_since(ended_before) {
            return Err(error);
        }
        let fetched = self.source.fetch(exchange).await;
        let number = self.fetches.fetch_add(1, Ordering::AcqRel) + 1;
        match fetched {
            Ok(token) => Ok(self.keep(token)),
            Err(error) => {
                *lock(&self.failure) = Some((number, error.copy()));
                Err(error)
            }
        }
    }

    /// Forgets `refused`, unless somebody has replaced it already. False when asking again cannot help.
    pub(crate) fn discard(&self, refused: &Arc<Token>) -> bool {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        if current
            .as_ref()
            .is_some_and(|token| Arc::ptr_eq(token, refused))
        {
            *current = None;
        }
        self.source.renewable()
    }

    fn fresh(&self) -> Option<Arc<Token>> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        current.clone().filter(|token| token.is_fresh())
    }

    fn keep(&self, token: Token) -> Arc<Token> {
        let token = Arc::new(token);
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        *current = Some(token.clone());
        token
    }

    fn failure_since(&self, ended_before: u64) -> Option<Error> {
        let failure = lock(&self.failure);
        let (number, error) = failure.as_ref()?;
        (*number > ended_before).then(|| error.copy())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
