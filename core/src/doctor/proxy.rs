//! Which proxy is used, and whether it lets requests through.

use tokio::net::TcpStream;

use super::{Check, Patient, probe::Probe};
use crate::transport::{Proxied, Route};

const NAME: &str = "proxy";

pub(super) async fn check(patient: &Patient<'_>, route: &Route) -> Check {
    let proxy = match route {
        Route::Proxied(proxy) => proxy,
        Route::Direct => {
            return Check::ok(NAME, "no proxy is used").detail("proxy", None::<String>);
        }
    };
    let target = (proxy.host.trim_matches(['[', ']']), proxy.port);
    let allowed = patient.http.connect_timeout;
    let problem = match tokio::time::timeout(allowed, TcpStream::connect(target)).await {
        Ok(Ok(_)) => {
            let message = format!(
                "{} is used, as set by {}",
                proxy.url(),
                proxy.origin.words()
            );
            return with_proxy(Check::ok(NAME, message), proxy);
        }
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("no connection within {} s", allowed.as_secs_f64()),
    };
    let message = format!(
        "the proxy {}, set by {}, cannot be reached: {problem}",
        proxy.url(),
        proxy.origin.words()
    );
    let hint =
        "correct its address, or name the tenant in `no_proxy` (NO_PROXY) if no proxy is needed";
    with_proxy(Check::failed(NAME, message).hint(hint), proxy)
}

/// The check of a proxy that was reached but did not let the connection through.
pub(super) fn refused(probe: &Probe, route: &Route) -> Option<Check> {
    let Route::Proxied(proxy) = route else {
        return None;
    };
    let failure = probe.outcome.as_ref().err()?;
    if probe.failed_in_tls() || probe.seen.is_some() {
        return None;
    }
    let message = format!(
        "the proxy {} did not let the connection through: {}",
        proxy.url(),
        failure.message
    );
    let hint = match proxy.signs_in {
        true => "ask whoever runs it whether it allows this tenant, and check user and password",
        false => {
            "ask whoever runs it whether it allows this tenant; if it asks for a user and a password, write them into its \
             address (`http://user:password@host:port`)"
        }
    };
    Some(with_proxy(Check::failed(NAME, message).hint(hint), proxy))
}

fn with_proxy(check: Check, proxy: &Proxied) -> Check {
    check
        .detail("proxy", proxy.url())
        .detail("set_by", proxy.origin.words())
        .detail("signs_in", proxy.signs_in)
}
