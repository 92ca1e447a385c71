//! All accounts, with indexes by id, login name and mail address.

mod orders;
mod slots;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound;

use uuid::Uuid;

use super::touched::Touched;
use super::user::{Text, User};
use orders::{Order, Orders};
use slots::Slots;

/// The login name is taken by somebody else.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NameTaken;

/// The accounts of the tenant. They keep the order in which they were made, which is the order lists use.
#[derive(Debug, Default)]
pub(crate) struct Users {
    slots: Slots,
    by_id: HashMap<Uuid, u32>,
    by_name: BTreeMap<Text, u32>,
    by_mail: BTreeSet<(Text, u32)>,
    orders: Orders,
    pub(super) touched: Touched<u32>,
}

/// A part of a sorted list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    pub(crate) skip: usize,
    pub(crate) count: usize,
    pub(crate) descending: bool,
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

/// A key of an index. It shares its memory with the account wherever that is spelled in the folded form already, as
/// nearly all login names are.
fn key(text: &Text) -> Text {
    let is_folded = text.is_ascii() && !text.bytes().any(|byte| byte.is_ascii_uppercase());
    if is_folded {
        Text::clone(text)
    } else {
        fold(text).into()
    }
}

impl Users {
    /// Takes a population at once, which is several times as fast as one by one. The caller has made sure that ids and
    /// login names are unique.
    pub(crate) fn from_population(size: usize, population: impl Iterator<Item = User>) -> Self {
        let mut users = Self {
            slots: Slots::with_capacity(size),
            by_id: HashMap::with_capacity(size),
            ..Self::default()
        };
        let mut names = Vec::with_capacity(size);
        let mut mails = Vec::with_capacity(size);
        for (slot, user) in (0..).zip(population) {
            users.by_id.insert(user.id, slot);
            names.push((key(&user.name), slot));
            mails.extend(user.mail.as_ref().map(|mail| (key(mail), slot)));
            users.slots.push(Some(user));
        }
        users.by_name = names.into_iter().collect();
        users.by_mail = mails.into_iter().collect();
        users
    }

    pub(crate) fn len(&self) -> usize {
        self.by_id.len()
    }

    pub(crate) fn get(&self, id: &Uuid) -> Option<&User> {
        self.by_id.get(id).and_then(|slot| self.slots.get(*slot))
    }

