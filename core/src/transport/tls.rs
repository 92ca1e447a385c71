//! TLS: rustls with ring, passed explicitly, and the trust store of the operating system.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

use rustls::{
    ClientConfig, RootCertStore, SignatureScheme,
    client::{ResolvesClientCert, danger::ServerCertVerifier},
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    sign::CertifiedKey,
};
use rustls_platform_verifier::Verifier;

use crate::error::{Error, Result};

/// What the TLS of a client is made of. The result is made once and shared by all its connection pools.
#[derive(Debug)]
pub(crate) struct TlsSettings {
    ca_file: Option<PathBuf>,
    client_certificate: Option<ClientCertificate>,
    plain: bool,
    config: OnceLock<ClientConfig>,
    stranger: Arc<Stranger>,
}

/// A client that has no certificate to show, and remembers that it was asked for one. Over HTTP/2 what the server says to
/// that does not reach the call.
#[derive(Debug, Default)]
struct Stranger {
    asked: AtomicBool,
}

impl ResolvesClientCert for Stranger {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.asked.store(true, Ordering::Relaxed);
        None
    }

    fn has_certs(&self) -> bool {
        false
    }
}

/// Who this client is, for servers that ask.
#[derive(Debug, Clone)]
pub(crate) struct ClientCertificate {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

impl TlsSettings {
    /// With `plain`, everything is reached without TLS and no trust store has to be loaded.
    pub(crate) fn new(
        ca_file: Option<PathBuf>,
        client_certificate: Option<ClientCertificate>,
        plain: bool,
    ) -> Self {
        Self {
            ca_file,
            client_certificate,
            plain,
            config: OnceLock::new(),
            stranger: Arc::default(),
        }
    }

    /// Whether a server asked for a certificate of this client, which has none.
    pub(crate) fn lacks_certificate(&self) -> bool {
        self.stranger.asked.load(Ordering::Relaxed)
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

    /// The same with another verifier, for the doctor, who looks at what is verified.
    pub(crate) fn config_with(
        &self,
        verifier: Arc<dyn ServerCertVerifier>,
    ) -> Result<ClientConfig> {
        let mut config = self.build()?;
        // The name of the method that takes a verifier; what is given here passes on to one that verifies.
        config.dangerous().set_certificate_verifier(verifier);
        Ok(config)
    }

    /// What decides whether a certificate is good: the trust store of the operating system, with the certificates of the
    /// CA file if `with_ca_file`.
    pub(crate) fn verifier(&self, with_ca_file: bool) -> Result<Arc<dyn ServerCertVerifier>> {
        let extra = match with_ca_file {
            true => self.extra_roots()?,
            false => Vec::new(),
        };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier = Verifier::new_with_extra_roots(extra, provider).map_err(|error| {
            Error::configuration("the certificates of the operating system cannot be read")
                .caused_by(error)
        })?;
        Ok(Arc::new(verifier))
    }

    /// Where certificates are trusted besides the operating system's.
    pub(crate) fn ca_file(&self) -> Option<&Path> {
        self.ca_file.as_deref()
    }

    fn build(&self) -> Result<ClientConfig> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| Error::configuration("TLS cannot be set up").caused_by(error))?;
        let builder = if self.plain {
            // A CA file that cannot be read is told all the same.
            self.extra_roots()?;
            builder.with_root_certificates(RootCertStore::empty())
        } else {
            builder
                .dangerous() // the name of the method that takes a verifier; this one verifies
                .with_custom_certificate_verifier(self.verifier(true)?)
        };
        let mut config = match &self.client_certificate {
            None => builder.with_client_cert_resolver(self.stranger.clone()),
            Some(client) => builder
                .with_client_auth_cert(
                    certificates("client_certificate", &client.certificate)?,
                    client.private_key()?,
                )
                .map_err(|error| {
                    Error::configuration("client certificate and key do not match").caused_by(error)
                })?,
        };
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(config)
    }

    fn extra_roots(&self) -> Result<Vec<CertificateDer<'static>>> {
        match &self.ca_file {
            Some(path) => certificates("ca_file", path),
            None => Ok(Vec::new()),
        }
    }
}

impl ClientCertificate {
    fn private_key(&self) -> Result<PrivateKeyDer<'static>> {
        PrivateKeyDer::from_pem_file(&self.key).map_err(|error| {
            Error::configuration(format!("client_key {}: {error}", self.key.display()))
                .hint("give a file with a private key in PEM form, without a password")
        })
    }
}

fn certificates(setting: &str, path: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let unreadable = |problem: String| {
        Error::configuration(format!("{setting} {}: {problem}", path.display()))
            .hint("give a file with one or more certificates in PEM form")
    };
    let certificates = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<std::result::Result<Vec<_>, _>>)
        .map_err(|error| unreadable(error.to_string()))?;
    if certificates.is_empty() {
        return Err(unreadable("no certificate in it".to_owned()));
    }
    Ok(certificates)
}
