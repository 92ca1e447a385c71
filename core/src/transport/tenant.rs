//! Which addresses are a tenant's, and which only look like it.

use std::net::IpAddr;

use http::{Uri, uri::PathAndQuery};
use url::{Host, Url};

use crate::error::{Error, ErrorKind, Result};

const WANTED: &str =
    "give the identity tenant's address, such as https://abc1234.id.cyberark.cloud";

/// Where tenants live today. Confidence: high.
const DOMAIN: &str = "id.cyberark.cloud";

/// Checked address of a tenant: scheme, host and port, without a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantUrl {
    base: Url,
    /// The same as requests need it.
    origin: Uri,
}

impl TenantUrl {
    /// Accepts a URL, a host name, or the short name of a tenant, which `domain` completes: `abc1234` is
    /// `abc1234.id.cyberark.cloud` unless it says otherwise. Plain http only to loopback, or to a host named in
    /// `plain_hosts`.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) for anything that cannot be a tenant.
    pub fn parse(text: &str, domain: Option<&str>, plain_hosts: &[String]) -> Result<Self> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Error::configuration("the tenant URL is empty").hint(WANTED));
        }
        let absolute = match text {
            text if text.contains("://") => text.to_owned(),
            name if is_short(name) => format!("https://{name}.{}", domain_of(name, domain)?),
            host => format!("https://{host}"),
        };
        let mut base = Url::parse(&absolute).map_err(|error| {
            Error::configuration(format!("`{text}` is not a URL: {error}")).hint(WANTED)
        })?;
        check_parts(&base)?;
        check_scheme(&base, plain_hosts)?;
        check_host(&base)?;
        base.set_path("");
        Self::of(base).ok_or_else(|| {
            Error::configuration(format!("`{text}` is not an address that HTTP knows")).hint(WANTED)
        })
    }

    fn of(base: Url) -> Option<Self> {
        let origin = base.as_str().parse().ok()?;
        Some(Self { base, origin })
    }

    /// The tenant that a tape was recorded with. Nothing is sent there, so it may have been reached without TLS.
    pub(crate) fn of_tape(text: &str) -> Result<Self> {
        let host = Url::parse(text).ok();
        let host = host.and_then(|url| url.host_str().map(str::to_owned));
        Self::parse(text, None, &host.into_iter().collect::<Vec<_>>())
    }

    /// The host that the service names for going on with a sign-in. Passwords go there, so it has to be the same host, one
    /// of the vendor's, or, for a tenant on this machine, this machine.
    pub(crate) fn pod(&self, host: &str) -> Result<Self> {
        let text = format!("{}://{host}", self.base.scheme());
        let base = Url::parse(&text).ok().filter(|pod| self.trusts(pod));
        base.and_then(Self::of).ok_or_else(|| {
            let problem = format!(
                "the tenant sends it on to `{host}`, which is not known to be the vendor's"
            );
            Error::new(
                ErrorKind::Authentication,
                format!("signing in failed: {problem}"),
            )
            .hint("if it is to be trusted, make a client of that host")
        })
    }

    fn trusts(&self, pod: &Url) -> bool {
        let bare = pod.path() == "/" && pod.query().is_none() && pod.username().is_empty();
        let same = pod.host() == self.base.host();
        bare && (same || is_vendors(pod) || is_loopback(pod) && self.is_loopback())
    }

    /// Whether the tenant is reached without TLS.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.base.scheme() == "http"
    }

    /// Whether its host is one of the vendor's domains. A vanity address is not.
    pub(crate) fn is_vendors(&self) -> bool {
        is_vendors(&self.base)
    }

    /// Host name or address, and port.
    pub(crate) fn host_and_port(&self) -> (&str, u16) {
        let port = self.base.port_or_known_default().unwrap_or(443);
        (self.base.host_str().unwrap_or_default(), port)
    }

    /// Whether the tenant is on this machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.base)
    }

    /// The address as text, without a slash at the end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    /// Its host.
    pub(crate) fn host(&self) -> &str {
        self.base.host_str().unwrap_or_default()
    }

    /// Address of `target` on this tenant.
    #[must_use]
    pub fn join(&self, target: &PathAndQuery) -> Uri {
        let mut parts = self.origin.clone().into_parts();
        parts.path_and_query = Some(target.clone());
        // Scheme, host and path make a URI, always.
        Uri::from_parts(parts).unwrap_or_default()
    }
}

