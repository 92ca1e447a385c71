//! Sorted lists, kept between the pages of a client that reads one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The order of all accounts by one attribute, as slot numbers.
pub(super) type Order = Arc<[u32]>;

/// Orders are good until an account changes. They hold four bytes per account and attribute.
#[derive(Debug, Default)]
pub(super) struct Orders(Mutex<HashMap<&'static str, Order>>);

impl Orders {
    /// The kept order, or the one that is made now. Others who want one wait, as they would have to make it too.
    pub(super) fn get_or_make(&self, key: &'static str, make: impl FnOnce() -> Order) -> Order {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(kept.entry(key).or_insert_with(make))
    }

    pub(super) fn forget(&mut self) {
        self.0
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}
