//! A private certificate authority, made anew at every start, and its certificate in a file for clients to trust.

use std::fs::OpenOptions;
use std::io::Write;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use uuid::Uuid;

use crate::error::EmulatorError;

/// What is needed to serve over TLS.
pub(crate) struct Tls {
    pub(crate) config: Arc<ServerConfig>,
    pub(crate) ca_file: CaFile,
}

/// The file with the authority's certificate; removed when dropped.
#[derive(Debug)]
pub(crate) struct CaFile {
    path: PathBuf,
    /// A forked child drops its copy too, and must leave the parent's file alone.
    owner: u32,
}

impl CaFile {
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    fn write(certificate: &str) -> std::io::Result<Self> {
        let path = std::env::temp_dir().join(format!(
            "identity-emulator-ca-{}.pem",
            Uuid::new_v4().simple()
        ));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&path)?;
        let made = Self {
            path,
            owner: std::process::id(),
        };
        file.write_all(certificate.as_bytes())?;
        Ok(made)
    }
}

impl Drop for CaFile {
    fn drop(&mut self) {
        if self.owner == std::process::id() {
            // Somebody else may have tidied up the temporary folder; there is nobody to tell.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Makes the authority, a server certificate for the local names and the given address, and the file.
pub(crate) fn prepare(host: IpAddr) -> Result<Tls, EmulatorError> {
    let authority_key = KeyPair::generate().map_err(EmulatorError::tls)?;
    let authority = authority_params();
    let authority_certificate = authority
        .self_signed(&authority_key)
        .map_err(EmulatorError::tls)?;
    let issuer = Issuer::new(authority, authority_key);

    let server_key = KeyPair::generate().map_err(EmulatorError::tls)?;
    let certificate = server_params(host)?
        .signed_by(&server_key, &issuer)
        .map_err(EmulatorError::tls)?;
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(server_key.serialize_der()));
    let mut config =
        ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(EmulatorError::tls)?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .map_err(EmulatorError::tls)?;
    // Faults act on connections, and in HTTP/2 one connection carries many requests.
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Tls {
        config: Arc::new(config),
        ca_file: CaFile::write(&authority_certificate.pem()).map_err(EmulatorError::tls)?,
    })
}

fn authority_params() -> CertificateParams {
    let mut params = CertificateParams::default();
    params
        .distinguished_name
        .push(DnType::CommonName, "Identity emulator private CA");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

fn server_params(host: IpAddr) -> Result<CertificateParams, EmulatorError> {
    let names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
    let mut params = CertificateParams::new(
        names
            .into_iter()
            .chain([host.to_string()])
            .collect::<Vec<_>>(),
    )
    .map_err(EmulatorError::tls)?;
    params
        .distinguished_name
        .push(DnType::CommonName, "Identity emulator");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    Ok(params)
}
