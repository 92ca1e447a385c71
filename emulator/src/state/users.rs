//! All accounts, with indexes by id, login name and mail address.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound;

use uuid::Uuid;

use super::user::User;

/// The login name is taken by somebody else.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NameTaken;

/// The accounts of the tenant. They keep the order in which they were made, which is the order lists use.
#[derive(Debug, Default)]
pub(crate) struct Users {
    /// A removed account leaves a hole, so that a slot number never means two accounts.
    slots: Vec<Option<User>>,
    by_id: HashMap<Uuid, u32>,
    by_name: BTreeMap<Box<str>, u32>,
    by_mail: BTreeSet<(Box<str>, u32)>,
}

/// The form in which login names and mail addresses are compared. Letters are folded one by one, so that a folded
/// prefix is the prefix of the folded text (folding a whole string treats a final sigma in its own way).
pub(crate) fn fold(text: &str) -> Box<str> {
    if text.is_ascii() {
        text.to_ascii_lowercase().into()
    } else {
        folded(text).collect()
    }
}

/// The letters of the folded text.
pub(crate) fn folded(text: &str) -> impl Iterator<Item = char> {
    text.chars().flat_map(char::to_lowercase)
}

impl Users {
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self {
            slots: Vec::with_capacity(capacity),
            by_id: HashMap::with_capacity(capacity),
            ..Self::default()
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.by_id.len()
    }

    pub(crate) fn get(&self, id: &Uuid) -> Option<&User> {
        self.by_id.get(id).and_then(|slot| self.at(*slot))
    }

    /// Finds by login name; letter case does not matter.
    pub(crate) fn by_name(&self, name: &str) -> Option<&User> {
        self.by_name
            .get(&fold(name))
            .and_then(|slot| self.at(*slot))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &User> {
        self.slots.iter().flatten()
    }

    /// In the order of their folded login names.
    pub(crate) fn iter_by_name(&self) -> impl DoubleEndedIterator<Item = &User> {
        self.by_name.values().filter_map(|slot| self.at(*slot))
    }

    /// Accounts whose folded login name starts with the folded prefix.
    pub(crate) fn with_name_prefix(&self, prefix: &str) -> impl Iterator<Item = &User> {
        let folded = fold(prefix);
        self.by_name
            .range::<str, _>((Bound::Included(&*folded), Bound::Unbounded))
            .take_while(move |(name, _)| name.starts_with(&*folded))
            .filter_map(|(_, slot)| self.at(*slot))
    }

    /// Accounts whose folded mail address starts with the folded prefix.
    pub(crate) fn with_mail_prefix(&self, prefix: &str) -> impl Iterator<Item = &User> {
        let folded = fold(prefix);
        self.by_mail
            .range((folded.clone(), 0)..)
            .take_while(move |(mail, _)| mail.starts_with(&*folded))
            .filter_map(|(_, slot)| self.at(*slot))
    }

    pub(crate) fn insert(&mut self, user: User) -> Result<(), NameTaken> {
        let key = fold(&user.name);
        if self.by_name.contains_key(&key) {
            return Err(NameTaken);
        }
        let slot = u32::try_from(self.slots.len()).map_err(|_| NameTaken)?;
        self.by_name.insert(key, slot);
        self.by_id.insert(user.id, slot);
        self.index_mail(&user, slot);
        self.slots.push(Some(user));
        Ok(())
    }

    /// Puts a changed account in the place of the one with the same id. An unknown id changes nothing.
    pub(crate) fn replace(&mut self, user: User) -> Result<(), NameTaken> {
        let Some(slot) = self.by_id.get(&user.id).copied() else {
            return Ok(());
        };
        let key = fold(&user.name);
        if self.by_name.get(&key).is_some_and(|taken| *taken != slot) {
            return Err(NameTaken);
        }
        if let Some(old) = self.take(slot) {
            self.by_name.remove(&fold(&old.name));
            self.unindex_mail(&old, slot);
        }
        self.by_name.insert(key, slot);
        self.index_mail(&user, slot);
        if let Some(place) = self.slots.get_mut(slot as usize) {
            *place = Some(user);
        }
        Ok(())
    }

    /// Notes that somebody has signed in, which is no change of the account.
    pub(crate) fn note_login(&mut self, id: &Uuid, at_ms: i64) {
        let slot = self.by_id.get(id).map(|slot| *slot as usize);
        let user = slot.and_then(|slot| self.slots.get_mut(slot));
        if let Some(user) = user.and_then(Option::as_mut) {
            user.rare_mut().last_login_ms = Some(at_ms);
        }
    }

    pub(crate) fn remove(&mut self, id: &Uuid) -> Option<User> {
        let slot = self.by_id.remove(id)?;
        let user = self.take(slot)?;
        self.by_name.remove(&fold(&user.name));
        self.unindex_mail(&user, slot);
        Some(user)
    }

    fn at(&self, slot: u32) -> Option<&User> {
        self.slots.get(slot as usize).and_then(Option::as_ref)
    }

    fn take(&mut self, slot: u32) -> Option<User> {
        self.slots.get_mut(slot as usize).and_then(Option::take)
    }

    fn index_mail(&mut self, user: &User, slot: u32) {
        if let Some(mail) = &user.mail {
            self.by_mail.insert((fold(mail), slot));
        }
    }

    fn unindex_mail(&mut self, user: &User, slot: u32) {
        if let Some(mail) = &user.mail {
            self.by_mail.remove(&(fold(mail), slot));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(number: u128, name: &str, mail: &str) -> User {
        let mut user = User::new(Uuid::from_u128(number), name, 0);
        user.mail = Some(mail.into());
        user
    }

    #[test]
    fn names_are_unique_without_regard_to_case() {
        let mut users = Users::default();
        users.insert(user(1, "Ana@x.example", "a@x")).unwrap();
        assert_eq!(
            users.insert(user(2, "aNA@X.example", "b@x")),
            Err(NameTaken)
        );
        assert_eq!(users.len(), 1);
        assert_eq!(
            users.by_name("ANA@x.EXAMPLE").unwrap().id,
            Uuid::from_u128(1)
        );
    }

    #[test]
    fn every_index_follows_a_rename_and_a_removal() {
        let mut users = Users::default();
        users.insert(user(1, "old@x", "old.mail@x")).unwrap();
        users.insert(user(2, "other@x", "old.mail@x")).unwrap();
        users.replace(user(1, "new@x", "new.mail@x")).unwrap();
        assert!(users.by_name("old@x").is_none());
        assert_eq!(users.with_mail_prefix("old.").count(), 1);
        assert_eq!(users.with_name_prefix("NEW").count(), 1);
        assert_eq!(users.replace(user(1, "OTHER@x", "m")), Err(NameTaken));
        assert_eq!(&*users.get(&Uuid::from_u128(1)).unwrap().name, "new@x");

        users.remove(&Uuid::from_u128(1)).unwrap();
        assert_eq!(users.with_mail_prefix("new").count(), 0);
        assert_eq!(users.iter().count(), 1);
        users.insert(user(1, "new@x", "m")).unwrap();
        assert_eq!(users.iter_by_name().count(), 2);
    }
}
