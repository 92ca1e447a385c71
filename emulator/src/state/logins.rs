//! All sign-ins that are on their way.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use uuid::Uuid;

use super::login::Login;
use super::policy::{Policies, Policy};
use super::store::{Batch, Journal, Saved, Section, Unreadable};

/// How long somebody may take to sign in.
const LIFETIME_MS: i64 = 5 * 60 * 1000;

/// One of them.
pub(crate) struct Pending {
    pub(crate) session: String,
    /// What was typed as login name.
    pub(crate) user_name: String,
    pub(crate) login: Login,
    expires_ms: i64,
}

#[derive(Default)]
pub(crate) struct LoginTable {
    policies: Policies,
    journal: Journal,
    /// In the order in which they were started.
    pending: BTreeMap<u64, Pending>,
    last_number: u64,
}

/// The sign-ins of the tenant, and what people have to do in them.
#[derive(Default)]
pub(crate) struct Logins(Mutex<LoginTable>);

/// Policies are one part of the state file: they are few and rarely changed.
const POLICIES: &str = "sign_in_policies";

impl Logins {
    /// With the policies that were saved, if any were. Sign-ins on their way are not saved.
    pub(crate) fn restore(journal: Journal, saved: &Saved) -> Result<Self, Unreadable> {
        Ok(Self(Mutex::new(LoginTable {
            policies: saved.part(POLICIES)?.unwrap_or_default(),
            journal,
            ..LoginTable::default()
        })))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, LoginTable> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LoginTable {
    pub(crate) fn policies(&self) -> &Policies {
        &self.policies
    }

    /// Sets the policy of one person or, without a name, of everybody who has none of their own.
    pub(crate) fn set_policy(&mut self, user_name: Option<&str>, policy: Policy) {
        self.policies.set(user_name, policy);
        self.save_policies();
    }

    pub(crate) fn clear_policies(&mut self) {
        self.policies.clear();
        self.save_policies();
    }

    fn save_policies(&self) {
        if self.journal.is_on() {
            let mut batch = Batch::default();
            batch.put(Section::Parts, POLICIES, &self.policies);
            self.journal.submit(batch);
        }
    }

    /// Begins a sign-in and gives its session id. Those that were given up are swept out on the way.
    pub(crate) fn begin(&mut self, user_name: &str, login: Login, now_ms: i64) -> &Pending {
        self.pending
            .retain(|_, pending| pending.expires_ms > now_ms);
        self.last_number += 1;
        self.pending.entry(self.last_number).or_insert(Pending {
            session: Uuid::new_v4().simple().to_string(),
            user_name: user_name.to_owned(),
            login,
            expires_ms: now_ms.saturating_add(LIFETIME_MS),
        })
    }

    pub(crate) fn find(&mut self, session: &str, now_ms: i64) -> Option<&mut Pending> {
        self.pending
            .values_mut()
            .find(|pending| pending.session == session && pending.expires_ms > now_ms)
    }

    pub(crate) fn end(&mut self, session: &str) {
        self.pending.retain(|_, pending| pending.session != session);
    }

    /// Decides what waits for this account outside, in its youngest sign-in; whether anything did.
    pub(crate) fn decide(&mut self, user_name: &str, approve: bool, now_ms: i64) -> bool {
        let wanted = super::users::fold(user_name);
        self.pending
            .values_mut()
            .rev()
            .filter(|pending| pending.expires_ms > now_ms)
            .filter(|pending| super::users::fold(&pending.user_name) == wanted)
            .any(|pending| pending.login.decide(approve))
    }

    pub(crate) fn pending(&self, now_ms: i64) -> impl Iterator<Item = &Pending> {
        self.pending
            .values()
            .filter(move |pending| pending.expires_ms > now_ms)
    }
}
