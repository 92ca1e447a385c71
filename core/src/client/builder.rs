//! Settings of a client. Building one reads the CA file and opens no connection.

use std::{fmt, path::PathBuf, sync::Arc, time::Duration};

use http::{HeaderMap, HeaderName, HeaderValue, header};

use super::{
    Client, Shared,
    pace::{self, Pace},
};
use crate::{
    auth::{ClientCredentials, SharedSource, StaticToken, TokenCache},
    drift::DriftWatch,
    error::{Error, Result},
    observe::{CallEnd, CallStart, Hook, HookResult, Observer, Observers},
    options::{CallOptions, checked_header},
    tape::{self, Deck, TapeSettings, TapeSource},
    transport::{
        ClientCertificate, HttpSettings, HttpTransport, NamedProxy, ProxySettings, RetryPolicy,
        TenantUrl, TlsSettings, Transport,
    },
};

const ENV_PREFIX: &str = "CYBERARK_IDENTITY_";

/// Settings of a client.
#[derive(Debug, Clone)]
pub struct ClientBuilder {
    tenant_url: String,
    domain: Option<String>,
    auth: Option<SharedSource>,
    token_cache: Option<TokenCache>,
    ca_file: Option<PathBuf>,
    client_certificate: Option<ClientCertificate>,
    proxy: Option<ProxyText>,
    no_proxy: Vec<String>,
    plain_hosts: Vec<String>,
    timeout: Duration,
    connect_timeout: Duration,
    read_timeout: Duration,
    max_response_size: u64,
    max_concurrency: Option<usize>,
    retry: RetryPolicy,
    headers: Vec<(String, String)>,
    correlation_header: Option<String>,
    observers: Vec<Arc<dyn Observer>>,
    user_agent: String,
    transport: Option<Arc<dyn Transport>>,
    tape: TapeSettings,
    watch_drift: bool,
}

/// The settings that are needed after building.
pub(super) struct Settings {
    pub(super) timeout: Duration,
    pub(super) retry: RetryPolicy,
    pub(super) http: Arc<HttpSettings>,
    deck: Deck,
    /// Whether the transport is not this crate's own.
    pub(super) own_transport: bool,
}

impl Settings {
    /// A transport with connections of its own.
    pub(super) fn transport(&self) -> Result<Arc<dyn Transport>> {
        self.deck.transport(|| {
            let transport = HttpTransport::new(self.http.clone())?;
            Ok(Arc::new(transport))
        })
    }

    /// Connections are made by the client's settings, so a call can only shorten the time for one.
    pub(super) fn check(&self, operation: &str, options: &CallOptions) -> Result<()> {
        let longest = self.http.connect_timeout;
        if options.times.connect.is_none_or(|time| time <= longest) {
            return Ok(());
        }
        let problem = format!("is above that of the client, {} s", longest.as_secs_f64());
        Err(
            Error::invalid_argument(operation, "connect_timeout", &problem)
                .hint("give the client a longer one, and shorten it for single calls"),
        )
    }
}

/// Checked when the client is built. It may hold a password, so it does not print.
#[derive(Clone)]
struct ProxyText(String);

impl fmt::Debug for ProxyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl ClientBuilder {
    pub(super) fn new(tenant_url: impl Into<String>) -> Self {
        Self {
            tenant_url: tenant_url.into(),
            domain: None,
            auth: None,
            token_cache: None,
            ca_file: None,
            client_certificate: None,
            proxy: None,
            no_proxy: Vec::new(),
            plain_hosts: Vec::new(),
            timeout: Duration::from_secs(60),
            connect_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(30),
            max_response_size: 64 * 1024 * 1024,
            max_concurrency: Some(pace::MOST),
            retry: RetryPolicy::default(),
            headers: Vec::new(),
            correlation_header: None,
            observers: Vec::new(),
            user_agent: concat!("cyberark-identity-rust/", env!("CARGO_PKG_VERSION")).to_owned(),
            transport: None,
            tape: TapeSettings::default(),
            watch_drift: false,
        }
    }

