//! Whether the settings make a client.

use super::{Check, Patient};
use crate::error::Error;

const NAME: &str = "configuration";

/// The check of settings that make no client.
pub(super) fn failed(error: &Error) -> Check {
    let details = error.details();
    let check = Check::failed(NAME, details.message.clone());
    match &details.hint {
        Some(hint) => check.hint(hint.clone()),
        None => check,
    }
}

pub(super) fn check(patient: &Patient<'_>) -> Check {
    let tenant = patient.tenant;
    let plain = tenant.is_plain() && !tenant.is_loopback();
    let check = match &patient.no_credentials {
        Some(error) => failed(error),
        None if plain => Check::warning(NAME, "the tenant is called over plain http").hint(
            "anybody in between can read the token: use https unless the whole route is yours",
        ),
        None if tenant.is_vendors() || tenant.is_loopback() => Check::ok(
            NAME,
            format!("the settings are consistent: {}", tenant.as_str()),
        ),
        None => Check::ok(
            NAME,
            format!(
                "the settings are consistent: {}, which is correct if this is a vanity address of the tenant",
                tenant.as_str()
            ),
        ),
    };
    let ca_file = patient.http.tls.ca_file();
    check
        .detail("tenant_url", tenant.as_str())
        .detail("vendor_domain", tenant.is_vendors())
        .detail("ca_file", ca_file.map(|path| path.display().to_string()))
}
