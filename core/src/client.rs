//! The client: one tenant, one credential, one pipeline.

mod builder;
mod call;
mod doctor;
mod follow;
mod pace;

use std::{fmt, sync::Arc};

use http::{HeaderMap, HeaderName};
use serde_json::Value;

pub use builder::ClientBuilder;
pub use pace::{Limited, Limits};

use self::pace::Pace;
use crate::{
    auth::{Exchange, Keeper},
    drift::{DriftReport, DriftWatch},
    error::{Delivery, Error, ErrorKind, Result},
    observe::{Observers, Watch},
    operation::{Operation, Spelling},
    options::CallOptions,
    prepare, registry,
    transport::{Payload, TenantUrl, Transport},
};

/// The operation that events name when a token is revoked.
const REVOKE: &str = "revoke";

/// A client of one tenant. Cheap to clone: clones share token and connections.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
    transport: Arc<dyn Transport>,
}

/// What the clones of a client share. Nothing here is bound to a runtime.
struct Shared {
    tenant: TenantUrl,
    keeper: Arc<Keeper>,
    headers: HeaderMap,
    settings: builder::Settings,
    /// None when pacing is off.
    pace: Option<Pace>,
    observers: Observers,
    /// The header that carries the ids of calls.
    correlation_header: Option<HeaderName>,
    /// None unless it was asked for.
    drift: Option<DriftWatch>,
}

/// A result, with the answer it was read from.
#[derive(Debug, Clone)]
pub struct Response<T> {
    /// The result.
    pub value: T,
    /// Status, headers and body.
    pub payload: Payload,
}

impl Client {
    /// Starts building a client of the tenant at `tenant_url`: an `https://` URL, a host name, or the tenant's id.
    #[must_use]
    pub fn builder(tenant_url: impl Into<String>) -> ClientBuilder {
        ClientBuilder::new(tenant_url)
    }

    /// Makes a client from the environment: `CYBERARK_IDENTITY_TENANT_URL` with `_APP_ID`, `_CLIENT_ID`,
    /// `_CLIENT_SECRET` and optionally `_SCOPE`, or `_TOKEN`, and `_CA_FILE`.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) naming the variable that is missing.
    pub fn from_env() -> Result<Self> {
        ClientBuilder::from_env()?.build()
    }

    /// Starts building a client that replays a tape, recorded with [`ClientBuilder::record`] in any language: nothing is sent,
    /// and nobody is asked to sign in. Equal requests are answered at once, in the order in which they were recorded, and a
    /// request that is not on the tape is a [`Configuration`](crate::ErrorKind::Configuration) error that names the closest
    /// one.
    ///
    /// No credentials are needed. With `auth`, signing in is replayed as well.
    ///
    /// ```no_run
    /// # async fn example() -> cyberark_identity::Result<()> {
    /// let client = cyberark_identity::Client::replay("tests/people.tape").build()?;
    /// let user = client.users().get_by_name("ana@example.com").await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn replay(path: impl Into<std::path::PathBuf>) -> ClientBuilder {
        ClientBuilder::replaying(crate::tape::TapeSource::File(path.into()))
    }

    /// URL of the tenant.
    #[must_use]
    pub fn tenant_url(&self) -> &str {
        self.shared.tenant.as_str()
    }

    /// A client with the same token but its own connections, for use on another runtime.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) if certificates cannot be read.
    pub fn with_own_connections(&self) -> Result<Self> {
        Ok(Self {
            shared: self.shared.clone(),
            transport: self.shared.settings.transport()?,
        })
    }

    /// Runs an operation.
    ///
    /// # Errors
    /// Any kind of [`ErrorKind`](crate::ErrorKind).
    pub async fn send<O: Operation>(
        &self,
        operation: &O,
        options: &CallOptions,
    ) -> Result<O::Output> {
        Ok(self.send_raw(operation, options).await?.value)
    }

    /// Runs an operation, and returns status, headers and body along with the result.
    ///
    /// # Errors
    /// Any kind of [`ErrorKind`](crate::ErrorKind).
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

    /// Runs an operation by its name, or by its id in the integration catalogue. Arguments and result are JSON with wire
    /// names; dates are in ISO 8601.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) for an unknown name; otherwise any kind of
    /// [`ErrorKind`](crate::ErrorKind).
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

    /// Ends the token and its refresh token at the service, and forgets both. The next call signs in again, where that is
    /// possible. Nothing is sent if there is no token.
    ///
    /// A token issued by an application is revoked (RFC 7009) with the credentials of the client; for any other, the session
    /// is logged out, which ends a [`StaticToken`](crate::StaticToken) for everybody who uses it. Confidence: medium; whether
    /// a client without a secret may revoke was not recorded.
    ///
    /// # Errors
    /// [`Authentication`](crate::ErrorKind::Authentication) if the service refuses; otherwise any kind of
    /// [`ErrorKind`](crate::ErrorKind). The token is then kept.
    pub async fn revoke(&self, options: &CallOptions) -> Result<()> {
        let timeout = options.timeout.unwrap_or(self.shared.settings.timeout);
        let headers = self.headers(options);
        let watch = self.watch(REVOKE, options);
        let exchange = Exchange {
            headers: &headers,
            ..self.exchange(&watch)
        };
        let outcome = tokio::time::timeout(timeout, self.shared.keeper.revoke(exchange)).await;
        let outcome = outcome.unwrap_or_else(|_| {
            let message = format!(
                "the token was not revoked within {} s",
                timeout.as_secs_f64()
            );
            Err(Error::new(ErrorKind::Timeout, message)
                .hint("raise `timeout` if it may take longer")
                .with(|d| d.delivery = Delivery::Unknown))
        });
        outcome.map_err(|error| error.with(|d| d.call_id = Some(watch.id)))
    }

    /// Pacing of this client and its clones: the current limit, the load, and the last refusal.
    #[must_use]
    pub fn limits(&self) -> Limits {
        let pace = self.shared.pace.as_ref();
        let (retries, retries_refused) = self.shared.settings.retry.repeats();
        Limits {
            retries,
            retries_refused,
            ..pace.map_or_else(Limits::default, Pace::limits)
        }
    }

    fn watch(&self, operation: &'static str, options: &CallOptions) -> Watch<'_> {
        let Shared {
            observers,
            correlation_header,
            ..
        } = &*self.shared;
        Watch::new(
            observers,
            operation,
            options.call_id,
            correlation_header.as_ref(),
        )
    }

    /// How the answers so far differ from what is known about their operations; none unless the client was built with
    /// [`ClientBuilder::watch_drift`]. Clones of a client share one report. It prints as a table.
    #[must_use]
    pub fn drift(&self) -> Option<DriftReport> {
        self.shared.drift.as_ref().map(DriftWatch::report)
    }

    /// The client's own headers, and those of the call.
    fn headers(&self, options: &CallOptions) -> HeaderMap {
        let mut headers = self.shared.headers.clone();
        headers.extend(options.headers.clone());
        headers
    }

    fn exchange<'a>(&'a self, watch: &'a Watch<'a>) -> Exchange<'a> {
        Exchange {
            tenant: &self.shared.tenant,
            transport: &*self.transport,
            headers: &self.shared.headers,
            retry: &self.shared.settings.retry,
            last: None,
            watch,
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
