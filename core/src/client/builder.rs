//! Settings of a client. Building one reads the CA file and opens no connection.

use std::{path::PathBuf, sync::Arc, time::Duration};

use http::{HeaderMap, HeaderValue, header};

use super::{Client, Shared};
use crate::{
    auth::{ClientCredentials, Keeper, StaticToken, TokenSource},
    error::{Error, Result},
    options::checked_header,
    transport::{HttpTransport, RetryPolicy, TenantUrl, TlsSettings, Transport},
};

const ENV_PREFIX: &str = "CYBERARK_IDENTITY_";

/// Settings of a client.
#[derive(Debug, Clone)]
pub struct ClientBuilder {
    tenant_url: String,
    domain: Option<String>,
    auth: Option<Arc<dyn TokenSource>>,
    ca_file: Option<PathBuf>,
    plain_hosts: Vec<String>,
    timeout: Duration,
    connect_timeout: Duration,
    retry: RetryPolicy,
    headers: Vec<(String, String)>,
    user_agent: String,
    transport: Option<Arc<dyn Transport>>,
}

/// The settings that are needed after building.
pub(super) struct Settings {
    pub(super) timeout: Duration,
    pub(super) retry: RetryPolicy,
    connect_timeout: Duration,
    tls: TlsSettings,
}

impl Settings {
    pub(super) fn transport(&self) -> Result<HttpTransport> {
        HttpTransport::new(&self.tls, self.connect_timeout)
    }
}

impl ClientBuilder {
    pub(super) fn new(tenant_url: impl Into<String>) -> Self {
        Self {
            tenant_url: tenant_url.into(),
            domain: None,
            auth: None,
            ca_file: None,
            plain_hosts: Vec::new(),
            timeout: Duration::from_secs(60),
            connect_timeout: Duration::from_secs(10),
            retry: RetryPolicy::default(),
            headers: Vec::new(),
            user_agent: concat!("cyberark-identity-rust/", env!("CARGO_PKG_VERSION")).to_owned(),
            transport: None,
        }
    }

    /// Settings from the environment; see [`Client::from_env`].
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) naming the variable that is missing.
    pub fn from_env() -> Result<Self> {
        let read = |name: &str| {
            let value = std::env::var(format!("{ENV_PREFIX}{name}")).ok();
            value.filter(|value| !value.trim().is_empty())
        };
        let need = |name: &str| {
            read(name).ok_or_else(|| {
                Error::configuration(format!(
                    "the environment variable {ENV_PREFIX}{name} is not set"
                ))
                .hint("set it, or pass the value")
            })
        };
        let mut builder = Self::new(need("TENANT_URL")?);
        builder.ca_file = read("CA_FILE").map(PathBuf::from);
        Ok(match read("TOKEN") {
            Some(token) => builder.auth(StaticToken::new(token)?),
            None => builder.auth(ClientCredentials::new(
                need("APP_ID")?,
                need("CLIENT_ID")?,
                need("CLIENT_SECRET")?,
            )?),
        })
    }

    /// Domain that completes the short name of a tenant, such as `my.idaptive.app`. `id.cyberark.cloud` unless set.
    #[must_use]
    pub fn domain(mut self, domain: impl Into<String>) -> Self {
        self.domain = Some(domain.into());
        self
    }

    /// How to sign in. Required.
    #[must_use]
    pub fn auth(mut self, source: impl TokenSource) -> Self {
        self.auth = Some(Arc::new(source));
        self
    }

    /// Certificates (PEM) to trust besides those of the operating system.
    #[must_use]
    pub fn ca_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.ca_file = Some(path.into());
        self
    }

    /// Allows plain http to a host that is not loopback. The token is then readable on the way.
    #[must_use]
    pub fn allow_plain_http(mut self, host: impl Into<String>) -> Self {
        self.plain_hosts.push(host.into());
        self
    }

    /// Time for a whole call: all attempts and the waits between them. 60 s unless set.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Time for making a connection. 10 s unless set.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How often a request is repeated where that is safe. 2 unless set.
    #[must_use]
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.retry.max_retries = retries;
        self
    }

    /// Longest wait that the service may ask for with `Retry-After`. 60 s unless set.
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

    /// Names the calling software.
    #[must_use]
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = user_agent.into();
        self
    }

    /// Uses another transport, such as one of a test.
    #[must_use]
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Makes the client. Opens no connection.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) for a setting that cannot work.
    pub fn build(self) -> Result<Client> {
        let tenant = TenantUrl::parse(&self.tenant_url, self.domain.as_deref(), &self.plain_hosts)?;
        let auth = self.auth.ok_or_else(|| {
            Error::configuration("no credentials: `auth` is missing")
                .hint("pass client credentials or a token")
        })?;
        if self.timeout.is_zero() || self.connect_timeout.is_zero() {
            return Err(Error::configuration(
                "a time-out of 0 s lets no call succeed",
            ));
        }
        let headers = default_headers(&self.user_agent, &self.headers)?;
        let settings = Settings {
            timeout: self.timeout,
            retry: self.retry,
            connect_timeout: self.connect_timeout,
            tls: TlsSettings::new(self.ca_file, tenant.is_plain()),
        };
        let transport = match self.transport {
            Some(transport) => transport,
            None => Arc::new(settings.transport()?),
        };
        let keeper = Keeper::new(auth);
        Ok(Client {
            shared: Arc::new(Shared {
                tenant,
                keeper,
                headers,
                settings,
            }),
            transport,
        })
    }
}

fn default_headers(user_agent: &str, extra: &[(String, String)]) -> Result<HeaderMap> {
    let mut headers = HeaderMap::new();
    headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    // Marks a caller that is not a browser: without it some tenants answer with pages and redirects.
    headers.insert("x-idap-native-client", HeaderValue::from_static("true"));
    let user_agent = checked_header("user-agent", user_agent)?;
    headers.insert(user_agent.0, user_agent.1);
    for (name, value) in extra {
        let (name, value) = checked_header(name, value)?;
        headers.insert(name, value);
    }
    Ok(headers)
}