    /// A client that replays a tape.
    pub(crate) fn replaying(tape: TapeSource) -> Self {
        Self {
            tape: TapeSettings::replay(tape),
            ..Self::new("")
        }
    }

    /// Settings from the environment; see [`Client::from_env`].
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) naming the variable that is missing.
    pub fn from_env() -> Result<Self> {
        match Self::parts_of_env()? {
            (builder, None) => Ok(builder),
            (_, Some(no_credentials)) => Err(no_credentials),
        }
    }

    /// The same, but credentials may be missing; the reason is then returned with it.
    pub(super) fn parts_of_env() -> Result<(Self, Option<Error>)> {
        let mut builder = Self::new(need("TENANT_URL")?);
        builder.ca_file = read("CA_FILE").map(PathBuf::from);
        Ok(match auth_from_env() {
            Ok(auth) => (builder.auth(auth), None),
            Err(error) => (builder, Some(error)),
        })
    }

    pub(super) fn has_auth(&self) -> bool {
        self.auth.is_some()
    }

    /// Domain that completes a tenant id, such as `my.idaptive.app`. `id.cyberark.cloud` by default.
    #[must_use]
    pub fn domain(mut self, domain: impl Into<String>) -> Self {
        self.domain = Some(domain.into());
        self
    }

    /// How to sign in: a token source, or a [`SharedSource`] whose tokens are shared with other clients. Required.
    #[must_use]
    pub fn auth(mut self, source: impl Into<SharedSource>) -> Self {
        self.auth = Some(source.into());
        self
    }

    /// Keeps tokens between processes. By default they are only in memory.
    #[must_use]
    pub fn token_cache(mut self, cache: TokenCache) -> Self {
        self.token_cache = Some(cache);
        self
    }

    /// Certificates (PEM) to trust in addition to those of the operating system.
    #[must_use]
    pub fn ca_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.ca_file = Some(path.into());
        self
    }

    /// Certificate and private key (PEM files) that identify this client, for a gateway in front of the tenant that asks for
    /// them.
    #[must_use]
    pub fn client_certificate(
        mut self,
        certificate: impl Into<PathBuf>,
        key: impl Into<PathBuf>,
    ) -> Self {
        self.client_certificate = Some(ClientCertificate {
            certificate: certificate.into(),
            key: key.into(),
        });
        self
    }

    /// Sends everything, sign-in included, through this proxy: `http://`, `https://`, `socks5://` or `socks5h://` (which
    /// lets the proxy resolve names), optionally with `user:password@`. By default the environment's proxies apply
    /// (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`), except for a tenant on loopback. An empty string means none.
    #[must_use]
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = Some(ProxyText(url.into()));
        self
    }

    /// Reaches this host, domain (`.example.com`), address or network (`10.0.0.0/8`) without the proxy of
    /// [`proxy`](Self::proxy).
    #[must_use]
    pub fn no_proxy(mut self, host: impl Into<String>) -> Self {
        self.no_proxy.push(host.into());
        self
    }

    /// Allows plain http to a host that is not loopback. Anybody in between can then read the token.
    #[must_use]
    pub fn allow_plain_http(mut self, host: impl Into<String>) -> Self {
        self.plain_hosts.push(host.into());
        self
    }

    /// Time for a whole call: all attempts and the waits between them. 60 s by default.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Time for making a connection. 10 s by default.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Longest silence, before the answer and within it. 30 s by default. An upload may take longer, up to the time-out of the
    /// call.
    #[must_use]
    pub fn read_timeout(mut self, timeout: Duration) -> Self {
        self.read_timeout = timeout;
        self
    }

    /// Largest size of an answer in bytes, decompressed. 64 MiB by default.
    #[must_use]
    pub fn max_response_size(mut self, bytes: u64) -> Self {
        self.max_response_size = bytes;
        self
    }

    /// Highest number of concurrent requests of this client. 256 by default. Within it, the client learns how many the service
    /// can take; see [`Client::limits`]. 0 turns pacing off.
    #[must_use]
    pub fn max_concurrency(mut self, requests: usize) -> Self {
        self.max_concurrency = (requests > 0).then_some(requests);
        self
    }

    /// How often a request is retried where that is safe. 2 by default.
    #[must_use]
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.retry.max_retries = retries;
        self
    }

    /// Longest wait that the service may ask for with `Retry-After`. 60 s by default.
    #[must_use]
    pub fn max_retry_after(mut self, wait: Duration) -> Self {
        self.retry.max_retry_after = wait;
        self
    }

    /// Sends a header with every call.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sends the id of each call ([`CallId`](crate::observe::CallId)) in this header, with all its requests except those of a
    /// sign-in. By default it is not sent: no source says that the service accepts such a header (confidence: low), so it is
    /// useful for gateways in between that log it.
    #[must_use]
    pub fn correlation_header(mut self, name: impl Into<String>) -> Self {
        self.correlation_header = Some(name.into());
        self
    }

    /// Adds an observer, which receives what happens in calls and may add headers. There may be several.
    #[must_use]
    pub fn observer(mut self, observer: impl Observer) -> Self {
        self.observers.push(Arc::new(observer));
        self
    }

    /// Runs before each call, and may add headers such as `traceparent`. An error is reported to `tracing` and to observers,
    /// and does not fail the call. It runs on the thread of the call, so it must not block; see [`Observer::before`] for one
    /// that waits.
    #[must_use]
    pub fn before(
        self,
        hook: impl Fn(&mut CallStart) -> HookResult + Send + Sync + 'static,
    ) -> Self {
        self.observer(Hook {
            before: hook,
            after: |_: &CallEnd| Ok(()),
        })
    }

    /// Runs after each call, even if it was cancelled. Otherwise like [`before`](Self::before).
    #[must_use]
    pub fn after(self, hook: impl Fn(&CallEnd) -> HookResult + Send + Sync + 'static) -> Self {
        self.observer(Hook {
            before: |_: &mut CallStart| Ok(()),
            after: hook,
        })
    }

    /// Names the calling software.
    #[must_use]
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = user_agent.into();
        self
    }

    /// Uses another transport, for instance in a test.
    #[must_use]
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Writes every request and answer to a new file, a tape, without secrets; see [`Client::replay`] and
    /// [`tape`](crate::tape). The file must not exist yet, and only the user can read it. If something cannot be written,
    /// nothing more is sent.
    #[must_use]
    pub fn record(mut self, path: impl Into<PathBuf>) -> Self {
        self.tape.record(path.into());
        self
    }

    /// Compares every answer with what is known about its operation; [`Client::drift`] returns the differences. Each answer is
    /// parsed once more for that. Nothing fails because of it.
    #[must_use]
    pub fn watch_drift(mut self) -> Self {
        self.watch_drift = true;
        self
    }

    /// Makes the client, without opening a connection.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) for a setting that cannot work.
    pub fn build(mut self) -> Result<Client> {
        let (tenant, auth, deck) = self.tenant()?;
        let times = [self.timeout, self.connect_timeout, self.read_timeout];
        if times.iter().any(Duration::is_zero) {
            return Err(Error::configuration(
                "a time-out of 0 s lets no call succeed",
            ));
        }
        let headers = default_headers(&self.user_agent, &self.headers)?;
        let name = self.correlation_header.as_deref();
        let correlation_header = name.map(correlation_header).transpose()?;
        let proxy = match self.proxy {
            None => ProxySettings::Environment,
            Some(text) if text.0.trim().is_empty() => ProxySettings::Direct,
            Some(text) => ProxySettings::Named(NamedProxy::parse(&text.0, self.no_proxy)?),
        };
        let proxy = proxy.for_tenant(tenant.is_loopback());
        let without_tls = tenant.is_plain() && !proxy.may_use_tls();
        let http = HttpSettings {
            tls: TlsSettings::new(self.ca_file, self.client_certificate, without_tls),
            proxy,
            connect_timeout: self.connect_timeout,
            read_timeout: self.read_timeout,
            max_response_size: self.max_response_size,
        };
        let longest_hold = self.retry.max_retry_after;
        let pace = self
            .max_concurrency
            .filter(|_| !deck.is_playing())
            .map(|most| Pace::new(most, longest_hold));
        let settings = Settings {
            timeout: self.timeout,
            retry: self.retry,
            http: Arc::new(http),
            own_transport: self.transport.is_some() || deck.is_playing(),
            deck,
        };
        let transport = match self.transport {
            Some(transport) => settings.deck.transport(|| Ok(transport))?,
            None => settings.transport()?,
        };
        let keeper = auth.keeper(&tenant, self.token_cache);
        Ok(Client {
            shared: Arc::new(Shared {
                tenant,
                keeper,
                headers,
                settings,
                pace,
                observers: Observers::new(self.observers),
                correlation_header,
                drift: self.watch_drift.then(DriftWatch::default),
            }),
            transport,
        })
    }
}

