//! A part of the directory that is saved as a whole when it has changed.

use std::ops::{Deref, DerefMut};

/// Looks like what it holds and notes when somebody reaches for it to change it.
#[derive(Debug, Default)]
pub(crate) struct Tracked<T> {
    value: T,
    changed: bool,
}

impl<T> Tracked<T> {
    pub(crate) fn new(value: T) -> Self {
        Self {
            value,
            changed: false,
        }
    }

    /// Makes it count as changed.
    pub(crate) fn touch(&mut self) {
        self.changed = true;
    }

    /// The value, if it has changed since the last time.
    pub(crate) fn take_changed(&mut self) -> Option<&T> {
        std::mem::take(&mut self.changed).then_some(&self.value)
    }
}

impl<T> Deref for Tracked<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for Tracked<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.changed = true;
        &mut self.value
    }
}
