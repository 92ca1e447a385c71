//! A token source that several clients use.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use super::{
    Keeper, TokenCache, TokenSource,
    cache::{Place, Shelf},
};
use crate::transport::TenantUrl;

/// A token source together with the tokens that it has given. Clients that are built with copies of it share one token
/// for each tenant, and one refresh at a time.
#[derive(Clone)]
pub struct SharedSource {
    source: Arc<dyn TokenSource>,
    keepers: Arc<Mutex<Keepers>>,
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

    /// Keeps the tokens for a tenant.
    pub(crate) fn keeper(&self, tenant: &TenantUrl, cache: Option<TokenCache>) -> Arc<Keeper> {
        let place = cache.as_ref().map(|cache| cache.place().clone());
        let mut keepers = self.keepers.lock().unwrap_or_else(PoisonError::into_inner);
        let keeper = keepers.entry((tenant.as_str().to_owned(), place));
        let new = || {
            let identity = self.source.identity();
            let kept = cache.zip(identity);
            let shelf = kept.map(|(cache, identity)| Shelf::new(cache, tenant.as_str(), identity));
            Arc::new(Keeper::new(self.source.clone(), shelf))
        };
        keeper.or_insert_with(new).clone()
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
