//! Requests that go through a proxy, by reqwest, which knows all kinds of them.

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use http::{Request, Response, Uri};
use hyper_util::client::proxy::matcher::Matcher;

use super::{
    Failure,
    connecting::InTime,
    failure::{self, Stage},
    http::{AnswerBody, HttpSettings},
    proxy::ProxySettings,
    upload::Upload,
};
use crate::error::{Error, Result};

/// A connection pool behind proxies. It is made when the first request goes through one.
pub(super) struct ThroughProxy {
    matcher: Matcher,
    client: OnceLock<reqwest::Client>,
    settings: Arc<HttpSettings>,
    tls: rustls::ClientConfig,
}

impl ThroughProxy {
    /// None where no request can go through a proxy.
    pub(super) fn new(
        settings: &Arc<HttpSettings>,
        tls: &rustls::ClientConfig,
    ) -> Result<Option<Self>> {
        let Some(matcher) = settings.proxy.matcher() else {
            return Ok(None);
        };
        let made = Self {
            matcher,
            client: OnceLock::new(),
            settings: settings.clone(),
            tls: tls.clone(),
        };
        // What was set is told to be wrong when it is set.
        if matches!(settings.proxy, ProxySettings::Named(_)) {
            made.client()?;
        }
        Ok(Some(made))
    }

    /// Whether a request to `target` goes through a proxy.
    pub(super) fn leads_to(&self, target: &Uri) -> bool {
        self.matcher.intercept(target).is_some()
    }

    /// Sends `request` and waits for the head of the answer.
    pub(super) async fn send(
        &self,
        request: Request<Upload>,
    ) -> Result<Response<impl AnswerBody>, Failure> {
        let client = self.client().map_err(|error| Failure::unusable(&error))?;
        let answer = match request.map(reqwest::Body::wrap).try_into() {
            Ok(request) => client.execute(request).await,
            Err(error) => Err(error),
        };
        match answer {
            Ok(answer) => Ok(answer.into()),
            Err(error) => Err(failure::of(error.without_url().into(), Stage::Asking)),
        }
    }

    fn client(&self) -> Result<&reqwest::Client> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let HttpSettings {
            proxy,
            connect_timeout,
            ..
        } = &*self.settings;
        let builder = reqwest::Client::builder()
            .tls_backend_preconfigured(self.tls.clone())
            .redirect(reqwest::redirect::Policy::none())
            // What may be sent again is decided once, in `client/call.rs`, where it is counted and told. It also spares a copy
            // of every request.
            .retry(reqwest::retry::never().max_retries_per_request(0))
            .connect_timeout(*connect_timeout)
            .connector_layer(InTime::layer(*connect_timeout))
            .pool_max_idle_per_host(usize::MAX)
            .tcp_nodelay(true);
        let client = proxy.apply(builder)?.build().map_err(|error| {
            Error::configuration("the HTTP client cannot be set up").caused_by(error)
        })?;
        Ok(self.client.get_or_init(|| client))
    }
}

/// Without the proxies, whose addresses may hold passwords.
impl fmt::Debug for ThroughProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ThroughProxy").finish_non_exhaustive()
    }
}
