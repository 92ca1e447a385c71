//! One person or service account of the cloud directory.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

/// A short text of an account. A million accounts share the names that many of them have, and indexes share theirs.
pub(crate) type Text = Arc<str>;

/// A password. It can be compared, never printed; only the state file has it in clear.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Password(Option<Box<str>>);

impl Password {
    pub(crate) fn new(text: &str) -> Self {
        Self(Some(text.into()))
    }

    pub(crate) fn matches(&self, attempt: &str) -> bool {
        self.0.as_deref() == Some(attempt)
    }

    /// For the description of the tenant, which tells the secret of the service account.
    pub(super) fn reveal(&self) -> &str {
        self.0.as_deref().unwrap_or_default()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() {
            "Password(***)"
        } else {
            "Password(unset)"
        })
    }
}

/// The account state is a set of flags; the service writes the empty set as `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AccountState {
    pub(crate) locked: bool,
    pub(crate) disabled: bool,
    pub(crate) expired: bool,
}

impl AccountState {
    /// Reads `None` or a comma-separated list, with or without blanks, in any letter case.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut state = Self::default();
        for word in text.split(',').map(str::trim) {
            match word.to_ascii_lowercase().as_str() {
                "none" => {}
                "locked" => state.locked = true,
                "disabled" => state.disabled = true,
                "expired" => state.expired = true,
                _ => return None,
            }
        }
        Some(state)
    }
}

impl fmt::Display for AccountState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let flags = [
            (self.locked, "Locked"),
            (self.disabled, "Disabled"),
            (self.expired, "Expired"),
        ];
        let set: Vec<&str> = flags
            .iter()
            .filter(|(on, _)| *on)
            .map(|(_, name)| *name)
            .collect();
        if set.is_empty() {
            return f.write_str("None");
        }
        f.write_str(&set.join(", "))
    }
}

/// Fields that hardly any account has, boxed so that a million plain accounts stay small.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Rare {
    pub(crate) description: Option<String>,
    pub(crate) home_number: Option<String>,
    pub(crate) picture: Option<String>,
    pub(crate) mfa_redirect: Option<String>,
    /// What SCIM was given as organization when the tenant has none of that name.
    pub(crate) organization_label: Option<String>,
    pub(crate) start_date_ms: Option<i64>,
    pub(crate) end_date_ms: Option<i64>,
    pub(crate) admin_lock: Option<bool>,
    pub(crate) password_never_expires: Option<bool>,
    pub(crate) mfa_exempt_until_ms: Option<i64>,
    pub(crate) last_login_ms: Option<i64>,
    /// Tenant-defined attributes by name.
    pub(crate) custom: Map<String, Value>,
}

/// One account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct User {
    pub(crate) id: Uuid,
    pub(crate) name: Text,
    pub(crate) display_name: Text,
    pub(crate) given_name: Option<Text>,
    pub(crate) family_name: Option<Text>,
    pub(crate) mail: Option<Text>,
    pub(crate) mobile_number: Option<Text>,
    pub(crate) office_number: Option<Text>,
    pub(crate) language: Option<Text>,
    pub(crate) manager: Option<Uuid>,
    pub(crate) organization: Option<Uuid>,
    pub(crate) password: Password,
    pub(crate) state: AccountState,
    pub(crate) in_everybody: bool,
    pub(crate) oauth_client: bool,
    pub(crate) force_password_change: bool,
    pub(crate) created_ms: i64,
    pub(crate) modified_ms: i64,
    pub(crate) password_changed_ms: i64,
    rare: Option<Box<Rare>>,
}

impl User {
    pub(crate) fn new(id: Uuid, name: &str, now_ms: i64) -> Self {
        let display_name = local_part(name).into();
        Self {
            id,
            name: name.into(),
            display_name,
            given_name: None,
            family_name: None,
            mail: None,
            mobile_number: None,
            office_number: None,
            language: None,
            manager: None,
            organization: None,
            password: Password::default(),
            state: AccountState::default(),
            in_everybody: true,
            oauth_client: false,
            force_password_change: false,
            created_ms: now_ms,
            modified_ms: now_ms,
            password_changed_ms: now_ms,
            rare: None,
        }
    }

    /// What follows the last `@` of the login name; empty when there is none.
    pub(crate) fn suffix(&self) -> &str {
        self.name.rsplit_once('@').map_or("", |(_, suffix)| suffix)
    }

    pub(crate) fn rare(&self) -> Option<&Rare> {
        self.rare.as_deref()
    }

    pub(crate) fn rare_mut(&mut self) -> &mut Rare {
        self.rare.get_or_insert_with(Box::default)
    }

    pub(crate) fn is_cloud_locked(&self) -> bool {
        self.rare()
            .and_then(|rare| rare.admin_lock)
            .unwrap_or_default()
    }

    pub(crate) fn is_enabled(&self) -> bool {
        !self.state.disabled
    }

    pub(crate) fn may_sign_in(&self, now_ms: i64) -> bool {
        let ended = self
            .rare()
            .and_then(|rare| rare.end_date_ms)
            .is_some_and(|end| end <= now_ms);
        self.is_enabled() && !self.state.locked && !self.is_cloud_locked() && !ended
    }
}

/// What precedes the last `@` of a login name.
pub(crate) fn local_part(name: &str) -> &str {
    name.rsplit_once('@').map_or(name, |(local, _)| local)
}
