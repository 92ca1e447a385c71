//! Which proxy a request goes through.

use std::fmt;

use hyper_util::client::proxy::matcher::Matcher;
use reqwest::{ClientBuilder, NoProxy, Proxy};
use url::Url;

use crate::error::{Error, Result};

/// Where proxies come from. Loopback is reached without one, unless it is named in the settings.
#[derive(Debug, Clone, Default)]
pub(crate) enum ProxySettings {
    /// From the environment (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`, in upper or lower case), or from the
    /// system's settings where it has them.
    #[default]
    Environment,
    /// None, whatever the environment says.
    Direct,
    /// This one.
    Named(NamedProxy),
}

/// The address of a proxy. It never prints, since it may hold a password.
#[derive(Clone)]
pub(crate) struct NamedProxy {
    pub(super) url: Url,
    pub(super) except: Vec<String>,
}

impl fmt::Debug for NamedProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.url.host_str().unwrap_or_default();
        write!(f, "{}://{host}", self.url.scheme())?;
        self.url.port().map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

impl NamedProxy {
    /// Reads `http://`, `https://`, `socks5://` or `socks5h://`, with a user and a password if need be.
    pub(crate) fn parse(text: &str, except: Vec<String>) -> Result<Self> {
        // Nothing of the text goes into the message: it may hold a password.
        let refuse = |problem: &str| {
            Error::configuration(format!("the proxy {problem}"))
                .hint("give it as http://host:port, https://host:port or socks5h://host:port")
        };
        let url = Url::parse(text.trim()).map_err(|_| refuse("is not a URL"))?;
        if !matches!(url.scheme(), "http" | "https" | "socks5" | "socks5h") {
            return Err(refuse("has a scheme that is not supported"));
        }
        match url.host_str() {
            Some(host) if !host.is_empty() => Ok(Self { url, except }),
            _ => Err(refuse("has no host")),
        }
    }
}

impl ProxySettings {
    /// What holds for a tenant on this machine, where it holds.
    pub(crate) fn for_tenant(self, loopback: bool) -> Self {
        match self {
            Self::Environment if loopback => Self::Direct,
            other => other,
        }
    }

    /// Whether requests could go through a proxy that is reached by TLS.
    pub(crate) fn may_use_tls(&self) -> bool {
        match self {
            Self::Named(proxy) => proxy.url.scheme() == "https",
            Self::Environment => true,
            Self::Direct => false,
        }
    }

    /// What decides whether a request goes through a proxy, by the rules of reqwest; none where none can.
    pub(super) fn matcher(&self) -> Option<Matcher> {
        match self {
            Self::Direct => None,
            Self::Environment => Some(Matcher::from_system()),
            Self::Named(named) => {
                let proxies = Matcher::builder().all(named.url.as_str());
                Some(proxies.no(named.except.join(",")).build())
            }
        }
    }

    pub(super) fn apply(&self, builder: ClientBuilder) -> Result<ClientBuilder> {
        let Self::Named(named) = self else {
            // The environment's are reqwest's default.
            return Ok(builder);
        };
        let proxy = Proxy::all(named.url.clone()).map_err(|error| {
            Error::configuration("the proxy cannot be used").caused_by(error.without_url())
        })?;
        let except = NoProxy::from_string(&named.except.join(","));
        Ok(builder.no_proxy().proxy(proxy.no_proxy(except)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_checked_and_never_prints_its_password() {
        let proxy = NamedProxy::parse("http://me:hunter2@proxy.test:8080", Vec::new()).unwrap();
        assert_eq!(format!("{proxy:?}"), "http://proxy.test:8080");
        for text in ["", "proxy.test:8080", "ftp://me:hunter2@x", "hunter2"] {
            let error = NamedProxy::parse(text, Vec::new()).unwrap_err();
            assert!(!error.to_string().contains("hunter2"), "{error}");
            assert!(error.details().hint.is_some());
        }
    }
}
