//! Settings of a client, as Python gives them.

use std::{collections::HashMap, path::PathBuf, time::Duration};

use cyberark_identity::{CallOptions, Client, ClientBuilder, Error, Result};
use pyo3::{prelude::*, types::PyDict};

use crate::{auth::Source, listener::Listener, timeout::Timeout, token_cache::TokenCache};

/// Settings; what is None, or not there, keeps the core's default.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct Settings {
    /// None for a client that plays a tape.
    #[pyo3(default)]
    tenant_url: Option<String>,
    #[pyo3(default)]
    domain: Option<String>,
    #[pyo3(default)]
    auth: Option<Py<Source>>,
    #[pyo3(default)]
    token_cache: Option<Py<TokenCache>>,
    #[pyo3(default)]
    ca_file: Option<PathBuf>,
    #[pyo3(default)]
    allow_plain_http: Vec<String>,
    #[pyo3(default)]
    timeout: Option<f64>,
    #[pyo3(default)]
    connect_timeout: Option<f64>,
    #[pyo3(default)]
    read_timeout: Option<f64>,
    #[pyo3(default)]
    max_retries: Option<u32>,
    #[pyo3(default)]
    max_retry_after: Option<f64>,
    #[pyo3(default)]
    max_concurrency: Option<usize>,
    #[pyo3(default)]
    max_response_size: Option<u64>,
    #[pyo3(default)]
    proxy: Option<String>,
    #[pyo3(default)]
    no_proxy: Vec<String>,
    #[pyo3(default)]
    client_certificate: Option<PathBuf>,
    #[pyo3(default)]
    client_key: Option<PathBuf>,
    #[pyo3(default)]
    headers: HashMap<String, String>,
    user_agent: String,
    #[pyo3(default)]
    watch_drift: bool,
    #[pyo3(default)]
    record: Option<PathBuf>,
    #[pyo3(default)]
    replay: Option<PathBuf>,
    #[pyo3(default)]
    correlation_header: Option<String>,
    #[pyo3(default)]
    before: Option<Py<PyAny>>,
    #[pyo3(default)]
    after: Option<Py<PyAny>>,
}

impl Settings {
    /// Long, because each setting is one flat step.
    pub(crate) fn builder(self) -> Result<ClientBuilder> {
        let builder = match self.replay {
            Some(tape) => Client::replay(tape),
            None => Client::builder(self.tenant_url.unwrap_or_default()),
        };
        let listener = Listener::new(self.before, self.after);
        let mut builder = builder.user_agent(self.user_agent).observer(listener);
        if let Some(name) = self.correlation_header {
            builder = builder.correlation_header(name);
        }
        if self.watch_drift {
            builder = builder.watch_drift();
        }
        if let Some(path) = self.record {
            builder = builder.record(path);
        }
        if let Some(domain) = self.domain {
            builder = builder.domain(domain);
        }
        if let Some(auth) = self.auth {
            builder = builder.auth(auth.get().shared());
        }
        if let Some(cache) = self.token_cache {
            builder = builder.token_cache(cache.get().cache());
        }
        if let Some(path) = self.ca_file {
            builder = builder.ca_file(path);
        }
        for host in self.allow_plain_http {
            builder = builder.allow_plain_http(host);
        }
        for (name, value) in self.headers {
            builder = builder.header(name, value);
        }
        if let Some(timeout) = seconds("timeout", self.timeout)? {
            builder = builder.timeout(timeout);
        }
        if let Some(timeout) = seconds("connect_timeout", self.connect_timeout)? {
            builder = builder.connect_timeout(timeout);
        }
        if let Some(timeout) = seconds("read_timeout", self.read_timeout)? {
            builder = builder.read_timeout(timeout);
        }
        if let Some(retries) = self.max_retries {
            builder = builder.max_retries(retries);
        }
        if let Some(wait) = seconds("max_retry_after", self.max_retry_after)? {
            builder = builder.max_retry_after(wait);
        }
        if let Some(requests) = self.max_concurrency {
            builder = builder.max_concurrency(requests);
        }
        if let Some(bytes) = self.max_response_size {
            builder = builder.max_response_size(bytes);
        }
        if let Some(url) = self.proxy {
            builder = builder.proxy(url);
        }
        for host in self.no_proxy {
            builder = builder.no_proxy(host);
        }
        match (self.client_certificate, self.client_key) {
            (Some(certificate), Some(key)) => Ok(builder.client_certificate(certificate, key)),
            (None, None) => Ok(builder),
            _ => Err(half_a_client_certificate()),
        }
    }
}

fn half_a_client_certificate() -> Error {
    Error::configuration("`client_certificate` and `client_key` go together").hint("pass both")
}

fn seconds(name: &str, seconds: Option<f64>) -> Result<Option<Duration>> {
    let read = |seconds: f64| {
        Duration::try_from_secs_f64(seconds)
            .map_err(|error| Error::configuration(format!("{name}: {seconds} s: {error}")))
    };
    seconds.map(read).transpose()
}

/// Headers from any mapping.
pub(crate) fn headers(given: &Bound<'_, PyAny>) -> PyResult<HashMap<String, String>> {
    let dict = given.py().get_type::<PyDict>().call1((given,))?;
    dict.extract()
}

/// Options of a single call.
pub(crate) fn options(
    operation: &str,
    timeout: Option<Timeout>,
    headers: Option<HashMap<String, String>>,
) -> Result<CallOptions> {
    let mut options = timeout.unwrap_or_default().options(operation)?;
    for (name, value) in headers.into_iter().flatten() {
        options = options.header(&name, &value)?;
    }
    Ok(options)
}
