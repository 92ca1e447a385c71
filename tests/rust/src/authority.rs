//! A certificate authority for tests, and what it vouches for.

use std::{
    fs,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::{
    RootCertStore, ServerConfig, SupportedProtocolVersion,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    server::WebPkiClientVerifier,
};

static NUMBER: AtomicU32 = AtomicU32::new(0);

/// An authority, with its certificate in a file. The folder goes with it.
pub struct Authority {
    folder: PathBuf,
    certificate: rcgen::Certificate,
    issuer: Issuer<'static, KeyPair>,
}

/// How a server speaks TLS.
#[derive(Default)]
pub struct Speaks<'a> {
    /// Protocols that it offers by ALPN.
    pub protocols: &'a [&'a [u8]],
    /// Versions of TLS; all that are known when empty.
    pub versions: &'a [&'static SupportedProtocolVersion],
    /// Who vouches for its clients, if it asks for that.
    pub clients: Option<&'a Authority>,
    /// Whether it also lets those finish the handshake who show nothing.
    pub strangers: bool,
}

#[allow(clippy::expect_used)]
impl Authority {
    /// A new one.
    ///
    /// # Panics
    /// When there is nowhere to write.
    #[must_use]
    pub fn new() -> Self {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("identity-tests-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).expect("a folder");
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("a certificate");
        fs::write(folder.join("ca.pem"), certificate.pem()).expect("a file");
        let issuer = Issuer::new(params, key);
        Self {
            folder,
            certificate,
            issuer,
        }
    }

    /// The file with its certificate.
    #[must_use]
    pub fn file(&self) -> PathBuf {
        self.folder.join("ca.pem")
    }

    /// Files with a certificate and a key that it vouches for.
    ///
    /// # Panics
    /// When there is nowhere to write.
    #[must_use]
    pub fn client(&self) -> (PathBuf, PathBuf) {
        let (certificate, key) = self.issue();
        let files = (self.folder.join("client.pem"), self.folder.join("key.pem"));
        fs::write(&files.0, certificate.pem()).expect("a file");
        fs::write(&files.1, key.serialize_pem()).expect("a file");
        files
    }

    /// The TLS of a server on loopback.
    ///
    /// # Panics
    /// For what rustls cannot do.
    #[must_use]
    pub fn server(&self, speaks: &Speaks<'_>) -> Arc<ServerConfig> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let versions = match speaks.versions {
            [] => rustls::ALL_VERSIONS,
            some => some,
        };
        let builder = ServerConfig::builder_with_provider(provider.clone())
            .with_protocol_versions(versions)
            .expect("versions");
        let builder = match speaks.clients {
            None => builder.with_no_client_auth(),
            Some(authority) => {
                let mut roots = RootCertStore::empty();
                roots
                    .add(authority.certificate.der().clone())
                    .expect("a root");
                let roots = Arc::new(roots);
                let mut verifier = WebPkiClientVerifier::builder_with_provider(roots, provider);
                if speaks.strangers {
                    verifier = verifier.allow_unauthenticated();
                }
                builder.with_client_cert_verifier(verifier.build().expect("a verifier"))
            }
        };
        let (certificate, key) = self.issue();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let mut config = builder
            .with_single_cert(vec![certificate.der().clone()], key)
            .expect("a configuration");
        config.alpn_protocols = speaks.protocols.iter().map(|name| name.to_vec()).collect();
        Arc::new(config)
    }

    fn issue(&self) -> (rcgen::Certificate, KeyPair) {
        let names = vec!["127.0.0.1".to_owned(), "localhost".to_owned()];
        let mut params = CertificateParams::new(names).expect("names");
        params.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        (certificate, key)
    }
}

impl Default for Authority {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        // Whoever tidies up temporary folders may have been here.
        let _ = fs::remove_dir_all(&self.folder);
    }
}
