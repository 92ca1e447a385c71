//! What a tenant remembers. One directory is seen by every surface, so a change made by SCIM shows in the platform
//! calls and the other way round.

pub(crate) mod clock;
pub(crate) mod ext_schema;
pub(crate) mod imports;
pub(crate) mod login;
pub(crate) mod logins;
pub(crate) mod once;
pub(crate) mod org;
pub(crate) mod outbox;
pub(crate) mod policy;
pub(crate) mod rights;
pub(crate) mod role;
mod saved;
pub(crate) mod seed;
pub(crate) mod store;
pub(crate) mod tokens;
mod touched;
mod tracked;
pub(crate) mod transactions;
pub(crate) mod user;
pub(crate) mod users;

use std::collections::HashMap;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::faults::FaultTable;
use crate::record::Recorder;
use clock::Clock;
use ext_schema::ExtSchema;
use imports::Imports;
use logins::Logins;
use once::Once;
use org::Orgs;
use outbox::Outbox;
use role::Roles;
use store::{Batch, Journal, Saved, Section, Unreadable};
use tokens::{Claims, Tokens};
use tracked::Tracked;
use transactions::Transactions;
use users::Users;

/// The id of the cloud directory, the only one there is.
pub(crate) const DIRECTORY_UUID: &str = "09B9A9B0-6CE8-465F-AB03-65766D33B05E";
/// Three letters and four digits, as tenants are named.
pub(crate) const TENANT_ID: &str = "ACM1234";

/// The vendor's support may sign in until then.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct SupportAccess {
    pub(crate) user: Uuid,
    pub(crate) until_ms: i64,
}

/// People, roles and organizations, and what belongs to them.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    pub(crate) users: Users,
    pub(crate) roles: Roles,
    pub(crate) orgs: Orgs,
    pub(crate) ext_schema: Tracked<ExtSchema>,
    pub(crate) outbox: Outbox,
    pub(crate) imports: Tracked<Imports>,
    pub(crate) pictures: Tracked<HashMap<Uuid, Picture>>,
    pub(crate) support_access: Tracked<Option<SupportAccess>>,
}

/// A picture as it was uploaded.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Picture {
    pub(crate) content_type: String,
    #[serde(with = "as_base64")]
    pub(crate) image: Bytes,
}

/// A picture in the state file.
mod as_base64 {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use bytes::Bytes;
    use serde::{Deserialize as _, Deserializer, Serializer, de};

    pub(super) fn serialize<S: Serializer>(image: &Bytes, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&STANDARD.encode(image))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Bytes, D::Error> {
        let text = String::deserialize(from)?;
        STANDARD
            .decode(text)
            .map(Bytes::from)
            .map_err(de::Error::custom)
    }
}

impl Directory {
    /// Removes an account and every mention of it except as somebody's manager, where the id stays behind.
    pub(crate) fn remove_user(&mut self, id: &Uuid) -> bool {
        self.roles.forget_user(id);
        self.orgs.forget_user(id);
        if self.pictures.contains_key(id) {
            self.pictures.remove(id);
        }
        self.users.remove(id).is_some()
    }
}

/// The facts a tenant is started with.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) seed_users: usize,
    pub(crate) token_lifetime: Duration,
    pub(crate) body_limit: usize,
    /// Scheme, host and port under which the tenant describes itself.
    pub(crate) base_url: String,
}

impl Settings {
    fn issuer(&self) -> String {
        format!("{}/{}/", self.base_url, seed::APP_ID)
    }

    /// Claims of a token that nobody signed in for.
    fn claims<'c>(&'c self, issuer: &'c str, user: Uuid, user_name: &'c str) -> Claims<'c> {
        Claims {
            issuer,
            audience: user_name,
            user,
            user_name,
            scope: None,
            nonce: None,
            host: self.base_url.rsplit('/').next().unwrap_or_default(),
        }
    }
}

/// How to sign in to the tenant.
#[derive(Clone)]
pub(crate) struct Credentials {
    pub(crate) app_id: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) token: String,
}

/// What an authorization code stands for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct CodeGrant {
    pub(crate) session: SessionGrant,
    pub(crate) redirect_uri: String,
    pub(crate) challenge: Option<Challenge>,
    pub(crate) nonce: Option<String>,
}

/// What has to fit the verifier of whoever brings the code.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Challenge {
    Plain(String),
    Sha256(String),
}

/// Who may act for whom: what a refresh token stands for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SessionGrant {
    pub(crate) app: String,
    pub(crate) client_id: String,
    pub(crate) user: Uuid,
    pub(crate) scope: Option<String>,
}

const CLOCK: &str = "clock_offset_ms";
const ORIGIN: &str = "origin";
const START_TOKEN: &str = "start_token";

/// What the generated population follows from.
#[derive(Serialize, Deserialize)]
struct Origin {
    seed_users: usize,
    seeded_at_ms: i64,
}

/// The token that is told at the start, and the address that it names.
#[derive(Serialize, Deserialize)]
struct StartToken {
    token: String,
    base_url: String,
}

/// The directory while somebody changes it. What was changed goes to the journal before anybody else gets in.
pub(crate) struct Writing<'t> {
    directory: RwLockWriteGuard<'t, Directory>,
    journal: &'t Journal,
}

impl Deref for Writing<'_> {
    type Target = Directory;

    fn deref(&self) -> &Directory {
        &self.directory
    }
}

impl DerefMut for Writing<'_> {
    fn deref_mut(&mut self) -> &mut Directory {
        &mut self.directory
    }
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        if self.journal.is_on() {
            self.journal.submit(self.directory.changes());
        }
    }
}

