//! The ids under which answers are found again.

use std::sync::atomic::{AtomicU64, Ordering};

use uuid::Uuid;

/// Counts on from a random number, because a random number for each request would cost a system call.
#[derive(Debug)]
pub(crate) struct Transactions {
    base: u128,
    count: AtomicU64,
}

impl Default for Transactions {
    fn default() -> Self {
        Self {
            base: Uuid::new_v4().as_u128(),
            count: AtomicU64::new(0),
        }
    }
}

impl Transactions {
    /// An id that no other request of this tenant has.
    pub(crate) fn next(&self) -> Uuid {
        // An odd factor spreads neighbours over the digits and keeps them apart.
        const SPREAD: u128 = 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835;
        let number = u128::from(self.count.fetch_add(1, Ordering::Relaxed));
        Uuid::from_u128(self.base.wrapping_add(number.wrapping_mul(SPREAD)))
    }
}
