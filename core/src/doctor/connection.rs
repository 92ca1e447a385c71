//! Whether the tenant answers at all.

use super::{Check, Patient, probe::Probe};
use crate::error::{Delivery, ErrorKind};

const NAME: &str = "connection";

pub(super) fn check(patient: &Patient<'_>, probe: &Probe) -> Check {
    let (host, port) = patient.tenant.host_and_port();
    let failure = match &probe.outcome {
        Ok(answer) => {
            let took = u64::try_from(probe.took.as_millis()).unwrap_or(u64::MAX);
            return Check::ok(NAME, format!("{host}:{port} answers"))
                .detail("status", answer.status.as_u16())
                .detail("took_ms", took);
        }
        Err(_) if probe.failed_in_tls() => {
            return Check::ok(NAME, format!("{host}:{port} was reached"));
        }
        Err(failure) => failure,
    };
    let check = Check::failed(NAME, format!("{host}:{port}: {}", failure.message));
    match (failure.hint.as_deref(), failure.delivery, failure.kind) {
        (Some(hint), ..) => check.hint(hint),
        (None, Delivery::NotSent, ErrorKind::Timeout | ErrorKind::Connection) => check.hint(
            "nothing listens there, or a firewall is in between: check host and port, and whether this network needs a \
             proxy (`proxy`, HTTPS_PROXY)",
        ),
        _ => check.hint("look for a proxy or gateway in between that closes connections"),
    }
}
