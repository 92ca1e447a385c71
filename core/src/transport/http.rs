//! HTTP: one request, the whole answer. No redirects: the token never follows one.

use std::{
    pin::{Pin, pin},
    sync::Arc,
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use futures_util::FutureExt;
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt;
use tower::BoxError;

use super::{
    BoxFuture, Failure, Incoming, Outgoing, ProxySettings, Times, TlsSettings, Transport,
    connecting,
    direct::Direct,
    failure::{self, Stage},
    proxied::ThroughProxy,
    upload::Upload,
};
use crate::{body::Body, error::Result};

/// Bytes that are reserved for an answer before they have come, at most.
const RESERVED: usize = 1024 * 1024;

/// What a connection pool is made of.
#[derive(Debug)]
pub(crate) struct HttpSettings {
    pub(crate) tls: TlsSettings,
    pub(crate) proxy: ProxySettings,
    pub(crate) connect_timeout: Duration,
    pub(crate) read_timeout: Duration,
    pub(crate) max_response_size: u64,
}

/// The product's transport: a connection pool that belongs to the runtime it is used on.
#[derive(Debug)]
pub struct HttpTransport {
    direct: Direct,
    proxied: Option<ThroughProxy>,
    settings: Arc<HttpSettings>,
}

/// The body of an answer, whichever way it comes.
pub(super) trait AnswerBody: http_body::Body<Data = Bytes, Error: Into<BoxError>> {}

impl<B: http_body::Body<Data = Bytes, Error: Into<BoxError>>> AnswerBody for B {}

impl HttpTransport {
    /// A new pool. Opens nothing yet.
    pub(crate) fn new(settings: Arc<HttpSettings>) -> Result<Self> {
        let tls = settings.tls.config()?;
        Self::with_tls(settings, tls)
    }

    /// The same with another TLS.
    pub(crate) fn with_tls(settings: Arc<HttpSettings>, tls: rustls::ClientConfig) -> Result<Self> {
        Ok(Self {
            proxied: ThroughProxy::new(&settings, &tls)?,
            direct: Direct::new(tls, settings.connect_timeout),
            settings,
        })
    }

    async fn exchange(&self, outgoing: Outgoing) -> Result<Incoming, Failure> {
        let Times { connect, read } = outgoing.times;
        let silence = read.unwrap_or(self.settings.read_timeout);
        // How long an upload takes is not how long the service is silent.
        let patience = match outgoing.body.as_ref().is_some_and(Body::is_upload) {
            true => Duration::MAX,
            false => silence,
        };
        let request = request(outgoing).await?;
        let proxied = self.proxied.as_ref();
        match proxied.filter(|proxied| proxied.leads_to(request.uri())) {
            None => {
                let answer = connecting::within(connect, self.direct.send(request));
                self.whole(in_time(patience, answer).await?, silence).await
            }
            Some(proxied) => {
                let answer = connecting::within(connect, proxied.send(request));
                let answer = in_time(patience, answer).await?;
                // On the heap, so that it takes no room in requests without a proxy.
                Box::pin(self.whole(answer, silence)).await
            }
        }
    }

    async fn whole(
        &self,
        answer: Response<impl AnswerBody>,
        silence: Duration,
    ) -> Result<Incoming, Failure> {
        let (head, body) = answer.into_parts();
        if head.status == StatusCode::PROXY_AUTHENTICATION_REQUIRED {
            return Err(failure::unknown_to_proxy());
        }
        Ok(Incoming {
            status: head.status,
            headers: head.headers,
            body: self.body(pin!(body), silence).await?,
        })
    }

    /// The whole body, as long as it is not too large and does not stand still.
    async fn body(
        &self,
        mut body: Pin<&mut impl AnswerBody>,
        silence: Duration,
    ) -> Result<Bytes, Failure> {
        let limit = self.settings.max_response_size;
        let announced = body.size_hint().exact().unwrap_or(0);
        if announced > limit {
            return Err(failure::too_large(limit));
        }
        let mut next = async || in_time(silence, piece(&mut body)).await;
        let Some(first) = next().await? else {
            return Ok(Bytes::new());
        };
        let Some(second) = next().await? else {
            return within(first, limit);
        };
        // What is announced need not come.
        let capacity = usize::try_from(announced).unwrap_or(0).min(RESERVED);
        let mut whole = BytesMut::with_capacity(capacity.max(first.len() + second.len()));
        whole.extend_from_slice(&first);
        whole.extend_from_slice(&second);
        while whole.len() as u64 <= limit {
            match next().await? {
                Some(piece) => whole.extend_from_slice(&piece),
                None => break,
            }
        }
        within(whole.freeze(), limit)
    }
}

async fn request(outgoing: Outgoing) -> Result<Request<Upload>, Failure> {
    let mut request = Request::new(Upload::open(outgoing.body).await?);
    *request.method_mut() = outgoing.method;
    *request.uri_mut() = outgoing.url;
    *request.headers_mut() = outgoing.headers;
    Ok(request)
}

/// The next piece of a body; none at its end.
async fn piece(body: &mut (impl AnswerBody + Unpin)) -> Result<Option<Bytes>, Failure> {
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| failure::of(error.into(), Stage::Answering))?;
        if let Ok(data) = frame.into_data() {
            return Ok(Some(data));
        }
    }
    Ok(None)
}

/// Waits no longer than `limit`.
fn in_time<T>(
    limit: Duration,
    piece: impl Future<Output = Result<T, Failure>>,
) -> impl Future<Output = Result<T, Failure>> {
    tokio::time::timeout(limit, piece)
        .map(move |in_time| in_time.unwrap_or_else(|_| Err(failure::silent(limit))))
}

impl Transport for HttpTransport {
    fn round_trip(&self, outgoing: Outgoing) -> BoxFuture<'_, Result<Incoming, Failure>> {
        Box::pin(async move {
            let answer = self.exchange(outgoing).await;
            answer.map_err(|failure| match self.settings.tls.lacks_certificate() {
                true => failure::without_certificate(failure),
                false => failure,
            })
        })
    }
}

fn within(body: Bytes, limit: u64) -> Result<Bytes, Failure> {
    match body.len() as u64 > limit {
        true => Err(failure::too_large(limit)),
        false => Ok(body),
    }
}