/// Everything behind the address. It shows nothing of itself in debug output, because it holds secrets everywhere.
pub(crate) struct Tenant {
    pub(crate) settings: Settings,
    pub(crate) clock: Clock,
    pub(crate) recorder: Recorder,
    pub(crate) transactions: Transactions,
    pub(crate) tokens: Tokens,
    pub(crate) codes: Once<CodeGrant>,
    pub(crate) refresh_tokens: Once<SessionGrant>,
    pub(crate) logins: Logins,
    directory: RwLock<Directory>,
    journal: Journal,
    faults: Mutex<FaultTable>,
    /// The account whose state nobody may change, because it keeps the tenant reachable.
    pub(crate) default_administrator: Uuid,
}

impl fmt::Debug for Tenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tenant").finish_non_exhaustive()
    }
}

impl Tenant {
    /// Makes a tenant, seeded or as it was saved, and the credentials of its service account.
    pub(crate) fn new(
        settings: Settings,
        faults: FaultTable,
        journal: Journal,
        saved: Option<Saved>,
    ) -> Result<(Self, Credentials), Unreadable> {
        let is_new = saved.is_none();
        let saved = saved.unwrap_or_default();
        let clock = Clock::moved_by_ms(saved.part(CLOCK)?.unwrap_or_default());
        let origin = saved.part(ORIGIN)?.unwrap_or(Origin {
            seed_users: settings.seed_users,
            seeded_at_ms: clock.now_ms(),
        });
        let mut directory = seed::directory(origin.seed_users, origin.seeded_at_ms, is_new);
        if is_new {
            directory.watch_new(seed::BUILT_IN);
            let mut batch = directory.changes();
            store::Store::describe(&mut batch);
            batch.put(Section::Parts, ORIGIN, &origin);
            journal.submit(batch);
        } else {
            directory.restore(&saved)?;
            directory.watch();
        }
        let tokens = Tokens::restore(journal.clone(), &saved)?;
        let tenant = Self {
            settings,
            clock,
            recorder: Recorder::default(),
            transactions: Transactions::default(),
            tokens,
            codes: Once::restore(Section::Codes, journal.clone(), &saved)?,
            refresh_tokens: Once::restore(Section::RefreshTokens, journal.clone(), &saved)?,
            logins: Logins::restore(journal.clone(), &saved)?,
            directory: RwLock::new(directory),
            journal,
            faults: Mutex::new(faults),
            default_administrator: seed::administrator(),
        };
        let credentials = tenant.credentials(&saved)?;
        Ok((tenant, credentials))
    }

    /// How to sign in. The token of the last start is still good, but as it names the address of the tenant there is a
    /// new one where that has changed.
    fn credentials(&self, saved: &Saved) -> Result<Credentials, Unreadable> {
        let base_url = &self.settings.base_url;
        let kept = saved
            .part::<StartToken>(START_TOKEN)?
            .filter(|kept| kept.base_url == *base_url)
            .filter(|kept| self.tokens.grant(&kept.token, &self.clock).is_some());
        let start = match kept {
            Some(kept) => kept,
            None => {
                let issuer = self.settings.issuer();
                let owner = self.default_administrator;
                let claims = self.settings.claims(&issuer, owner, seed::ADMINISTRATOR);
                let fresh = StartToken {
                    token: self.tokens.issue_permanent(&claims, &self.clock),
                    base_url: base_url.clone(),
                };
                self.save_part(START_TOKEN, &fresh);
                fresh
            }
        };
        let directory = self.read();
        let service = directory.users.get(&seed::service());
        Ok(Credentials {
            app_id: seed::APP_ID.to_owned(),
            client_id: service
                .map_or(seed::SERVICE_USER, |user| &*user.name)
                .to_owned(),
            client_secret: service
                .map(|user| user.password.reveal())
                .unwrap_or_default()
                .to_owned(),
            token: start.token,
        })
    }

    fn save_part(&self, name: &str, value: &impl Serialize) {
        if self.journal.is_on() {
            let mut batch = Batch::default();
            batch.put(Section::Parts, name, value);
            self.journal.submit(batch);
        }
    }

    /// Moves the clock forward, which expires what would have expired by then.
    pub(crate) fn advance_clock(&self, by: Duration) {
        self.clock.advance(by);
        self.save_part(CLOCK, &self.clock.offset_ms());
    }

    /// Whether the tenant is kept in a file.
    pub(crate) fn is_saved(&self) -> bool {
        self.journal.is_on()
    }

    /// Waits until everything that has happened so far is on disk.
    pub(crate) async fn settled(&self) -> Result<(), Arc<str>> {
        self.journal.settled().await
    }

    /// A token for any account, by login name, for tests of what its owner may do.
    pub(crate) fn token_for(&self, user_name: &str) -> Option<String> {
        let directory = self.read();
        let user = directory.users.by_name(user_name)?;
        let issuer = self.settings.issuer();
        let claims = self.settings.claims(&issuer, user.id, &user.name);
        Some(
            self.tokens
                .issue(&claims, self.settings.token_lifetime, &self.clock),
        )
    }

    /// Ends every session of an account.
    pub(crate) fn sign_out(&self, user: &Uuid) {
        self.tokens.revoke_user(user);
        self.codes.forget_all(|code| code.session.user == *user);
        self.refresh_tokens.forget_all(|grant| grant.user == *user);
    }

    // A handler that panicked has left the lock poisoned. The data is still the best there is, and one bad request
    // must not take the tenant down, so poison is ignored here and nowhere else.

    pub(crate) fn read(&self) -> RwLockReadGuard<'_, Directory> {
        self.directory
            .read()
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn write(&self) -> Writing<'_> {
        Writing {
            directory: self
                .directory
                .write()
                .unwrap_or_else(PoisonError::into_inner),
            journal: &self.journal,
        }
    }

    pub(crate) fn faults(&self) -> MutexGuard<'_, FaultTable> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
