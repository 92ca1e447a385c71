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
pub(crate) mod seed;
pub(crate) mod tokens;
mod touched;
pub(crate) mod transactions;
pub(crate) mod user;
pub(crate) mod users;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use bytes::Bytes;
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
use tokens::{Claims, TokenTable, Tokens};
use transactions::Transactions;
use users::Users;

/// The id of the cloud directory, the only one there is.
pub(crate) const DIRECTORY_UUID: &str = "09B9A9B0-6CE8-465F-AB03-65766D33B05E";
/// Three letters and four digits, as tenants are named.
pub(crate) const TENANT_ID: &str = "ACM1234";

/// The vendor's support may sign in until then.
#[derive(Clone, Copy, Debug)]
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
    pub(crate) ext_schema: ExtSchema,
    pub(crate) outbox: Outbox,
    pub(crate) imports: Imports,
    pub(crate) pictures: HashMap<Uuid, Picture>,
    pub(crate) support_access: Option<SupportAccess>,
}

/// A picture as it was uploaded.
#[derive(Clone, Debug)]
pub(crate) struct Picture {
    pub(crate) content_type: String,
    pub(crate) image: Bytes,
}

impl Directory {
    /// Removes an account and every mention of it except as somebody's manager, where the id stays behind.
    pub(crate) fn remove_user(&mut self, id: &Uuid) -> bool {
        self.roles.forget_user(id);
        self.orgs.forget_user(id);
        self.pictures.remove(id);
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
#[derive(Clone, Debug)]
pub(crate) struct CodeGrant {
    pub(crate) session: SessionGrant,
    pub(crate) redirect_uri: String,
    pub(crate) challenge: Option<Challenge>,
    pub(crate) nonce: Option<String>,
}

/// What has to fit the verifier of whoever brings the code.
#[derive(Clone, Debug)]
pub(crate) enum Challenge {
    Plain(String),
    Sha256(String),
}

/// Who may act for whom: what a refresh token stands for.
#[derive(Clone, Debug)]
pub(crate) struct SessionGrant {
    pub(crate) app: String,
    pub(crate) client_id: String,
    pub(crate) user: Uuid,
    pub(crate) scope: Option<String>,
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
    /// Makes a seeded tenant and the credentials of its service account.
    pub(crate) fn new(settings: Settings, faults: FaultTable) -> (Self, Credentials) {
        let clock = Clock::default();
        let (directory, seeded) = seed::directory(settings.seed_users, clock.now_ms());
        let tokens = Tokens::new(TokenTable::default());
        let issuer = settings.issuer();
        let claims = settings.claims(&issuer, seeded.administrator, seed::ADMINISTRATOR);
        let token = tokens.issue_permanent(&claims, &clock);
        let tenant = Self {
            settings,
            clock,
            recorder: Recorder::default(),
            transactions: Transactions::default(),
            tokens,
            codes: Once::default(),
            refresh_tokens: Once::default(),
            logins: Logins::default(),
            directory: RwLock::new(directory),
            faults: Mutex::new(faults),
            default_administrator: seeded.administrator,
        };
        let credentials = Credentials {
            app_id: seed::APP_ID.to_owned(),
            client_id: seed::SERVICE_USER.to_owned(),
            client_secret: seeded.service_secret,
            token,
        };
        (tenant, credentials)
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

    pub(crate) fn write(&self) -> RwLockWriteGuard<'_, Directory> {
        self.directory
            .write()
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn faults(&self) -> MutexGuard<'_, FaultTable> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
