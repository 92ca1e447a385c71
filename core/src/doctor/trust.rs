//! Who vouches for a server.

use std::sync::Arc;

use rustls::pki_types::UnixTime;
use rustls::{RootCertStore, client::WebPkiServerVerifier, client::danger::ServerCertVerifier};

use super::probe::Seen;
use crate::transport::TlsSettings;

/// Who vouches for a server whose certificates are valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Voucher {
    /// A CA that everybody trusts: one on the list that browsers use.
    Public,
    /// One that only this machine trusts: somebody added it to the operating system.
    System,
    /// One that is only in the CA file.
    CaFile,
}

impl Voucher {
    /// The word for details.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::System => "operating_system",
            Self::CaFile => "ca_file",
        }
    }

    /// The most widely trusted that applies.
    pub(super) fn of(seen: &Seen, tls: &TlsSettings) -> Self {
        let good = |verifier: Arc<dyn ServerCertVerifier>| {
            let (first, others) = seen.chain.split_first()?;
            let now = UnixTime::now();
            let verdict = verifier.verify_server_cert(first, others, &seen.server, &[], now);
            verdict.is_ok().then_some(())
        };
        if public().and_then(good).is_some() {
            Self::Public
        } else if tls.verifier(false).ok().and_then(good).is_some() {
            Self::System
        } else {
            Self::CaFile
        }
    }
}

/// Trusts the CAs on the public list and nobody else.
fn public() -> Option<Arc<dyn ServerCertVerifier>> {
    let roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider);
    builder
        .build()
        .ok()
        .map(|verifier| verifier as Arc<dyn ServerCertVerifier>)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_public_list() {
        assert!(public().is_some());
    }
}
