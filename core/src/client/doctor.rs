//! How the doctor gets to examine a client.

use std::sync::Arc;

use super::{Client, ClientBuilder, builder};
use crate::{
    auth::{Exchange, StaticToken, Token},
    doctor::{self, Patient, Report},
    error::{Error, ErrorKind, Result},
    options::CallOptions,
};

/// The operation that events name for a sign-in of the doctor.
const DOCTOR: &str = "doctor";

/// Takes the place of missing credentials. It is never sent.
const NO_TOKEN: &str = "none";

impl Client {
    /// Checks everything between this program and its tenant, and says what to change: settings, DNS, proxy, TLS (naming a
    /// CA that inspects it), clocks, signing in, the claims of the token, and what the credential may call. See
    /// [`doctor`](crate::doctor).
    ///
    /// Besides signing in, if the client has no token yet, only reads are sent. The time-out of `options` applies to each
    /// request.
    pub async fn doctor(&self, options: &CallOptions) -> Report {
        self.examined(options, None).await
    }

    /// The same for a client whose credentials take the place of missing ones, for the reason given. They are not used:
    /// everything is checked except signing in and what comes after it.
    pub async fn doctor_without(&self, credentials: Error, options: &CallOptions) -> Report {
        self.examined(options, Some(credentials)).await
    }

    async fn examined(&self, options: &CallOptions, no_credentials: Option<Error>) -> Report {
        let watch = self.watch(DOCTOR, options);
        let headers = self.headers(options);
        let exchange = Exchange {
            headers: &headers,
            ..self.exchange(&watch)
        };
        doctor::examine(&self.patient(exchange, options, no_credentials)).await
    }

    fn patient<'a>(
        &'a self,
        exchange: Exchange<'a>,
        options: &'a CallOptions,
        no_credentials: Option<Error>,
    ) -> Patient<'a> {
        Patient {
            client: self,
            tenant: &self.shared.tenant,
            http: &self.shared.settings.http,
            keeper: &self.shared.keeper,
            exchange,
            by_http: !self.shared.settings.own_transport,
            options,
            no_credentials,
        }
    }

    /// The token of this client, within the time for a call unless people are asked.
    pub(crate) async fn token_within(
        &self,
        exchange: Exchange<'_>,
        options: &CallOptions,
    ) -> Result<Arc<Token>> {
        let keeper = &self.shared.keeper;
        if keeper.asks_people() {
            return keeper.token(exchange).await;
        }
        let timeout = options.timeout.unwrap_or(self.shared.settings.timeout);
        let fetched = tokio::time::timeout(timeout, keeper.token(exchange)).await;
        fetched.unwrap_or_else(|_| {
            let message = format!("no token within {} s", timeout.as_secs_f64());
            Err(Error::new(ErrorKind::Timeout, message))
        })
    }
}

impl ClientBuilder {
    /// Like [`Client::doctor`], for settings that may not make a client. Mistakes in them appear in the report and are not
    /// errors. Without credentials, the route to the tenant is still checked.
    pub async fn doctor(self, options: &CallOptions) -> Report {
        match self.has_auth() {
            true => self.examined(options, None).await,
            false => {
                self.examined(options, Some(builder::no_credentials()))
                    .await
            }
        }
    }

    /// The same with settings from the environment, as [`Client::from_env`] reads them. The report says what is missing there.
    pub async fn doctor_from_env(options: &CallOptions) -> Report {
        match Self::parts_of_env() {
            Ok((builder, missing)) => builder.examined(options, missing).await,
            Err(error) => doctor::misconfigured(&error),
        }
    }

    async fn examined(self, options: &CallOptions, no_credentials: Option<Error>) -> Report {
        let stand_in = no_credentials.as_ref().map(|_| StaticToken::new(NO_TOKEN));
        let client = match stand_in.transpose() {
            Ok(Some(stand_in)) => self.auth(stand_in).build(),
            Ok(None) => self.build(),
            Err(error) => Err(error),
        };
        match client {
            Ok(client) => client.examined(options, no_credentials).await,
            Err(error) => doctor::misconfigured(&error),
        }
    }
}