/// Domains of the vendor, old ones included. Confidence: high.
const VENDORS: [&str; 5] = [
    ".cyberark.cloud",
    ".cyberarkgov.cloud",
    ".idaptive.app",
    ".centrify.com",
    ".centrify.net",
];

fn is_vendors(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    url.scheme() == "https" && VENDORS.iter().any(|domain| host.ends_with(domain))
}

/// A name without a domain.
fn is_short(text: &str) -> bool {
    let one_label = text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    one_label && !text.eq_ignore_ascii_case("localhost")
}

/// The domain that completes a short name. Only the id of a tenant has one by itself: any other name may be that of the
/// customer, whose address is a portal, or a vanity name of any domain.
fn domain_of<'a>(name: &str, domain: Option<&'a str>) -> Result<&'a str> {
    let given = domain.map(|domain| domain.trim().trim_start_matches('.'));
    match given.filter(|domain| !domain.is_empty()) {
        Some(domain) => Ok(domain),
        None if is_tenant_id(name) => Ok(DOMAIN),
        None => Err(Error::configuration(format!("`{name}` is not the id of a tenant")).hint(
            "an id is three letters and four digits, such as abc1234; else give the whole address, or `domain` too",
        )),
    }
}

/// Three letters and four digits. Confidence: high.
fn is_tenant_id(name: &str) -> bool {
    let (letters, digits) = name.split_at(name.len().min(3));
    letters.chars().all(|c| c.is_ascii_alphabetic())
        && digits.len() == 4
        && digits.chars().all(|c| c.is_ascii_digit())
}

fn check_parts(url: &Url) -> Result<()> {
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Error::configuration(
            "the tenant URL must not contain a user name or password",
        )
        .hint("pass credentials as `auth`"));
    }
    let path = url.path().trim_end_matches('/');
    if !path.is_empty() || url.query().is_some() || url.fragment().is_some() {
        let host = url.host_str().unwrap_or_default();
        if path.to_ascii_lowercase().starts_with("/passwordvault") {
            return Err(Error::configuration(format!(
                "`{url}` is the address of a vault (PVWA), not of the identity tenant"
            ))
            .hint(WANTED));
        }
        return Err(Error::configuration(format!(
            "`{url}` is the address of a page, not of a tenant"
        ))
        .hint(format!(
            "leave out what follows the host: {}://{host}",
            url.scheme()
        )));
    }
    Ok(())
}

fn check_scheme(url: &Url, plain_hosts: &[String]) -> Result<()> {
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_loopback(url) => Ok(()),
        "http" => {
            let host = url.host_str().unwrap_or_default();
            if plain_hosts
                .iter()
                .any(|allowed| allowed.eq_ignore_ascii_case(host))
            {
                return Ok(());
            }
            Err(Error::configuration(format!(
                "plain http to {host} would show the token to everybody in between"
            ))
            .hint("use https, or allow this host by name with `allow_plain_http`"))
        }
        other => {
            Err(Error::configuration(format!("`{other}` is not a scheme of a tenant")).hint(WANTED))
        }
    }
}

/// Whether `url` is on this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => false,
    }
}

