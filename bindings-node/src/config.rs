//! From the settings of a `Client` in TypeScript to a client of the core.

use std::{collections::BTreeMap, time::Duration};

use cyberark_identity::{Client, ClientBuilder, ClientCredentials, Error, Result, StaticToken};
use serde::Deserialize;

use crate::{json, options::milliseconds};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Settings {
    tenant_url: String,
    domain: Option<String>,
    auth: Option<Auth>,
    ca_file: Option<String>,
    #[serde(default)]
    allow_plain_http: Vec<String>,
    timeout_ms: Option<f64>,
    connect_timeout_ms: Option<f64>,
    max_retries: Option<u32>,
    max_retry_after_ms: Option<f64>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    user_agent: Option<String>,
}

/// Made by the classes of auth.ts, which have checked the types: a parser's message could quote a secret.
#[derive(Deserialize)]
#[serde(
    rename_all = "camelCase",
    rename_all_fields = "camelCase",
    tag = "kind"
)]
enum Auth {
    ClientCredentials {
        app_id: String,
        client_id: String,
        client_secret: String,
        scope: Option<String>,
    },
    StaticToken {
        token: String,
    },
}

/// Builds a client from JSON settings.
pub(crate) fn build(json: &str) -> Result<Client> {
    let settings: Settings =
        json::read(json).map_err(|error| refused(&error.path, &error.problem))?;
    let mut builder =
        Client::builder(settings.tenant_url).user_agent(user_agent(settings.user_agent.as_deref()));
    if let Some(domain) = settings.domain {
        builder = builder.domain(domain);
    }
    builder = match settings.auth {
        Some(auth) => with_auth(builder, auth)?,
        None => builder,
    };
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
    if let Some(retries) = settings.max_retries {
        builder = builder.max_retries(retries);
    }
    if let Some(ms) = settings.max_retry_after_ms {
        let wait = Duration::try_from_secs_f64(ms / 1000.0)
            .map_err(|_| refused("maxRetryAfterMs", "must be a number of milliseconds"))?;
        builder = builder.max_retry_after(wait);
    }
    for (name, value) in settings.headers {
        builder = builder.header(name, value);
    }
    builder.build()
}

fn with_auth(builder: ClientBuilder, auth: Auth) -> Result<ClientBuilder> {
    Ok(match auth {
        Auth::StaticToken { token } => builder.auth(StaticToken::new(token)?),
        Auth::ClientCredentials {
            app_id,
            client_id,
            client_secret,
            scope,
        } => {
            let credentials = ClientCredentials::new(app_id, client_id, client_secret)?;
            builder.auth(match scope {
                Some(scope) => credentials.scope(scope),
                None => credentials,
            })
        }
    })
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
