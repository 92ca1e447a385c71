//! The client: one tenant, one credential, one pipeline.

mod builder;

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use http::{HeaderMap, header};
use serde_json::Value;

pub use builder::ClientBuilder;

use crate::{
    auth::{Exchange, Keeper, Token},
    error::{Delivery, Error, ErrorKind, Result},
    operation::{Operation, Spelling},
    options::CallOptions,
    prepare::{self, Prepared},
    registry,
    transport::{Attempts, Outgoing, Payload, TenantUrl, Transport, failed, recognise},
};

/// A client of one tenant. Cheap to clone: clones share token and connections.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
    transport: Arc<dyn Transport>,
}

/// What the copies of a client have in common. Nothing here is bound to a runtime.
struct Shared {
    tenant: TenantUrl,
    keeper: Keeper,
    headers: HeaderMap,
    settings: builder::Settings,
}

/// A result together with the answer it was read from.
#[derive(Debug, Clone)]
pub struct Response<T> {
    /// The result.
    pub value: T,
    /// Status, headers and body.
    pub payload: Payload,
}

impl Client {
    /// Starts a client of the tenant at `tenant_url`: an `https://` address, a host name, or the tenant's id.
    #[must_use]
    pub fn builder(tenant_url: impl Into<String>) -> ClientBuilder {
        ClientBuilder::new(tenant_url)
    }

    /// Starts a client from the environment: `CYBERARK_IDENTITY_TENANT_URL` with `_APP_ID`, `_CLIENT_ID`,
    /// `_CLIENT_SECRET` or `_TOKEN`, and `_CA_FILE`.
    ///
    /// # Errors
    /// [`Configuration`](ErrorKind::Configuration) naming the variable that is missing.
    pub fn from_env() -> Result<Self> {
        ClientBuilder::from_env()?.build()
    }

    /// The address of the tenant.
    #[must_use]
    pub fn tenant_url(&self) -> &str {
        self.shared.tenant.as_str()
    }

    /// A client with the same token but its own connections, for use on another runtime.
    ///
    /// # Errors
    /// [`Configuration`](ErrorKind::Configuration) when certificates cannot be read.
    pub fn with_own_connections(&self) -> Result<Self> {
        Ok(Self {
            shared: self.shared.clone(),
            transport: Arc::new(self.shared.settings.transport()?),
        })
    }

    /// Runs an operation.
    ///
    /// # Errors
    /// Any kind of [`ErrorKind`].
    pub async fn send<O: Operation>(
        &self,
        operation: &O,
        options: &CallOptions,
    ) -> Result<O::Output> {
        Ok(self.send_raw(operation, options).await?.value)
    }

    /// Runs an operation and returns status, headers and body besides the result.
    ///
    /// # Errors
    /// Any kind of [`ErrorKind`].
    pub async fn send_raw<O: Operation>(
        &self,
        operation: &O,
        options: &CallOptions,
    ) -> Result<Response<O::Output>> {
        let payload = self
            .dispatch(&prepare::prepare(operation)?, options)
            .await?;
        let value = payload.read()?;
        Ok(Response { value, payload })
    }

    /// Runs an operation by its name, or by its id in the integration catalogue. Arguments and result are JSON with the
    /// wire's names; dates come in ISO 8601.
    ///
    /// # Errors
    /// [`InvalidArgument`](ErrorKind::InvalidArgument) for a name that no operation has; else any kind of
    /// [`ErrorKind`].
    pub async fn call(
        &self,
        name_or_id: &str,
        arguments: Value,
        options: &CallOptions,
    ) -> Result<Value> {
        let entry = registry::find(name_or_id).ok_or_else(|| {
            Error::invalid_argument(name_or_id, "", "there is no operation of that name or id")
        })?;
        let prepared = entry.prepare(arguments, Spelling::Wire)?;
        entry.decode(&self.dispatch(&prepared, options).await?)
    }

    /// The pipeline: sends a prepared request until there is proof of success, an error, or no time left.
    ///
    /// # Errors
    /// Any kind of [`ErrorKind`].
    pub async fn dispatch(&self, prepared: &Prepared, options: &CallOptions) -> Result<Payload> {
        let timeout = options.timeout.unwrap_or(self.shared.settings.timeout);
        let sent = AtomicU32::new(0);
        match tokio::time::timeout(timeout, self.attempt(prepared, options, &sent)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(out_of_time(prepared, timeout, sent.load(Ordering::Relaxed))),
        }
    }

    async fn attempt(
        &self,
        prepared: &Prepared,
        options: &CallOptions,
        sent: &AtomicU32,
    ) -> Result<Payload> {
        let meta = prepared.meta;
        let mut attempts = Attempts::new(self.shared.settings.retry, meta.retry);
        let mut renewed = false;
        loop {
            let token = self.shared.keeper.token(self.exchange()).await?;
            sent.fetch_add(1, Ordering::Relaxed);
            attempts.sent += 1;
            let outgoing = self.outgoing(prepared, &token, options);
            let outcome = match self.transport.round_trip(outgoing).await {
                Ok(incoming) => recognise(meta, incoming),
                Err(failure) => Err(failed(meta.name, failure)),
            };
            let error = match outcome {
                Ok(payload) => return Ok(payload),
                Err(error) => error.with(|d| d.attempts = attempts.sent),
            };
            if error.kind() == ErrorKind::Authentication
                && !renewed
                && self.shared.keeper.discard(&token)
            {
                renewed = true;
                continue;
            }
            attempts.pause(explain_refusal(error)).await?;
        }
    }

    fn exchange(&self) -> Exchange<'_> {
        Exchange {
            tenant: &self.shared.tenant,
            transport: &*self.transport,
            headers: &self.shared.headers,
            retry: self.shared.settings.retry,
        }
    }

    fn outgoing(&self, prepared: &Prepared, token: &Token, options: &CallOptions) -> Outgoing {
        let mut headers = self.shared.headers.clone();
        headers.insert(header::AUTHORIZATION, token.header());
        headers.insert(header::CONTENT_TYPE, prepared.content_type.clone());
        headers.extend(options.headers.clone());
        Outgoing {
            method: prepared.meta.verb.method(),
            url: self.shared.tenant.join(&prepared.path, &prepared.query),
            headers,
            body: prepared.body.clone(),
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("tenant_url", &self.tenant_url())
            .finish_non_exhaustive()
    }
}

fn out_of_time(prepared: &Prepared, timeout: std::time::Duration, sent: u32) -> Error {
    let message = format!("no answer within {} s", timeout.as_secs_f64());
    Error::new(ErrorKind::Timeout, message).with(|d| {
        d.operation = Some(prepared.meta.name.to_owned());
        d.delivery = if sent == 0 {
            Delivery::NotSent
        } else {
            Delivery::Unknown
        };
        d.attempts = sent;
    })
}

fn explain_refusal(error: Error) -> Error {
    match error.kind() {
        ErrorKind::Authentication if error.details().hint.is_none() => error
            .hint("the token was refused: it may have expired, or lack the scope for this call"),
        _ => error,
    }
}