impl ClientBuilder {
    /// The tenant, how to sign in there, and whether there is a tape in between.
    fn tenant(&mut self) -> Result<(TenantUrl, SharedSource, Deck)> {
        let auth = self.auth.take();
        if let Some(tape) = self.tape.to_play()? {
            self.token_cache = None;
            self.retry.at_once = true;
            let tenant = TenantUrl::of_tape(tape.tenant_url())?;
            return Ok((tenant, tape::source(&tape, auth), Deck::playing(&tape)));
        }
        let tenant = TenantUrl::parse(&self.tenant_url, self.domain.as_deref(), &self.plain_hosts)?;
        let auth = auth.ok_or_else(no_credentials)?;
        let deck = self.tape.recorder(&tenant, &auth, &self.user_agent)?;
        Ok((tenant, auth, deck))
    }
}

fn correlation_header(name: &str) -> Result<HeaderName> {
    let checked = checked_header(name, "").map(|(name, _)| name);
    checked.map_err(|problem| {
        Error::configuration(format!("`correlation_header`: `{name}` {problem}"))
            .hint("name a header of its own, such as `X-Correlation-Id`")
    })
}

pub(super) fn no_credentials() -> Error {
    Error::configuration("no credentials: `auth` is missing")
        .hint("pass client credentials or a token")
}

