//! From the settings of a `Client` in TypeScript to a client of the core.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use cyberark_identity::{Client, Error, Result, SharedSource, TokenCache};
use serde::Deserialize;

use crate::{json, listener::Listener, options::milliseconds};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Settings {
    tenant_url: Option<String>,
    domain: Option<String>,
    token_cache: Option<CachePlace>,
    ca_file: Option<String>,
    #[serde(default)]
    allow_plain_http: Vec<String>,
    timeout_ms: Option<f64>,
    connect_timeout_ms: Option<f64>,
    read_timeout_ms: Option<f64>,
    max_retries: Option<u32>,
    max_retry_after_ms: Option<f64>,
    max_concurrency: Option<usize>,
    max_response_size: Option<u64>,
    proxy: Option<String>,
    #[serde(default)]
    no_proxy: Vec<String>,
    client_certificate: Option<String>,
    client_key: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    user_agent: Option<String>,
    #[serde(default)]
    watch_drift: Option<bool>,
    record: Option<PathBuf>,
    /// Instead of the URL of a tenant.
    replay: Option<PathBuf>,
    correlation_header: Option<String>,
}

/// Made by the class of token-cache.ts.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum CachePlace {
    File(PathBuf),
    Keyring,
    ForUser,
}

impl From<CachePlace> for TokenCache {
    fn from(place: CachePlace) -> Self {
        match place {
            CachePlace::File(path) => Self::file(path),
            CachePlace::Keyring => Self::keyring(),
            CachePlace::ForUser => Self::for_user(),
        }
    }
}

/// Builds a client from JSON settings and a way to sign in. Long, because each setting is one flat step.
pub(crate) fn build(json: &str, source: Option<SharedSource>) -> Result<Client> {
    let settings: Settings =
        json::read(json).map_err(|error| refused(&error.path, &error.problem))?;
    let builder = match settings.replay {
        Some(tape) => Client::replay(tape),
        None => Client::builder(settings.tenant_url.unwrap_or_default()),
    };
    let mut builder = builder.user_agent(user_agent(settings.user_agent.as_deref()));
    if settings.watch_drift == Some(true) {
        builder = builder.watch_drift();
    }
    if let Some(path) = settings.record {
        builder = builder.record(path);
    }
    if let Some(domain) = settings.domain {
        builder = builder.domain(domain);
    }
    if let Some(source) = source {
        builder = builder.auth(source);
    }
    if let Some(place) = settings.token_cache {
        builder = builder.token_cache(place.into());
    }
    if let Some(path) = settings.ca_file {
        builder = builder.ca_file(path);
    }
    for host in settings.allow_plain_http {
        builder = builder.allow_plain_http(host);
    }
    if let Some(timeout) = span("timeoutMs", settings.timeout_ms)? {
        builder = builder.timeout(timeout);
    }
    if let Some(timeout) = span("connectTimeoutMs", settings.connect_timeout_ms)? {
        builder = builder.connect_timeout(timeout);
    }
    if let Some(timeout) = span("readTimeoutMs", settings.read_timeout_ms)? {
        builder = builder.read_timeout(timeout);
    }
    if let Some(retries) = settings.max_retries {
        builder = builder.max_retries(retries);
    }
    if let Some(ms) = settings.max_retry_after_ms {
        let wait = Duration::try_from_secs_f64(ms / 1000.0)
            .map_err(|_| refused("maxRetryAfterMs", "must be a number of milliseconds"))?;
        builder = builder.max_retry_after(wait);
    }
    if let Some(requests) = settings.max_concurrency {
        builder = builder.max_concurrency(requests);
    }
    if let Some(bytes) = settings.max_response_size {
        builder = builder.max_response_size(bytes);
    }
    if let Some(url) = settings.proxy {
        builder = builder.proxy(url);
    }
    for host in settings.no_proxy {
        builder = builder.no_proxy(host);
    }
    builder = match (settings.client_certificate, settings.client_key) {
        (Some(certificate), Some(key)) => builder.client_certificate(certificate, key),
        (None, None) => builder,
        _ => {
            return Err(refused(
                "clientCertificate",
                "goes together with `clientKey`",
            ));
        }
    };
    if let Some(name) = settings.correlation_header {
        builder = builder.correlation_header(name);
    }
    for (name, value) in settings.headers {
        builder = builder.header(name, value);
    }
    builder.observer(Listener).build()
}

fn span(setting: &str, ms: Option<f64>) -> Result<Option<Duration>> {
    ms.map(milliseconds)
        .transpose()
        .map_err(|problem| refused(setting, problem))
}

fn refused(setting: &str, problem: &str) -> Error {
    Error::configuration(format!("setting `{setting}`: {problem}"))
}

fn user_agent(suffix: Option<&str>) -> String {
    let own = concat!("cyberark-identity-node/", env!("CARGO_PKG_VERSION"));
    match suffix {
        Some(suffix) => format!("{own} {suffix}"),
        None => own.to_owned(),
    }
}