/// Recognises the addresses that people have in their browser instead of the tenant's.
fn check_host(url: &Url) -> Result<()> {
    let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
    let Some(name) = ["cyberark.cloud", "cyberarkgov.cloud"]
        .iter()
        .find_map(|domain| host.strip_suffix(domain)?.strip_suffix('.'))
    else {
        return Ok(());
    };
    let labels: Vec<&str> = name.split('.').collect();
    match labels.as_slice() {
        [_, "id"] => Ok(()),
        [portal] => Err(Error::configuration(format!(
            "{host} is the portal of the customer `{portal}`, not the identity tenant"
        ))
        .hint("its address ends in .id.cyberark.cloud: see Identity Administration, Settings, Tenant URL")),
        [_, service] => Err(Error::configuration(format!(
            "{host} is the address of the service `{service}`, not of the identity tenant"
        ))
        .hint(WANTED)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(text: &str) -> String {
        TenantUrl::parse(text, None, &[]).unwrap_err().to_string()
    }

    #[test]
    fn hosts_and_urls_of_tenants_are_taken() {
        for text in [
            "abc1234.id.cyberark.cloud",
            "https://abc1234.id.cyberark.cloud/",
            "https://abc1234.my.idaptive.app",
            "https://login.example.com:8443",
            "http://127.0.0.1:8080",
            "http://[::1]:8080",
            "http://localhost:1",
        ] {
            assert!(TenantUrl::parse(text, None, &[]).is_ok(), "{text}");
        }
    }

    #[test]
    fn everything_else_is_refused_with_a_way_out() {
        assert!(problem("").contains("empty"));
        assert!(problem("http://abc1234.id.cyberark.cloud").contains("allow_plain_http"));
        assert!(problem("https://acme.cyberark.cloud").contains("portal"));
        assert!(problem("https://acme.privilegecloud.cyberark.cloud").contains("privilegecloud"));
        assert!(problem("https://abc1234.id.cyberark.cloud/my?x=1").contains("a page"));
        assert!(problem("https://vault.example.com/PasswordVault/v10").contains("vault (PVWA)"));
        assert!(problem("https://me:secret@abc1234.id.cyberark.cloud").contains("auth"));
        assert!(!problem("https://me:secret@abc1234.id.cyberark.cloud").contains("secret@"));
        assert!(problem("ftp://abc1234.id.cyberark.cloud").contains("scheme"));
    }

    #[test]
    fn short_names_are_completed() {
        let address = |name, domain| {
            let tenant = TenantUrl::parse(name, domain, &[]).unwrap();
            tenant.as_str().to_owned()
        };
        assert_eq!(
            address("abc1234", None),
            "https://abc1234.id.cyberark.cloud"
        );
        assert_eq!(
            address("ABC1234", None),
            "https://abc1234.id.cyberark.cloud"
        );
        let older = Some("my.idaptive.app");
        assert_eq!(address("abc1234", older), "https://abc1234.my.idaptive.app");
        assert_eq!(address("acme", older), "https://acme.my.idaptive.app");
        assert!(problem("acme").contains("`domain`"));
    }

    #[test]
    fn a_sign_in_goes_on_at_hosts_of_the_vendor_only() {
        let tenant = TenantUrl::parse("login.example.com", None, &[]).unwrap();
        for host in [
            "abc1234.id.cyberark.cloud",
            "pod0.idaptive.app",
            "LOGIN.example.com",
        ] {
            assert!(tenant.pod(host).is_ok(), "{host}");
        }
        for host in [
            "evil.example.com",
            "cyberark.cloud.example.com",
            "evilcyberark.cloud",
            "127.0.0.1",
            "x@abc1234.id.cyberark.cloud",
            "abc1234.id.cyberark.cloud/path",
            "",
        ] {
            let error = tenant.pod(host).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Authentication, "{host}");
        }
        let local = TenantUrl::parse("http://127.0.0.1:8080", None, &[]).unwrap();
        assert!(local.pod("localhost:8081").is_ok());
        assert!(
            local.pod("abc1234.id.cyberark.cloud").is_err(),
            "not by plain http"
        );
    }

    #[test]
    fn plain_http_is_allowed_by_name_only() {
        let allowed = ["gateway.test".to_owned()];
        assert!(TenantUrl::parse("http://gateway.test", None, &allowed).is_ok());
        assert!(TenantUrl::parse("http://other.test", None, &allowed).is_err());
    }
}
