//! Starting and stopping a tenant.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Serialize;
use tokio_rustls::TlsAcceptor;

use crate::control;
use crate::dispatch;
use crate::error::EmulatorError;
use crate::faults::{FaultScript, FaultTable};
use crate::record::{Counters, RecordedRequest};
use crate::server::{Server, bind};
use crate::state::outbox::Message;
use crate::state::store::{Journal, Saved, Store};
use crate::state::{Credentials, Settings, Tenant};
use crate::status;
use crate::tls::{self, CaFile};

/// How a tenant is started.
#[derive(Clone, Debug)]
pub struct Options {
    /// Address to listen on. Loopback by default, because the tenant gives its secrets to whoever asks.
    pub host: IpAddr,
    /// Port to listen on; 0 picks a free one.
    pub port: u16,
    /// How many people the directory holds at the start, in addition to the administrator and the service account.
    pub seed_users: usize,
    /// Serve over TLS with a certificate of a private CA created at the start.
    pub tls: bool,
    /// Faults in force from the start.
    pub faults: Option<FaultScript>,
    /// How long issued tokens live. The service's default is five hours.
    pub token_lifetime: Duration,
    /// Bodies above this many bytes are refused.
    pub body_limit: usize,
    /// Threads that serve requests.
    pub workers: usize,
    /// A file that keeps the tenant across restarts, crashes and `kill -9`: no answer is sent before what it says is on disk. A
    /// new file starts with `seed_users` people; an existing one has its own, and `seed_users` is ignored. Kept are the
    /// directory, tokens, sign-in policies, the outbox and the clock; faults, the request log and sign-ins in progress are
    /// not. The file contains passwords and tokens in clear text, and only its owner can read it. `None` keeps nothing.
    pub state: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            host: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
            seed_users: 0,
            tls: false,
            faults: None,
            token_lifetime: Duration::from_secs(18_000),
            body_limit: 32 * 1024 * 1024,
            workers: 2,
            state: None,
        }
    }
}

/// What a client needs to use the tenant. Serialized, it is the line that the program prints.
#[derive(Clone, Serialize)]
#[non_exhaustive]
pub struct Description {
    /// Address of the platform calls.
    pub url: String,
    /// Address of the SCIM calls.
    pub scim_url: String,
    /// OAuth application that issues tokens.
    pub app_id: String,
    /// Login name of the service account.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
    /// A system administrator's token, valid for as long as the tenant runs, whatever is expired or signed out.
    pub token: String,
    /// Certificate to trust, if the tenant is served over TLS.
    pub ca_file: Option<PathBuf>,
}

impl fmt::Debug for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Description")
            .field("url", &self.url)
            .field("app_id", &self.app_id)
            .field("client_id", &self.client_id)
            .field("ca_file", &self.ca_file)
            .finish_non_exhaustive()
    }
}

/// A running tenant. Dropping it stops it.
#[derive(Debug)]
pub struct Emulator {
    tenant: Arc<Tenant>,
    description: Description,
    server: Server,
    /// Behind the server, so that it is closed when nobody can change anything any more.
    store: Option<Store>,
    ca_file: Option<CaFile>,
}

impl Emulator {
    /// Starts a tenant on a thread and a runtime of its own. It is ready when this returns.
    ///
    /// # Errors
    /// If the address is taken, the thread or the certificates cannot be created, or the state file cannot be used: another
    /// process is using it, it has another format, or it is something else.
    pub fn start(options: Options) -> Result<Self, EmulatorError> {
        let listener = bind(SocketAddr::new(options.host, options.port))?;
        let address = listener.local_addr().map_err(EmulatorError::Runtime)?;
        let tls = options
            .tls
            .then(|| tls::prepare(options.host))
            .transpose()?;
        let (acceptor, ca_file) = match tls {
            Some(tls) => (Some(TlsAcceptor::from(tls.config)), Some(tls.ca_file)),
            None => (None, None),
        };
        let workers = options.workers.max(1);
        let base_url = base_url(address, acceptor.is_some());
        let (store, saved) = options
            .state
            .as_deref()
            .map(Store::open)
            .transpose()?
            .unzip();
        let journal = store.as_ref().map(Store::journal).unwrap_or_default();
        let path = options.state.clone().unwrap_or_default();
        let (tenant, mut description) = tenant(options, &base_url, journal, saved.flatten())
            .map_err(|reason| unusable(&path, &reason))?;
        if let Some(store) = &store {
            // What the description tells is a promise too.
            let written = store.journal().settle();
            written.map_err(|reason| unusable(&path, &reason))?;
        }
        description.ca_file = ca_file.as_ref().map(|file| file.path().to_owned());
        let server = Server::start(listener, acceptor, router(&tenant), workers)?;
        Ok(Self {
            tenant,
            description,
            server,
            store,
            ca_file,
        })
    }

    /// What a client needs to use the tenant.
    pub fn description(&self) -> &Description {
        &self.description
    }

