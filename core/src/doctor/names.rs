//! Whether this machine finds the address it has to connect to.

use std::{collections::BTreeSet, net::IpAddr};

use super::{Check, Patient};
use crate::transport::Route;

const NAME: &str = "dns";

pub(super) async fn check(patient: &Patient<'_>, route: &Route) -> Check {
    let (host, port) = patient.tenant.host_and_port();
    let (host, port, left_to_proxy) = match route {
        Route::Proxied(proxy) if proxy.resolves_names() => (proxy.host.as_str(), proxy.port, true),
        _ => (host, port, false),
    };
    let host = host.trim_matches(['[', ']']);
    if host.parse::<IpAddr>().is_ok() {
        let check = Check::ok(
            NAME,
            format!("{host} is an IP address and needs no look-up"),
        );
        return with_host(check, host, left_to_proxy);
    }
    let looked_up = tokio::net::lookup_host((host, port));
    let allowed = patient.http.connect_timeout;
    let problem = match tokio::time::timeout(allowed, looked_up).await {
        Ok(Ok(found)) => {
            let found: BTreeSet<String> = found.map(|address| address.ip().to_string()).collect();
            if !found.is_empty() {
                let found: Vec<String> = found.into_iter().collect();
                let check = Check::ok(NAME, format!("{host} is {}", found.join(", ")));
                return with_host(check, host, left_to_proxy).detail("addresses", found);
            }
            "the look-up returned none".to_owned()
        }
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("no answer within {} s", allowed.as_secs_f64()),
    };
    let check = Check::failed(NAME, format!("no address was found for {host}: {problem}"));
    let hint = match left_to_proxy {
        true => "check the name of the proxy",
        false => {
            "check the tenant URL for typing mistakes: Identity Administration shows it under Settings, Tenant URL; if it is \
             correct, this machine needs a name server that knows it (VPN), or a proxy"
        }
    };
    with_host(check.hint(hint), host, left_to_proxy)
}

fn with_host(check: Check, host: &str, left_to_proxy: bool) -> Check {
    check
        .detail("host", host)
        .detail("tenant_left_to_proxy", left_to_proxy)
}