    /// Finds by login name; letter case does not matter.
    pub(crate) fn by_name(&self, name: &str) -> Option<&User> {
        let slot = self.by_name.get(&*fold(name))?;
        self.slots.get(*slot)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &User> {
        self.slots.iter()
    }

    /// All but the first so many, found without walking over them.
    pub(crate) fn iter_from(&self, skip: usize) -> impl Iterator<Item = &User> {
        self.slots.iter_from(skip)
    }

    /// A page in the order of an attribute, those without it last. The order is kept under the name of the attribute
    /// until an account changes.
    pub(crate) fn page_in_order(
        &self,
        attribute: &'static str,
        text: impl Fn(&User) -> Option<&str>,
        window: Window,
    ) -> Vec<&User> {
        let order = self.orders.get_or_make(attribute, || {
            let users = (0..self.slots.next()).filter_map(|slot| u32::try_from(slot).ok());
            let mut keyed: Vec<(bool, Box<str>, u32)> = users
                .filter_map(|slot| {
                    let text = text(self.slots.get(slot)?);
                    Some((text.is_none(), text.map(fold).unwrap_or_default(), slot))
                })
                .collect();
            keyed.sort_unstable();
            keyed.into_iter().map(|(_, _, slot)| slot).collect()
        });
        self.page(&order, window)
    }

    /// The same for login names, which the index keeps in order.
    pub(crate) fn page_by_name(&self, window: Window) -> Vec<&User> {
        let order = self
            .orders
            .get_or_make("userName", || self.by_name.values().copied().collect());
        self.page(&order, window)
    }

    fn page(&self, order: &Order, window: Window) -> Vec<&User> {
        let slots: &mut dyn Iterator<Item = &u32> = if window.descending {
            &mut order.iter().rev()
        } else {
            &mut order.iter()
        };
        slots
            .skip(window.skip)
            .take(window.count)
            .filter_map(|slot| self.slots.get(*slot))
            .collect()
    }

    /// Accounts whose folded login name starts with the folded prefix.
    pub(crate) fn with_name_prefix(&self, prefix: &str) -> impl Iterator<Item = &User> {
        let folded = fold(prefix);
        self.by_name
            .range::<str, _>((Bound::Included(&*folded), Bound::Unbounded))
            .take_while(move |(name, _)| name.starts_with(&*folded))
            .filter_map(|(_, slot)| self.slots.get(*slot))
    }

    /// Accounts whose folded mail address is the folded address.
    pub(crate) fn with_mail(&self, address: &str) -> impl Iterator<Item = &User> {
        let folded: Text = fold(address).into();
        self.by_mail
            .range((Text::clone(&folded), 0)..=(folded, u32::MAX))
            .filter_map(|(_, slot)| self.slots.get(*slot))
    }

    /// Accounts whose folded mail address starts with the folded prefix.
    pub(crate) fn with_mail_prefix(&self, prefix: &str) -> impl Iterator<Item = &User> {
        let folded: Text = fold(prefix).into();
        self.by_mail
            .range((Text::clone(&folded), 0)..)
            .take_while(move |(mail, _)| mail.starts_with(&*folded))
            .filter_map(|(_, slot)| self.slots.get(*slot))
    }

    pub(crate) fn insert(&mut self, user: User) -> Result<(), NameTaken> {
        let name = key(&user.name);
        if self.by_name.contains_key(&name) {
            return Err(NameTaken);
        }
        let slot = u32::try_from(self.slots.next()).map_err(|_| NameTaken)?;
        self.by_name.insert(name, slot);
        self.by_id.insert(user.id, slot);
        self.index_mail(&user, slot);
        self.slots.push(Some(user));
        self.changed(slot);
        Ok(())
    }

    /// Puts a changed account in the place of the one with the same id. An unknown id changes nothing.
    pub(crate) fn replace(&mut self, user: User) -> Result<(), NameTaken> {
        let Some(slot) = self.by_id.get(&user.id).copied() else {
            return Ok(());
        };
        let name = key(&user.name);
        if self.by_name.get(&name).is_some_and(|taken| *taken != slot) {
            return Err(NameTaken);
        }
        if let Some(old) = self.slots.take(slot) {
            self.by_name.remove(&key(&old.name));
            self.unindex_mail(&old, slot);
        }
        self.by_name.insert(name, slot);
        self.index_mail(&user, slot);
        self.slots.put(slot, user);
        self.changed(slot);
        Ok(())
    }

    /// Notes that somebody has signed in, which changes no order and no index.
    pub(crate) fn note_login(&mut self, id: &Uuid, at_ms: i64) {
        let Some(slot) = self.by_id.get(id).copied() else {
            return;
        };
        if let Some(user) = self.slots.get_mut(slot) {
            user.rare_mut().last_login_ms = Some(at_ms);
            self.touched.note(slot);
        }
    }

    pub(crate) fn remove(&mut self, id: &Uuid) -> Option<User> {
        let slot = self.by_id.remove(id)?;
        let user = self.slots.take(slot)?;
        self.by_name.remove(&key(&user.name));
        self.unindex_mail(&user, slot);
        self.changed(slot);
        Some(user)
    }

    /// The account at a number, for saving.
    pub(super) fn at(&self, slot: u32) -> Option<&User> {
        self.slots.get(slot)
    }

    /// Puts saved accounts, or the holes they left, in their places.
    pub(super) fn restore(&mut self, saved: Vec<(u32, Option<User>)>) -> Result<(), NameTaken> {
        // All places are cleared first, because somebody may have taken a name that somebody else gave up.
        for (slot, _) in &saved {
            if let Some(old) = self.slots.get(*slot).map(|user| user.id) {
                self.remove(&old);
            }
        }
        for (slot, user) in saved {
            while self.slots.next() <= slot as usize {
                self.slots.push(None);
            }
            let Some(user) = user else {
                continue;
            };
            if self.by_name.insert(key(&user.name), slot).is_some() {
                return Err(NameTaken);
            }
            self.by_id.insert(user.id, slot);
            self.index_mail(&user, slot);
            self.slots.put(slot, user);
        }
        Ok(())
    }

    fn changed(&mut self, slot: u32) {
        self.orders.forget();
        self.touched.note(slot);
    }

    fn index_mail(&mut self, user: &User, slot: u32) {
        if let Some(mail) = &user.mail {
            self.by_mail.insert((key(mail), slot));
        }
    }

    fn unindex_mail(&mut self, user: &User, slot: u32) {
        if let Some(mail) = &user.mail {
            self.by_mail.remove(&(key(mail), slot));
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

    const EVERYBODY: Window = Window {
        skip: 0,
        count: usize::MAX,
        descending: false,
    };

    #[test]
    fn sorted_lists_follow_every_change() {
        let mut users = Users::default();
        let mails = |users: &Users, window| -> Vec<String> {
            let page = users.page_in_order("mail", |user| user.mail.as_deref(), window);
            page.iter().map(|user| user.name.to_string()).collect()
        };
        users.insert(user(1, "a", "m3")).unwrap();
        users.insert(user(2, "b", "M1")).unwrap();
        users.insert(User::new(Uuid::from_u128(3), "c", 0)).unwrap();
        assert_eq!(mails(&users, EVERYBODY), ["b", "a", "c"]);
        users.replace(user(1, "a", "m0")).unwrap();
        assert_eq!(mails(&users, EVERYBODY), ["a", "b", "c"]);
        users.remove(&Uuid::from_u128(2)).unwrap();
        users.insert(user(4, "d", "m00")).unwrap();
        let middle = Window {
            skip: 1,
            count: 1,
            descending: true,
        };
        assert_eq!(mails(&users, EVERYBODY), ["a", "d", "c"]);
        assert_eq!(mails(&users, middle), ["d"]);
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
        assert_eq!(users.page_by_name(EVERYBODY).len(), 2);
    }
}
