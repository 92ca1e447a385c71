//! TLS: rustls with ring, passed explicitly, and the trust store of the operating system.

use std::{
    path::PathBuf,
    sync::{Arc, OnceLock},
};

use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};
use rustls_platform_verifier::Verifier;

use crate::error::{Error, Result};

/// What the TLS of a client is made of. The result is made once and shared by all its connection pools.
#[derive(Debug)]
pub(crate) struct TlsSettings {
    ca_file: Option<PathBuf>,
    plain: bool,
    config: OnceLock<ClientConfig>,
}

impl TlsSettings {
    /// With `plain`, the tenant is reached without TLS and no trust store has to be loaded.
    pub(crate) fn new(ca_file: Option<PathBuf>, plain: bool) -> Self {
        Self {
            ca_file,
            plain,
            config: OnceLock::new(),
        }
    }

    pub(crate) fn config(&self) -> Result<ClientConfig> {
        match self.config.get() {
            Some(config) => Ok(config.clone()),
            None => {
                let config = self.build()?;
                Ok(self.config.get_or_init(|| config).clone())
            }
        }
    }

    fn build(&self) -> Result<ClientConfig> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(|error| Error::configuration("TLS cannot be set up").caused_by(error))?;
        let extra = self.extra_roots()?;
        let mut config = if self.plain {
            builder
                .with_root_certificates(RootCertStore::empty())
                .with_no_client_auth()
        } else {
            let verifier = Verifier::new_with_extra_roots(extra, provider).map_err(|error| {
                Error::configuration("the certificates of the operating system cannot be read")
                    .caused_by(error)
            })?;
            builder
                .dangerous() // the name of the method that takes a verifier; this one verifies
                .with_custom_certificate_verifier(Arc::new(verifier))
                .with_no_client_auth()
        };
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(config)
    }

    fn extra_roots(&self) -> Result<Vec<CertificateDer<'static>>> {
        let Some(path) = &self.ca_file else {
            return Ok(Vec::new());
        };
        let unreadable = |problem: String| {
            Error::configuration(format!("ca_file {}: {problem}", path.display()))
                .hint("give a file with one or more certificates in PEM form")
        };
        let roots = CertificateDer::pem_file_iter(path)
            .and_then(Iterator::collect::<std::result::Result<Vec<_>, _>>)
            .map_err(|error| unreadable(error.to_string()))?;
        if roots.is_empty() {
            return Err(unreadable("no certificate in it".to_owned()));
        }
        Ok(roots)
    }
}
