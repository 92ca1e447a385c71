//! What has changed since it was last saved.

use std::collections::BTreeSet;

/// The keys of changed things. Nothing is noted until somebody watches, so a tenant in memory pays nothing for it.
#[derive(Debug)]
pub(crate) struct Touched<K>(Option<BTreeSet<K>>);

impl<K> Default for Touched<K> {
    fn default() -> Self {
        Self(None)
    }
}

impl<K: Ord> Touched<K> {
    /// Notes changes from now on.
    pub(crate) fn watch(&mut self) {
        self.0.get_or_insert_default();
    }

    pub(crate) fn note(&mut self, key: K) {
        if let Some(keys) = &mut self.0 {
            keys.insert(key);
        }
    }

    /// What has changed since the last time.
    pub(crate) fn take(&mut self) -> BTreeSet<K> {
        self.0.as_mut().map(std::mem::take).unwrap_or_default()
    }
}
