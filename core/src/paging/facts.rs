//! What has to be known of a page to go on.

use std::hash::{DefaultHasher, Hash, Hasher};

/// What has to be known of a page.
#[derive(Debug, Default)]
pub struct PageFacts {
    /// `totalResults`
    pub(super) total: Option<i64>,
    /// `startIndex`
    pub(super) start: Option<i64>,
    /// Fingerprints of the ids of its items, in order; none for an item without one.
    pub(super) ids: Vec<Option<u64>>,
}

impl PageFacts {
    /// `totalResults` and `startIndex` of a page, and the ids of its items, in order; none for an item without one.
    pub fn new<T: AsRef<str>>(
        total: Option<i64>,
        start: Option<i64>,
        ids: impl IntoIterator<Item = Option<T>>,
    ) -> Self {
        let ids = ids.into_iter().map(|id| Some(fingerprint(id?.as_ref())));
        Self {
            total,
            start,
            ids: ids.collect(),
        }
    }

    /// The same of a page that has this `totalResults` and `startIndex`.
    #[must_use]
    pub fn saying(self, total: Option<i64>, start: Option<i64>) -> Self {
        Self {
            total,
            start,
            ..self
        }
    }

    pub(super) fn first(&self) -> Option<u64> {
        self.ids.first().copied().flatten()
    }
}

fn fingerprint(id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}
