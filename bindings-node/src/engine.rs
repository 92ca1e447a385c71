//! A client of one tenant, as JavaScript holds it.

use cyberark_identity::{CallOptions, Client, Entry, Error, Prepared, Result, Spelling, find};
use napi::bindgen_prelude::Either;
use napi_derive::napi;

use crate::{
    answer::{Form, Outcome},
    auth::Source,
    config,
    draft::Draft,
    failure, json, options,
};

/// A client of one tenant. JavaScript cannot look into it, so credentials stay here.
#[napi]
#[derive(Debug)]
pub struct Engine {
    client: Option<Client>,
}

/// A call that has been checked but not sent.
pub(crate) struct Request {
    client: Client,
    prepared: Prepared,
    options: CallOptions,
}

impl Request {
    /// Sends it.
    pub(crate) async fn run(self, form: Form) -> Outcome {
        let result = self.client.dispatch(&self.prepared, &self.options);
        let result = result.await.map_err(options::respelled_time);
        Outcome::of(result, form)
    }
}

/// Makes a client from JSON settings without opening a connection, or returns the JSON of the error.
#[napi(catch_unwind)]
pub fn open_engine(settings: String, source: Option<&Source>) -> Either<Engine, String> {
    match config::build(&settings, source.map(Source::shared)) {
        Ok(client) => Either::A(Engine {
            client: Some(client),
        }),
        Err(error) => Either::B(failure::to_json(&error)),
    }
}

#[napi]
impl Engine {
    /// URL of the tenant as it is used; null once closed.
    #[napi(getter, catch_unwind)]
    pub fn tenant_url(&self) -> Option<String> {
        let client = self.client.as_ref()?;
        Some(client.tenant_url().to_owned())
    }

    /// Its pacing, as JSON; null once closed.
    #[napi(catch_unwind)]
    pub fn limits(&self) -> Option<String> {
        let limits = self.client.as_ref()?.limits();
        let ms = |time: std::time::Duration| time.as_secs_f64() * 1000.0;
        let told = serde_json::json!({
            "limit": limits.limit,
            "inFlight": limits.in_flight,
            "waiting": limits.waiting,
            "rate": limits.rate,
            "requests": limits.requests,
            "waits": limits.waits,
            "waitedMs": ms(limits.waited),
            "heldForMs": limits.held_for.map(ms),
            "limitedStatus": limits.limited.map(|limited| limited.status),
            "limitedRetryAfterMs": limits.limited.and_then(|limited| limited.retry_after).map(ms),
            "limitedAgoMs": limits.limited_ago.map(ms),
            "retries": limits.retries,
            "retriesRefused": limits.retries_refused,
        });
        Some(told.to_string())
    }

    /// How answers differ from what is known, as JSON: null unless it watches for drift. None once closed.
    #[napi(catch_unwind)]
    pub fn drift(&self) -> Option<String> {
        let report = self.client.as_ref()?.drift();
        let told = report.map(|report| {
            let drifts = report.drifts.iter().map(|drift| {
                serde_json::json!({
                    "operation": drift.operation,
                    "path": drift.path,
                    "change": drift.change.as_str(),
                    "expected": drift.expected,
                    "found": drift.found,
                    "count": drift.count,
                })
            });
            serde_json::json!({
                "answers": report.answers,
                "drifts": drifts.collect::<Vec<_>>(),
                "others": report.others,
                "text": report.to_string(),
            })
        });
        Some(serde_json::json!(told).to_string())
    }

    /// Closes its connections. Calls in progress continue until they are cancelled.
    #[napi(catch_unwind)]
    pub fn close(&mut self) {
        self.client = None;
    }
}

impl Engine {
    /// Checks everything about a call.
    pub(crate) fn request(
        &self,
        operation: &str,
        arguments: &str,
        options: Option<&str>,
    ) -> Result<Request> {
        let client = self.client()?;
        let entry = entry(operation)?;
        let arguments = json::parse(arguments)
            .map_err(|error| Error::invalid_argument(entry.meta.name, "", &error.to_string()))?;
        Ok(Request {
            client,
            prepared: entry.prepare(arguments, Spelling::Camel)?,
            options: options::read(entry.meta.name, options)?,
        })
    }

    /// Takes over a call that has been checked.
    pub(crate) fn finish(&self, draft: &mut Draft, options: Option<&str>) -> Result<Request> {
        let prepared = draft.take()?;
        Ok(Request {
            client: self.client()?,
            options: options::read(prepared.meta.name, options)?,
            prepared,
        })
    }

    /// Checks the options for revoking the token.
    pub(crate) fn revocation(
        &self,
        operation: &str,
        options: Option<&str>,
    ) -> Result<impl Future<Output = Outcome> + Send + use<>> {
        let client = self.client()?;
        let options = options::read(operation, options)?;
        Ok(async move { Outcome::done(client.revoke(&options).await) })
    }

    pub(crate) fn client(&self) -> Result<Client> {
        self.client.clone().ok_or_else(Error::closed)
    }
}

/// What is known about an operation, by its name or id.
pub(crate) fn entry(operation: &str) -> Result<&'static Entry> {
    find(operation).ok_or_else(|| {
        let problem = format!("there is no operation `{operation}`");
        Error::invalid_argument("call", "operation", &problem).hint("operations() lists them")
    })
}
