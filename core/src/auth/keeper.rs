//! One token for everybody who shares a client, and one refresh at a time.

use std::sync::{Arc, PoisonError, RwLock};

use super::{Exchange, Token, TokenSource};
use crate::error::Result;

/// Keeps the current token. Bound to no runtime: callers may sit on different ones.
#[derive(Debug)]
pub(crate) struct Keeper {
    source: Arc<dyn TokenSource>,
    current: RwLock<Option<Arc<Token>>>,
    /// Held while a token is fetched. Whoever holds it and is cancelled lets it go, and the next in line takes over.
    turn: tokio::sync::Mutex<()>,
}

impl Keeper {
    pub(crate) fn new(source: Arc<dyn TokenSource>) -> Self {
        Self {
            source,
            current: RwLock::new(None),
            turn: tokio::sync::Mutex::new(()),
        }
    }

    /// The current token, or a new one when there is none or it is about to expire.
    pub(crate) async fn token(&self, exchange: Exchange<'_>) -> Result<Arc<Token>> {
        if let Some(token) = self.fresh() {
            return Ok(token);
        }
        let _turn = self.turn.lock().await;
        if let Some(token) = self.fresh() {
            return Ok(token);
        }
        let token = Arc::new(self.source.fetch(exchange).await?);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Some(token.clone());
        Ok(token)
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
}
