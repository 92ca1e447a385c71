//! Which way a request takes, by the same rules as the HTTP client's.

use super::{ProxySettings, TenantUrl};

/// The way to a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Route {
    /// Straight to it.
    Direct,
    /// Through a proxy.
    Proxied(Proxied),
}

/// A proxy on the way, without user and password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Proxied {
    pub(crate) scheme: String,
    pub(crate) host: String,
    pub(crate) port: u16,
    /// Whether it is given a user and a password.
    pub(crate) signs_in: bool,
    pub(crate) origin: Origin,
}

/// Where the settings of a proxy come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// `proxy` of the client.
    Setting,
    /// This variable of the environment.
    Variable(&'static str),
    /// The settings of the operating system.
    System,
}

impl Proxied {
    /// The address, without user and password.
    pub(crate) fn url(&self) -> String {
        format!("{}://{}:{}", self.scheme, self.host, self.port)
    }

    /// Whether the proxy, and not this machine, finds the address of the tenant.
    pub(crate) fn resolves_names(&self) -> bool {
        !matches!(self.scheme.as_str(), "socks5" | "socks4")
    }
}

impl Route {
    /// The way that requests to `tenant` take.
    pub(crate) fn to(tenant: &TenantUrl, settings: &ProxySettings) -> Self {
        let Some(matcher) = settings.matcher() else {
            return Self::Direct;
        };
        let target = tenant.as_str().parse().ok();
        let Some(found) = target.and_then(|target| matcher.intercept(&target)) else {
            return Self::Direct;
        };
        let scheme = found.uri().scheme_str().unwrap_or("http").to_owned();
        Self::Proxied(Proxied {
            port: found.uri().port_u16().unwrap_or(match scheme.as_str() {
                "https" => 443,
                "http" => 80,
                _ => 1080,
            }),
            host: found.uri().host().unwrap_or_default().to_owned(),
            signs_in: found.basic_auth().is_some() || found.raw_auth().is_some(),
            scheme,
            origin: match settings {
                ProxySettings::Named(_) => Origin::Setting,
                _ => Origin::of_environment(tenant.is_plain()),
            },
        })
    }
}

impl Origin {
    /// In the order in which they are looked at.
    fn of_environment(plain: bool) -> Self {
        let names: &[&str] = match plain {
            true => &["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"],
            false => &["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"],
        };
        let is_set = |name: &&str| std::env::var(name).is_ok_and(|value| !value.is_empty());
        let found = names.iter().copied().find(is_set);
        found.map_or(Self::System, Self::Variable)
    }

    /// In words.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Setting => "the setting `proxy`".to_owned(),
            Self::Variable(name) => format!("the environment variable {name}"),
            Self::System => "the settings of the operating system".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::NamedProxy;

    fn route(proxy: &str, except: &[&str]) -> Route {
        let tenant = TenantUrl::parse("abc1234", None, &[]).unwrap();
        let except = except.iter().map(|&host| host.to_owned()).collect();
        let named = NamedProxy::parse(proxy, except).unwrap();
        Route::to(&tenant, &ProxySettings::Named(named))
    }

    #[test]
    fn a_proxy_is_told_without_its_password() {
        let Route::Proxied(proxy) = route("http://me:hunter2@proxy.test:8080", &[]) else {
            panic!("no proxy");
        };
        assert_eq!(proxy.url(), "http://proxy.test:8080");
        assert!(proxy.signs_in && proxy.resolves_names());
        assert!(!format!("{proxy:?}").contains("hunter2"));
        let Route::Proxied(proxy) = route("socks5://proxy.test", &[]) else {
            panic!("no proxy");
        };
        assert_eq!(
            (proxy.url().as_str(), proxy.signs_in),
            ("socks5://proxy.test:1080", false)
        );
        assert!(!proxy.resolves_names());
    }

    #[test]
    fn exceptions_are_reached_straight() {
        assert_eq!(
            route("http://proxy.test:8080", &[".cyberark.cloud"]),
            Route::Direct
        );
        let tenant = TenantUrl::parse("abc1234", None, &[]).unwrap();
        assert_eq!(Route::to(&tenant, &ProxySettings::Direct), Route::Direct);
    }
}
