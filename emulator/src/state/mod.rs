//! What a tenant remembers. One directory is seen by every surface, so a change made by SCIM shows in the platform
//! calls and the other way round.

pub(crate) mod clock;
pub(crate) mod org;
pub(crate) mod role;
pub(crate) mod seed;
pub(crate) mod tokens;
pub(crate) mod user;
pub(crate) mod users;

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use uuid::Uuid;

use crate::faults::FaultTable;
use crate::record::Recorder;
use clock::Clock;
use org::Orgs;
use role::Roles;
use tokens::{Claims, TokenTable, Tokens};
use users::Users;

/// People, roles and organizations.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    pub(crate) users: Users,
    pub(crate) roles: Roles,
    pub(crate) orgs: Orgs,
}

impl Directory {
    /// Removes an account and every mention of it except as somebody's manager, where the id stays behind.
    pub(crate) fn remove_user(&mut self, id: &Uuid) -> bool {
        self.roles.forget_user(id);
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

/// How to sign in to the tenant.
#[derive(Clone)]
pub(crate) struct Credentials {
    pub(crate) app_id: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) token: String,
}

/// Everything behind the address. It shows nothing of itself in debug output, because it holds secrets everywhere.
pub(crate) struct Tenant {
    pub(crate) settings: Settings,
    pub(crate) clock: Clock,
    pub(crate) recorder: Recorder,
    pub(crate) tokens: Tokens,
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
        let claims = Claims {
            issuer: &format!("{}/{}/", settings.base_url, seed::APP_ID),
            audience: seed::ADMINISTRATOR,
            user: seeded.administrator,
            user_name: seed::ADMINISTRATOR,
            scope: None,
            host: settings.base_url.rsplit('/').next().unwrap_or_default(),
        };
        let token = tokens.issue_permanent(&claims, &clock);
        let tenant = Self {
            settings,
            clock,
            recorder: Recorder::default(),
            tokens,
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
