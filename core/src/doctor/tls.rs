//! Whether the tenant's certificate is valid, and who vouches for it.

use std::time::Duration;

use jiff::Timestamp;
use rustls::{CertificateError, pki_types::ServerName};

use super::{
    Check, Patient,
    certificate::Facts,
    probe::{Probe, Seen, tls_error},
    report::words,
    trust::Voucher,
};

const NAME: &str = "tls";

/// A certificate that expires sooner is reported.
const SOON: Duration = Duration::from_secs(7 * 86_400);

pub(super) fn check(patient: &Patient<'_>, probe: &Probe) -> Check {
    if patient.tenant.is_plain() {
        return Check::skipped(NAME, "the tenant is called over plain http");
    }
    match &probe.seen {
        Some(seen) => {
            let facts: Vec<Facts> = seen.chain.iter().filter_map(Facts::of).collect();
            let check = match (&seen.verdict, probe.failed_in_tls()) {
                (Err(error), _) => refused(patient, seen, &facts, error),
                (Ok(()), true) => broken(probe),
                (Ok(()), false) => good(patient, seen, &facts),
            };
            let chain: Vec<_> = facts.iter().map(Facts::to_json).collect();
            check.detail("version", seen.version).detail("chain", chain)
        }
        None => broken(probe),
    }
}

/// The handshake failed, but not because of the certificate.
fn broken(probe: &Probe) -> Check {
    let failure = probe.outcome.as_ref().err();
    let error = failure.and_then(|failure| tls_error(failure.source.as_deref()?));
    let error = error.map_or_else(|| "no handshake".to_owned(), ToString::to_string);
    let check = Check::failed(NAME, format!("the handshake broke off: {error}"));
    let hint = failure.and_then(|failure| failure.hint.as_deref());
    check.hint(hint.unwrap_or(
        "the server does not speak TLS: check the port, and look for a proxy or gateway in between",
    ))
}

/// Who signed the certificates: this name reveals an inspection of TLS.
fn issuer(facts: &[Facts]) -> &str {
    facts.last().map_or("an unreadable name", |top| &top.issuer)
}

fn refused(patient: &Patient<'_>, seen: &Seen, facts: &[Facts], error: &rustls::Error) -> Check {
    let host = shown(&seen.server);
    let end = facts.first();
    let until = end
        .and_then(|end| end.until)
        .map(|at| at.to_string())
        .unwrap_or_default();
    let rustls::Error::InvalidCertificate(reason) = error else {
        return Check::failed(
            NAME,
            format!("the certificate of {host} is not valid: {error}"),
        );
    };
    let check = match reason {
        CertificateError::UnknownIssuer => {
            let nobody = match patient.http.tls.ca_file() {
                Some(_) => "neither this machine nor `ca_file` trusts",
                None => "this machine does not trust",
            };
            let message = format!(
                "the certificate of {host} was issued by `{}`, which {nobody}",
                issuer(facts)
            );
            Check::failed(NAME, message).hint(unknown_issuer(patient))
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            let message = format!("the certificate of {host} expired on {until}");
            Check::failed(NAME, message).hint(
                "if that date has not passed, set the clock of this machine; otherwise the vendor, or whoever inspects TLS \
                 here, has to renew the certificate",
            )
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            let message = format!("the certificate of {host} is not valid yet");
            Check::failed(NAME, message).hint("set the clock of this machine")
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            let message = format!("the server shows a certificate that is not for {host}");
            Check::failed(NAME, message).hint(
                "check the host of the tenant URL; if it is correct, something else answers in its place",
            )
        }
        other => Check::failed(
            NAME,
            format!("the certificate of {host} is not valid: {other}"),
        ),
    };
    check.detail("issuer", issuer(facts)).detail(
        "reason",
        format!("{reason:?}").split([' ', '{', '(']).next(),
    )
}

fn unknown_issuer(patient: &Patient<'_>) -> String {
    let also = match patient.http.tls.ca_file() {
        Some(_) => "add its certificate to the file of `ca_file`",
        None => "pass its certificate as `ca_file`",
    };
    format!(
        "if that is the CA with which your company inspects TLS, or a private CA of a gateway, {also}; if nobody knows it, \
         somebody may be intercepting the connection: send no credentials from this network"
    )
}

fn good(patient: &Patient<'_>, seen: &Seen, facts: &[Facts]) -> Check {
    let voucher = Voucher::of(seen, &patient.http.tls);
    let host = shown(&seen.server);
    let version = seen.version.unwrap_or("TLS");
    let issuer = issuer(facts);
    let whose = match voucher {
        Voucher::Public => "a public CA",
        Voucher::System => "a CA that was added to the operating system",
        Voucher::CaFile => "a private CA that `ca_file` vouches for",
    };
    let message = format!("{version}; the certificate of {host} was issued by `{issuer}`, {whose}");
    let inspected = voucher != Voucher::Public && patient.tenant.is_vendors();
    let check = match (inspected, ends_in(facts).filter(|left| *left < SOON)) {
        (true, _) => Check::warning(
            NAME,
            format!("{message}: something in between decrypts TLS"),
        )
        .hint("this works; whoever runs it can read tokens and answers, and may change them"),
        (false, Some(left)) => Check::warning(NAME, message).hint(format!(
            "the certificate expires in {}: it has to be renewed before that",
            words(left)
        )),
        (false, None) => Check::ok(NAME, message),
    };
    check
        .detail("issuer", issuer)
        .detail("trusted_by", voucher.word())
        .detail("inspected", inspected)
}

fn ends_in(facts: &[Facts]) -> Option<Duration> {
    let until = facts.iter().filter_map(|one| one.until).min()?;
    until.duration_since(Timestamp::now()).try_into().ok()
}

fn shown(server: &ServerName<'_>) -> String {
    server.to_str().into_owned()
}
