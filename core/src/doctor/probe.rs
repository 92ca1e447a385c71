//! One request without credentials, to see what lies in between.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use http::{HeaderValue, header, uri::PathAndQuery};
use rustls::{
    DigitallySignedStruct, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    pki_types::{CertificateDer, ServerName, UnixTime},
};

use super::Patient;
use crate::{
    error::{Error, Result},
    operation::Operation,
    ops::security::WhoAmI,
    transport::{Failure, HttpTransport, Incoming, Outgoing, Transport},
};

/// The outcome of the request.
#[derive(Debug)]
pub(super) struct Probe {
    pub(super) outcome: Result<Incoming, Failure>,
    /// The last certificates that were shown, of the tenant or of a proxy before it.
    pub(super) seen: Option<Seen>,
    /// When the request was half-way there and back.
    pub(super) at: SystemTime,
    pub(super) took: Duration,
}

/// The certificates that a server showed, and the verdict on them.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) server: ServerName<'static>,
    pub(super) chain: Vec<CertificateDer<'static>>,
    pub(super) verdict: Result<(), rustls::Error>,
    pub(super) version: Option<&'static str>,
}

/// Uses new connections, so that certificates are shown.
pub(super) async fn send(patient: &Patient<'_>) -> Probe {
    let transport = || {
        let tls = &patient.http.tls;
        let recorder = match patient.tenant.is_plain() {
            true => None,
            false => Some(Arc::new(Recorder::new(tls.verifier(true)?))),
        };
        let tls = match &recorder {
            Some(recorder) => tls.config_with(recorder.clone())?,
            None => tls.config()?,
        };
        let transport = HttpTransport::with_tls(patient.http.clone(), tls)?;
        Ok((transport, recorder))
    };
    match transport() {
        Ok((transport, recorder)) => {
            let mut probe = by(&transport, patient).await;
            probe.seen = recorder.and_then(|recorder| recorder.last());
            probe
        }
        Err(error) => unsent(&error),
    }
}

/// Uses the transport that was passed to the client.
pub(super) async fn by_transport(patient: &Patient<'_>) -> Probe {
    by(patient.exchange.transport, patient).await
}

/// Asks who the caller is, without a token: any answer will do.
async fn by(transport: &dyn Transport, patient: &Patient<'_>) -> Probe {
    let meta = const { &WhoAmI::META };
    let mut headers = patient.exchange.headers.clone();
    headers.remove(header::AUTHORIZATION);
    let json = HeaderValue::from_static("application/json");
    headers.insert(header::CONTENT_TYPE, json);
    let outgoing = Outgoing {
        method: meta.verb.method(),
        url: patient.tenant.join(&PathAndQuery::from_static(meta.path)),
        headers,
        body: None,
        times: patient.options.times,
    };
    let (at, start) = (SystemTime::now(), Instant::now());
    let outcome = transport.round_trip(outgoing).await;
    let took = start.elapsed();
    Probe {
        outcome,
        seen: None,
        at: at + took / 2,
        took,
    }
}

fn unsent(error: &Error) -> Probe {
    Probe {
        outcome: Err(Failure::unusable(error)),
        seen: None,
        at: SystemTime::now(),
        took: Duration::ZERO,
    }
}

impl Probe {
    /// Whether it failed in the TLS handshake.
    pub(super) fn failed_in_tls(&self) -> bool {
        let Err(failure) = &self.outcome else {
            return false;
        };
        let refused = self.seen.as_ref().is_some_and(|seen| seen.verdict.is_err());
        refused
            || failure
                .source
                .as_deref()
                .is_some_and(|error| tls_error(error).is_some())
    }
}

/// The TLS error behind an error. I/O errors do not show what they wrap through `source`.
pub(super) fn tls_error<'e>(
    error: &'e (dyn std::error::Error + Send + Sync + 'static),
) -> Option<&'e rustls::Error> {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        let inner = error.downcast_ref::<std::io::Error>();
        let inner = inner.and_then(std::io::Error::get_ref);
        if let Some(found) = inner.and_then(|inner| tls_error(inner)) {
            return Some(found);
        }
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        cause = error.source();
    }
    None
}

/// Lets another verifier decide, and remembers what it saw and decided.
#[derive(Debug)]
struct Recorder {
    inner: Arc<dyn ServerCertVerifier>,
    seen: Mutex<Option<Seen>>,
}

impl Recorder {
    fn new(inner: Arc<dyn ServerCertVerifier>) -> Self {
        Self {
            inner,
            seen: Mutex::default(),
        }
    }

    fn last(&self) -> Option<Seen> {
        self.seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn note(&self, version: &'static str) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(seen) = &mut *seen {
            seen.version = Some(version);
        }
    }
}

impl ServerCertVerifier for Recorder {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let inner = &self.inner;
        let verdict =
            inner.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        let chain = std::iter::once(end_entity).chain(intermediates);
        let seen = Seen {
            server: server_name.to_owned(),
            chain: chain.map(|one| one.clone().into_owned()).collect(),
            verdict: verdict.as_ref().map(drop).map_err(Clone::clone),
            version: None,
        };
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(seen);
        verdict
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.note("TLS 1.2");
        self.inner
            .verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.note("TLS 1.3");
        self.inner
            .verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}