    /// The requests of this tenant, oldest first, without their secrets. Old ones are dropped after some thousand.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.tenant.recorder.requests()
    }

    /// Totals over all requests.
    pub fn counters(&self) -> Counters {
        self.tenant.recorder.counters()
    }

    /// Forgets the recorded requests and starts counting anew.
    pub fn clear_requests(&self) {
        self.tenant.recorder.clear();
    }

    /// Adds fault rules behind those in force and gives their numbers.
    pub fn add_faults(&self, script: FaultScript) -> Vec<u64> {
        self.tenant.faults().arm(script)
    }

    /// Removes all fault rules.
    pub fn clear_faults(&self) {
        self.tenant.faults().disarm_all();
    }

    /// A token for any account, by login name, to see what its owner may do. `None` when there is no such account.
    pub fn token_for(&self, user_name: &str) -> Option<String> {
        self.tenant.token_for(user_name)
    }

    /// The messages the tenant would have sent, oldest first.
    pub fn outbox(&self) -> Vec<Message> {
        self.tenant.read().outbox.messages()
    }

    /// Sets how people sign in, written as `/_emulator/sign-in` takes it.
    ///
    /// # Errors
    /// The sentence that it would be refused with.
    pub fn set_sign_in(&self, policy: &str) -> Result<(), String> {
        control::sign_in::set(&self.tenant, policy)
    }

    /// The sign-ins on their way with their codes, written as `/_emulator/sign-in` shows them.
    pub fn sign_ins(&self) -> Vec<serde_json::Value> {
        control::sign_in::pending(&self.tenant)
    }

    /// Approves or denies what waits for `user_name`: a push, a call, another identity provider. Whether anything did.
    pub fn decide_sign_in(&self, user_name: &str, approve: bool) -> bool {
        control::sign_in::decided(&self.tenant, user_name, approve)
    }

    /// Moves the tenant's clock forward, which expires what would have expired by then.
    pub fn advance_clock(&self, by: Duration) {
        self.tenant.advance_clock(by);
    }

    /// Expires every token that was issued; the one in the description stays valid.
    pub fn expire_tokens(&self) {
        self.tenant.tokens.expire_all();
    }

    /// Stops the tenant: idle connections are closed at once, requests in progress after a moment. What the directory
    /// holds is gone, unless it is kept in a file, which is closed. Further calls do nothing.
    pub fn stop(&mut self) {
        self.server.stop();
        self.store = None;
        self.ca_file = None;
    }
}

/// A tenant without a listener: the router that answers its requests, and how to sign in. `host`, `port` and `tls` of
/// the options are not used, nor is `state`. Faults that concern the connection mark the response only.
pub fn in_memory(options: Options) -> (Router, Description) {
    let base_url = "http://tenant.example";
    // Only what was saved can be unreadable, and nothing was.
    match tenant(options, base_url, Journal::default(), None) {
        Ok((tenant, description)) => (router(&tenant), description),
        Err(_) => unreachable!("nothing is read"),
    }
}

fn tenant(
    options: Options,
    base_url: &str,
    journal: Journal,
    saved: Option<Saved>,
) -> Result<(Arc<Tenant>, Description), String> {
    let mut faults = FaultTable::default();
    faults.arm(options.faults.unwrap_or_default());
    let settings = Settings {
        seed_users: options.seed_users,
        token_lifetime: options.token_lifetime,
        body_limit: options.body_limit,
        base_url: base_url.to_owned(),
    };
    let (tenant, credentials) = Tenant::new(settings, faults, journal, saved)?;
    Ok((Arc::new(tenant), describe(base_url, credentials)))
}

fn unusable(path: &Path, reason: &str) -> EmulatorError {
    EmulatorError::State {
        path: path.to_owned(),
        reason: reason.to_owned(),
    }
}

fn describe(base_url: &str, credentials: Credentials) -> Description {
    Description {
        url: base_url.to_owned(),
        scim_url: format!("{base_url}/scim"),
        app_id: credentials.app_id,
        client_id: credentials.client_id,
        client_secret: credentials.client_secret,
        token: credentials.token,
        ca_file: None,
    }
}

fn router(tenant: &Arc<Tenant>) -> Router {
    let router = Router::new()
        .nest("/_emulator", control::router())
        .merge(status::router())
        .fallback(dispatch::answer);
    let router = if tenant.is_saved() {
        router.layer(middleware::from_fn_with_state(Arc::clone(tenant), settled))
    } else {
        router
    };
    router.with_state(Arc::clone(tenant))
}

/// Holds an answer back until everything that it could have seen is on disk.
async fn settled(State(tenant): State<Arc<Tenant>>, request: Request, next: Next) -> Response {
    let answer = next.run(request).await;
    match tenant.settled().await {
        Ok(()) => answer,
        Err(reason) => {
            let sentence = format!("The state of the tenant cannot be saved any more: {reason}\n");
            (StatusCode::INTERNAL_SERVER_ERROR, sentence).into_response()
        }
    }
}

/// An address clients can use: a tenant that listens everywhere is described by loopback.
fn base_url(address: SocketAddr, tls: bool) -> String {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    let scheme = if tls { "https" } else { "http" };
    format!("{scheme}://{}", SocketAddr::new(ip, address.port()))
}
