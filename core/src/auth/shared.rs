//! A token source that several clients use.

use std::{collections::HashMap, fmt, sync::Arc};

use arc_swap::ArcSwap;

use super::{
    Keeper, TokenCache, TokenSource,
    cache::{Place, Shelf},
};
use crate::transport::TenantUrl;

/// A token source with the tokens that it has issued. Clients built with clones of it share one token per tenant, and refresh
/// it once for all.
#[derive(Clone)]
pub struct SharedSource {
    source: Arc<dyn TokenSource>,
    /// Without a lock, for the sake of processes that fork: see [`Keeper`].
    keepers: Arc<ArcSwap<Keepers>>,
}

/// By the address of the tenant, and the place where tokens are kept between processes, if they are.
type Keepers = HashMap<(String, Option<Place>), Arc<Keeper>>;

impl SharedSource {
    /// Shares `source`.
    pub fn new(source: impl TokenSource) -> Self {
        Self {
            source: Arc::new(source),
            keepers: Arc::default(),
        }
    }

    /// The same source without its tokens.
    pub(crate) fn apart(&self) -> Self {
        Self {
            source: self.source.clone(),
            keepers: Arc::default(),
        }
    }

    pub(crate) fn renewable(&self) -> bool {
        self.source.renewable()
    }

    /// Keeps the tokens for a tenant.
    pub(crate) fn keeper(&self, tenant: &TenantUrl, cache: Option<TokenCache>) -> Arc<Keeper> {
        let place = cache.as_ref().map(|cache| cache.place().clone());
        let key = (tenant.as_str().to_owned(), place);
        if let Some(keeper) = self.keepers.load().get(&key) {
            return keeper.clone();
        }
        let kept = cache.zip(self.source.identity());
        let shelf = kept.map(|(cache, identity)| Shelf::new(cache, tenant.as_str(), identity));
        let new = Arc::new(Keeper::new(self.source.clone(), shelf));
        self.keepers.rcu(|keepers| {
            let mut keepers = Keepers::clone(keepers);
            keepers.entry(key.clone()).or_insert_with(|| new.clone());
            keepers
        });
        // Another's, where somebody was faster.
        let keepers = self.keepers.load();
        keepers.get(&key).cloned().unwrap_or(new)
    }
}

impl<S: TokenSource> From<S> for SharedSource {
    fn from(source: S) -> Self {
        Self::new(source)
    }
}

impl fmt::Debug for SharedSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SharedSource").field(&self.source).finish()
    }
}
