//! One token for everybody who shares a source, and one refresh at a time.

use std::{
    process,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use arc_swap::{ArcSwap, ArcSwapOption};

use super::{
    Exchange, Identity, Token, TokenSource,
    cache::{Found, Shelf},
};
use crate::{
    error::{Error, Result},
    observe::{Watch, What},
};

/// How long other processes are waited for at most, and where each may have to ask a person.
const LONGEST_TURN: Duration = Duration::from_secs(30);
const LONGEST_TURN_OF_PEOPLE: Duration = Duration::from_secs(330);

/// Keeps the current token. Bound to no runtime: callers may sit on different ones. Nothing in it is locked, not for a moment
/// either: a process that is forked in that moment has the keeper, too, and would find it locked for ever.
#[derive(Debug)]
pub(crate) struct Keeper {
    source: Arc<dyn TokenSource>,
    /// Where other processes find the token.
    shelf: Option<Shelf>,
    kept: ArcSwap<Kept>,
    turn: ArcSwap<Turn>,
    /// Fetches that have ended.
    fetches: AtomicU64,
    /// The last fetch that failed, by its number.
    failure: ArcSwapOption<(u64, Error)>,
}

/// The last token.
#[derive(Debug, Clone, Default)]
struct Kept {
    token: Option<Arc<Token>>,
    /// Whether the service did not take it. What came with it may still be good.
    refused: bool,
}

/// Held while a token is fetched. Whoever holds it and is cancelled lets it go, and the next in line takes over. Whoever
/// held it when the process forked is not in the new process, which begins with its own.
#[derive(Debug)]
struct Turn {
    process: u32,
    lock: Arc<tokio::sync::Mutex<()>>,
}

impl Keeper {
    pub(crate) fn new(source: Arc<dyn TokenSource>, shelf: Option<Shelf>) -> Self {
        Self {
            source,
            shelf,
            kept: ArcSwap::default(),
            turn: ArcSwap::from_pointee(Turn::new()),
            fetches: AtomicU64::new(0),
            failure: ArcSwapOption::empty(),
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
        let turn = self.turn();
        let _turn = turn.lock().await;
        if let Some(token) = self.fresh() {
            return Ok(token);
        }
        if let Some(error) = self.failure_since(ended_before) {
            return Err(error);
        }
        let fetched = match &self.shelf {
            Some(shelf) => self.fetch_by_turns(shelf, exchange).await,
            None => self.fetch(exchange, self.last().as_deref()).await,
        };
        let number = self.fetches.fetch_add(1, Ordering::AcqRel) + 1;
        match fetched {
            Ok(token) => Ok(self.keep(token)),
            Err(error) => {
                self.failure.store(Some(Arc::new((number, error.copy()))));
                Err(error)
            }
        }
    }

    /// Remembers that the service did not take `refused`, unless somebody has replaced it already. False when asking
    /// again cannot help.
    pub(crate) fn discard(&self, refused: &Arc<Token>) -> bool {
        self.change(|kept| {
            let current = kept.token.as_ref();
            kept.refused |= current.is_some_and(|token| Arc::ptr_eq(token, refused));
        });
        self.source.renewable()
    }

    /// Forgets `ended`, which is dead, and what came with it.
    pub(crate) async fn forget(&self, ended: &Token, watch: &Watch<'_>) -> Result<()> {
        watch.tell(What::TokenEnded);
        self.change(|kept| {
            let current = kept.token.as_ref();
            if current.is_some_and(|token| token.text() == ended.text()) {
                *kept = Kept::default();
            }
        });
        match &self.shelf {
            Some(shelf) => shelf.remove(ended).await,
            None => Ok(()),
        }
    }

    /// Ends the current token at the service and forgets it. Nothing is sent when there is none.
    pub(crate) async fn revoke(&self, exchange: Exchange<'_>) -> Result<()> {
        // Nobody fetches meanwhile.
        let turn = self.turn();
        let _turn = turn.lock().await;
        let kept = self.last();
        let shelved = match &self.shelf {
            Some(shelf) => shelf.kept().await?,
            None => None,
        };
        let another = |token: &Token| kept.as_ref().is_none_or(|k| k.text() != token.text());
        let shelved = shelved.filter(another).map(Arc::new);
        for token in kept.iter().chain(&shelved) {
            self.source.revoke(exchange, token).await?;
            self.forget(token, exchange.watch).await?;
        }
        Ok(())
    }

    /// Who signs in, if the source tells.
    pub(crate) fn identity(&self) -> Option<Identity> {
        self.source.identity()
    }

    pub(crate) fn asks_people(&self) -> bool {
        self.source.asks_people()
    }

    async fn fetch(&self, exchange: Exchange<'_>, last: Option<&Token>) -> Result<Token> {
        let began = Instant::now();
        let renewed = last.is_some();
        let fetched = self.source.fetch(exchange.after(last)).await;
        exchange.watch.tell(match &fetched {
            Ok(_) => What::TokenFetched {
                renewed,
                duration: began.elapsed(),
            },
            Err(error) => What::TokenFailed { error },
        });
        fetched
    }

    /// Takes what another process has fetched, or fetches for all of them.
    async fn fetch_by_turns(&self, shelf: &Shelf, exchange: Exchange<'_>) -> Result<Token> {
        let longest = match self.asks_people() {
            true => LONGEST_TURN_OF_PEOPLE,
            false => LONGEST_TURN,
        };
        let turn = match shelf.find(self.refused().as_deref(), longest).await? {
            Found::Token(token) => {
                exchange.watch.tell(What::TokenFound);
                return Ok(token);
            }
            Found::Turn(turn) => turn,
        };
        let known = self.last();
        let token = self
            .fetch(exchange, turn.last().or(known.as_deref()))
            .await?;
        shelf.put(&token).await;
        Ok(token)
    }

    fn refused(&self) -> Option<Arc<Token>> {
        let kept = self.kept.load();
        kept.token.clone().filter(|_| kept.refused)
    }

    fn fresh(&self) -> Option<Arc<Token>> {
        let kept = self.kept.load();
        let token = kept.token.as_ref().filter(|_| !kept.refused)?;
        token.is_fresh().then(|| token.clone())
    }

    fn last(&self) -> Option<Arc<Token>> {
        self.kept.load().token.clone()
    }

    fn keep(&self, token: Token) -> Arc<Token> {
        let token = Arc::new(token);
        self.kept.store(Arc::new(Kept {
            token: Some(token.clone()),
            refused: false,
        }));
        token
    }

    /// Changes what is kept, again if somebody else has changed it meanwhile.
    fn change(&self, change: impl Fn(&mut Kept)) {
        self.kept.rcu(|kept| {
            let mut kept = Kept::clone(kept);
            change(&mut kept);
            kept
        });
    }

    /// The line of this process.
    fn turn(&self) -> Arc<tokio::sync::Mutex<()>> {
        self.turn.rcu(|turn| match turn.process == process::id() {
            true => turn.clone(),
            false => Arc::new(Turn::new()),
        });
        self.turn.load().lock.clone()
    }

    fn failure_since(&self, ended_before: u64) -> Option<Error> {
        let failure = self.failure.load();
        let (number, error) = failure.as_deref()?;
        (*number > ended_before).then(|| error.copy())
    }
}

impl Turn {
    fn new() -> Self {
        Self {
            process: process::id(),
            lock: Arc::default(),
        }
    }
}
