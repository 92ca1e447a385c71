//! The directory as it goes into the state file and comes out again.

use super::imports::Imports;
use super::store::{Batch, Saved, Section, Unreadable, read};
use super::tracked::Tracked;
use super::user::User;
use super::{Directory, ext_schema::ExtSchema};

const EXT_SCHEMA: &str = "ext_schema";
const IMPORTS: &str = "imports";
const PICTURES: &str = "pictures";
const SUPPORT_ACCESS: &str = "support_access";

impl Directory {
    /// Notes changes from now on, for [`changes`](Self::changes).
    pub(super) fn watch(&mut self) {
        self.users.touched.watch();
        self.roles.touched.watch();
        self.orgs.touched.watch();
    }

    /// Notes everything that the generator does not make alone: accounts that this tenant alone has, and all that
    /// there are few of.
    pub(super) fn watch_new(&mut self, own_accounts: u32) {
        self.watch();
        (0..own_accounts).for_each(|slot| self.users.touched.note(slot));
        let roles: Vec<String> = self.roles.iter().map(|role| role.id.clone()).collect();
        roles
            .into_iter()
            .for_each(|role| self.roles.touched.note(role));
        let orgs: Vec<_> = self.orgs.iter().map(|org| org.id).collect();
        orgs.into_iter().for_each(|org| self.orgs.touched.note(org));
        self.support_access.touch();
    }

    /// What has changed since the last time.
    pub(super) fn changes(&mut self) -> Batch {
        let mut batch = Batch::default();
        for slot in self.users.touched.take() {
            match self.users.at(slot) {
                Some(user) => batch.put(Section::Users, slot.to_be_bytes(), user),
                None => batch.put_hole(Section::Users, slot.to_be_bytes()),
            }
        }
        for id in self.roles.touched.take() {
            match self.roles.get(&id) {
                Some(role) => batch.put(Section::Roles, &id, role),
                None => batch.remove(Section::Roles, &id),
            }
        }
        for id in self.orgs.touched.take() {
            match self.orgs.get(&id) {
                Some(org) => batch.put(Section::Orgs, id.as_bytes(), org),
                None => batch.remove(Section::Orgs, id.as_bytes()),
            }
        }
        self.changed_messages(&mut batch);
        self.changed_parts(&mut batch);
        batch
    }

    fn changed_messages(&mut self, batch: &mut Batch) {
        let changes = self.outbox.take_changes();
        for number in changes.dropped {
            batch.remove(Section::Messages, number.to_be_bytes());
        }
        for number in changes.added {
            if let Some(message) = self.outbox.get(number) {
                batch.put(Section::Messages, number.to_be_bytes(), message);
            }
        }
    }

    fn changed_parts(&mut self, batch: &mut Batch) {
        if let Some(schema) = self.ext_schema.take_changed() {
            batch.put(Section::Parts, EXT_SCHEMA, schema);
        }
        if let Some(imports) = self.imports.take_changed() {
            batch.put(Section::Parts, IMPORTS, imports);
        }
        if let Some(pictures) = self.pictures.take_changed() {
            batch.put(Section::Parts, PICTURES, pictures);
        }
        if let Some(access) = self.support_access.take_changed() {
            batch.put(Section::Parts, SUPPORT_ACCESS, access);
        }
    }

    /// Lays what was saved over the generated population.
    pub(super) fn restore(&mut self, saved: &Saved) -> Result<(), Unreadable> {
        let users = saved.section(Section::Users).iter();
        let users = users
            .map(|(key, value)| Ok((u32::from_be_bytes(number(key)?), account(value)?)))
            .collect::<Result<Vec<_>, Unreadable>>()?;
        self.users
            .restore(users)
            .map_err(|_| "two accounts have the same login name".to_owned())?;
        let values = |(_, value)| value;
        self.roles
            .restore(saved.all(Section::Roles)?.into_iter().map(values).collect());
        let values = |(_, value)| value;
        self.orgs
            .restore(saved.all(Section::Orgs)?.into_iter().map(values).collect());
        let messages = saved.all(Section::Messages)?;
        if let Some((key, _)) = messages.first() {
            let first = u64::from_be_bytes(number(key)?);
            let messages = messages.into_iter().map(|(_, message)| message);
            self.outbox.restore(first, messages);
        }
        self.ext_schema = Tracked::new(saved.part::<ExtSchema>(EXT_SCHEMA)?.unwrap_or_default());
        self.imports = Tracked::new(saved.part::<Imports>(IMPORTS)?.unwrap_or_default());
        self.pictures = Tracked::new(saved.part(PICTURES)?.unwrap_or_default());
        self.support_access = Tracked::new(saved.part(SUPPORT_ACCESS)?.unwrap_or_default());
        Ok(())
    }
}

/// An empty value is the hole that a removed account has left.
fn account(value: &[u8]) -> Result<Option<User>, Unreadable> {
    if value.is_empty() {
        return Ok(None);
    }
    read(value).map(Some)
}

fn number<const N: usize>(key: &[u8]) -> Result<[u8; N], Unreadable> {
    key.try_into()
        .map_err(|_| "a key has the wrong length".to_owned())
}