/// An environment variable; an empty one counts as missing.
fn read(name: &str) -> Option<String> {
    let value = std::env::var(format!("{ENV_PREFIX}{name}")).ok();
    value.filter(|value| !value.trim().is_empty())
}

fn need(name: &str) -> Result<String> {
    read(name).ok_or_else(|| {
        Error::configuration(format!(
            "the environment variable {ENV_PREFIX}{name} is not set"
        ))
        .hint("set it, or pass the value")
    })
}

/// A token if there is one, and client credentials otherwise.
fn auth_from_env() -> Result<SharedSource> {
    if let Some(token) = read("TOKEN") {
        return Ok(StaticToken::new(token)?.into());
    }
    let source =
        ClientCredentials::new(need("APP_ID")?, need("CLIENT_ID")?, need("CLIENT_SECRET")?)?;
    Ok(match read("SCOPE") {
        Some(scope) => source.scope(scope).into(),
        None => source.into(),
    })
}

fn default_headers(user_agent: &str, extra: &[(String, String)]) -> Result<HeaderMap> {
    let mut headers = HeaderMap::new();
    headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    // Marks a caller that is not a browser: without it some tenants answer with pages and redirects.
    headers.insert("x-idap-native-client", HeaderValue::from_static("true"));
    let own = [("user-agent", user_agent)];
    let extra = extra
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    for (name, value) in own.into_iter().chain(extra) {
        let (name, value) = checked_header(name, value)
            .map_err(|problem| Error::configuration(format!("the header `{name}` {problem}")))?;
        headers.insert(name, value);
    }
    Ok(headers)
}
