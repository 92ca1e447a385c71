//! Requests of a sign-in, by the same transport, headers and retries as every other call.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use secrecy::SecretString;
use serde::Deserialize;

use super::Token;
use crate::{
    body::Body,
    error::{Delivery, Error, ErrorKind, Result},
    observe::{Watch, What},
    operation::Retry,
    prepare,
    redact::Secrets,
    transport::{
        Attempts, Incoming, Outgoing, RetryPolicy, TenantUrl, Times, Transport, failed,
        notice_closed_connections, retry_after,
    },
};

/// What most requests of a sign-in are for.
pub(super) const SIGNING_IN: &str = "signing in";

/// What a token source may use of its client.
#[derive(Debug, Clone, Copy)]
pub struct Exchange<'a> {
    pub(crate) tenant: &'a TenantUrl,
    pub(crate) transport: &'a dyn Transport,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) retry: &'a RetryPolicy,
    /// The last token, which may have expired or been refused.
    pub(crate) last: Option<&'a Token>,
    /// The call that needs it.
    pub(crate) watch: &'a Watch<'a>,
}

/// A request of a sign-in.
#[derive(Debug)]
pub(super) struct Step<'a> {
    /// What errors call it.
    pub(super) name: &'static str,
    /// What it is for, in words for errors.
    pub(super) purpose: &'static str,
    /// Segments of the path, not escaped.
    pub(super) path: &'a [&'a str],
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    /// Whether asking twice does no harm.
    pub(super) retry: Retry,
}

impl<'a> Exchange<'a> {
    /// The address of the tenant.
    #[must_use]
    pub fn tenant_url(&self) -> &'a str {
        self.tenant.as_str()
    }

    /// What may be exchanged for a new token, if it came with the last one.
    pub(super) fn refresh_token(&self) -> Option<&'a SecretString> {
        self.last?.refresh_token()
    }

    /// The same for a keeper whose last token is known.
    pub(super) fn after(self, last: Option<&'a Token>) -> Self {
        Self { last, ..self }
    }

    /// The same at another host of the tenant.
    pub(super) fn at(self, tenant: &'a TenantUrl) -> Self {
        Self { tenant, ..self }
    }

    fn tell(&self, step: &str, attempt: u32, wait: Duration, error: &Error) {
        let what = What::Retrying {
            attempt,
            wait,
            error,
        };
        self.watch.tell_of(step, what);
    }

    /// Sends a request until there is an answer. One that says that the service is busy or broken is an error.
    pub(super) async fn send(&self, step: &Step<'_>) -> Result<Incoming> {
        let target = prepare::target(prepare::path_of(step.path), "")
            .map_err(|error| Error::configuration("no address to sign in").caused_by(error))?;
        let mut headers = self.headers.clone();
        headers.extend(step.headers.clone());
        let mut attempts = Attempts::new(self.retry, step.retry);
        loop {
            attempts.sent += 1;
            let outgoing = Outgoing {
                method: Method::POST,
                url: self.tenant.join(&target),
                headers: headers.clone(),
                body: Some(step.body.clone().into()),
                times: Times::default(),
            };
            if step.retry != Retry::Safe {
                notice_closed_connections().await;
            }
            let outcome = match self.transport.round_trip(outgoing).await {
                Ok(incoming) => step.unless_busy(incoming),
                Err(failure) => Err(failed(step.name, failure)),
            };
            match outcome {
                Ok(incoming) => return Ok(incoming),
                Err(error) => {
                    let error = error.with(|d| d.attempts = attempts.sent);
                    let told = |attempt, wait, error: &Error| {
                        self.tell(step.name, attempt, wait, error);
                    };
                    attempts.pause(error, told).await?;
                }
            }
        }
    }
}

impl<'a> Step<'a> {
    /// A form, which is how OAuth2 asks.
    pub(super) fn form(
        name: &'static str,
        path: &'a [&'a str],
        authorization: Option<HeaderValue>,
        fields: &[(&str, &str)],
    ) -> Self {
        let form = HeaderValue::from_static("application/x-www-form-urlencoded");
        let mut headers = HeaderMap::from_iter([(header::CONTENT_TYPE, form)]);
        headers.extend(authorization.map(|value| (header::AUTHORIZATION, value)));
        Self {
            name,
            purpose: SIGNING_IN,
            path,
            headers,
            body: prepare::form_of(fields).into(),
            retry: Retry::Safe,
        }
    }

    /// The same for another purpose than signing in.
    pub(super) fn to(self, purpose: &'static str) -> Self {
        Self { purpose, ..self }
    }

    /// The service may repeat what it was sent.
    fn named(&self, error: Error) -> Error {
        let body = Body::from(self.body.clone());
        Secrets::of(&self.headers, Some(&body))
            .hidden_in(error)
            .with(|d| d.operation = Some(self.name.to_owned()))
    }

    /// Reads a JSON answer.
    pub(super) fn read<'b, T: Deserialize<'b>>(
        &self,
        answer: &'b Incoming,
        missing: &str,
    ) -> Result<T> {
        // The parser's own words could quote a secret.
        serde_json::from_slice(&answer.body).map_err(|_| {
            let error = Error::new(ErrorKind::UnexpectedResponse, missing.to_owned());
            self.answered(answer.status, error.hint("check the tenant URL"))
        })
    }

    /// An error for what the service answered.
    pub(super) fn answered(&self, status: StatusCode, error: Error) -> Error {
        self.named(error).with(|d| {
            d.delivery = Delivery::Answered;
            d.status = Some(status.as_u16());
        })
    }

    /// Whatever the body says: a service that is busy has not looked at the credentials.
    fn unless_busy(&self, incoming: Incoming) -> Result<Incoming> {
        let status = incoming.status.as_u16();
        let kind = match status {
            429 => ErrorKind::RateLimited,
            500..=599 => ErrorKind::Server,
            300..=399 => ErrorKind::UnexpectedResponse,
            _ => return Ok(incoming),
        };
        let message = format!("{} failed with HTTP {status}", self.purpose);
        let error = Error::new(kind, message).hint("check the tenant URL and the application id");
        let error = self.answered(incoming.status, error);
        Err(error.with(|d| d.retry_after = retry_after(&incoming.headers)))
    }
}
