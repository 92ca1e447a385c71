//! Accounts by number, in the order in which they were made.

use crate::state::user::User;

/// Places that are counted together.
const BLOCK: usize = 1024;

/// A removed account leaves a hole, so that a number never means two accounts. Living accounts are counted by block,
/// so that the middle of a long list is found without walking there.
#[derive(Debug, Default)]
pub(super) struct Slots {
    places: Vec<Option<User>>,
    living: Vec<usize>,
}

impl Slots {
    pub(super) fn with_capacity(capacity: usize) -> Self {
        Self {
            places: Vec::with_capacity(capacity),
            living: Vec::with_capacity(capacity / BLOCK + 1),
        }
    }

    /// The number that the next account gets.
    pub(super) fn next(&self) -> usize {
        self.places.len()
    }

    pub(super) fn get(&self, slot: u32) -> Option<&User> {
        self.places.get(slot as usize)?.as_ref()
    }

    pub(super) fn get_mut(&mut self, slot: u32) -> Option<&mut User> {
        self.places.get_mut(slot as usize)?.as_mut()
    }

    pub(super) fn push(&mut self, user: Option<User>) {
        if self.places.len().is_multiple_of(BLOCK) {
            self.living.push(0);
        }
        if let Some(living) = self.living.last_mut().filter(|_| user.is_some()) {
            *living += 1;
        }
        self.places.push(user);
    }

    /// Fills a place that exists.
    pub(super) fn put(&mut self, slot: u32, user: User) {
        let slot = slot as usize;
        if let (Some(place), Some(living)) =
            (self.places.get_mut(slot), self.living.get_mut(slot / BLOCK))
            && place.replace(user).is_none()
        {
            *living += 1;
        }
    }

    pub(super) fn take(&mut self, slot: u32) -> Option<User> {
        let slot = slot as usize;
        let taken = self.places.get_mut(slot)?.take()?;
        if let Some(living) = self.living.get_mut(slot / BLOCK) {
            *living -= 1;
        }
        Some(taken)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &User> {
        self.places.iter().flatten()
    }

    /// All but the first so many.
    pub(super) fn iter_from(&self, skip: usize) -> impl Iterator<Item = &User> {
        let mut left = skip;
        let full_blocks = self
            .living
            .iter()
            .take_while(|living| {
                let whole = left >= **living;
                if whole {
                    left -= **living;
                }
                whole
            })
            .count();
        let start = (full_blocks * BLOCK).min(self.places.len());
        self.places[start..].iter().flatten().skip(left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn the_middle_is_found_across_holes() {
        let mut slots = Slots::default();
        for number in 0..5_000 {
            slots.push(Some(User::new(Uuid::from_u128(number), "somebody", 0)));
        }
        for hole in (0..5_000).filter(|slot| slot % 3 == 0 || (1_000..2_200).contains(slot)) {
            assert!(slots.take(hole).is_some());
        }
        slots.put(3, User::new(Uuid::from_u128(3), "somebody", 0));
        assert!(slots.take(0).is_none());
        for skip in [0, 1, 600, 667, 668, 1_500, 2_500, 9_999] {
            let walked: Vec<Uuid> = slots.iter().skip(skip).map(|user| user.id).collect();
            let jumped: Vec<Uuid> = slots.iter_from(skip).map(|user| user.id).collect();
            assert_eq!(walked, jumped, "{skip}");
        }
    }
}
