//! Secrets that can be exchanged once: authorization codes and refresh tokens.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::store::{Batch, Journal, Saved, Section, Unreadable};

/// What each outstanding secret stands for.
pub(crate) struct Once<T> {
    table: Mutex<Table<T>>,
}

struct Table<T> {
    kept: HashMap<String, Kept<T>>,
    journal: Journal,
    section: Section,
    /// Sweeping is due when the table reaches this size, which keeps the cost of a secret constant on average.
    sweep_at: usize,
}

#[derive(Serialize, Deserialize)]
struct Kept<T> {
    what: T,
    expires_ms: i64,
}

impl<T> Table<T> {
    fn keep_only(&mut self, stays: impl Fn(&Kept<T>) -> bool) {
        let mut batch = Batch::default();
        let (is_on, section) = (self.journal.is_on(), self.section);
        self.kept.retain(|secret, kept| {
            let stays = stays(kept);
            if is_on && !stays {
                batch.remove(section, secret);
            }
            stays
        });
        self.journal.submit(batch);
    }

    fn remove(&mut self, secret: &str) -> Option<Kept<T>> {
        let removed = self.kept.remove(secret)?;
        let mut batch = Batch::default();
        batch.remove(self.section, secret);
        self.journal.submit(batch);
        Some(removed)
    }
}

impl<T: Serialize + DeserializeOwned> Once<T> {
    /// Those that were saved in this section, if any were.
    pub(crate) fn restore(
        section: Section,
        journal: Journal,
        saved: &Saved,
    ) -> Result<Self, Unreadable> {
        let kept = saved.all(section)?.into_iter();
        let table = Table {
            kept: kept
                .map(|(secret, kept)| (String::from_utf8_lossy(secret).into_owned(), kept))
                .collect(),
            journal,
            section,
            sweep_at: 0,
        };
        Ok(Self {
            table: Mutex::new(table),
        })
    }

    /// Keeps it and gives the secret that it can be had for.
    pub(crate) fn put(&self, what: T, now_ms: i64, lifetime_ms: i64) -> String {
        let secret = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        let expires_ms = now_ms.saturating_add(lifetime_ms);
        let mut table = self.lock();
        if table.kept.len() >= table.sweep_at {
            table.keep_only(|kept| kept.expires_ms > now_ms);
            table.sweep_at = table.kept.len() * 2 + 1024;
        }
        let kept = Kept { what, expires_ms };
        if table.journal.is_on() {
            let mut batch = Batch::default();
            batch.put(table.section, &secret, &kept);
            table.journal.submit(batch);
        }
        table.kept.insert(secret.clone(), kept);
        secret
    }

    /// Takes it out, unless it is gone, too old, or not the wanted one; then it stays.
    pub(crate) fn take_if(
        &self,
        secret: &str,
        now_ms: i64,
        wanted: impl FnOnce(&T) -> bool,
    ) -> Option<T> {
        let mut table = self.lock();
        let kept = table.kept.get(secret)?;
        if kept.expires_ms <= now_ms || !wanted(&kept.what) {
            return None;
        }
        table.remove(secret).map(|kept| kept.what)
    }

    /// Forgets all that are of this sort.
    pub(crate) fn forget_all(&self, of_this_sort: impl Fn(&T) -> bool) {
        self.lock().keep_only(|kept| !of_this_sort(&kept.what));
    }

    fn lock(&self) -> MutexGuard<'_, Table<T>> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn once() -> Once<i64> {
        Once::restore(Section::Codes, Journal::default(), &Saved::default()).unwrap()
    }

    #[test]
    fn a_secret_is_good_once_and_until_its_time() {
        let once = once();
        let first = once.put(1, 0, 100);
        let second = once.put(2, 0, 100);
        assert_eq!(once.take_if(&first, 99, |_| false), None);
        assert_eq!(once.take_if(&first, 99, |_| true), Some(1));
        assert_eq!(once.take_if(&first, 99, |_| true), None);
        assert_eq!(once.take_if(&second, 100, |_| true), None);
    }

    #[test]
    fn what_is_too_old_does_not_pile_up() {
        let once = once();
        for number in 0..10_000 {
            once.put(number, number, 1);
        }
        assert!(once.lock().kept.len() <= 1024);
    }
}
