//! Requests of a sign-in, by the same transport, headers and retries as every other call.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, header};
use serde::de::DeserializeOwned;

use crate::{
    error::{Delivery, Error, ErrorKind, Result},
    operation::Retry,
    prepare,
    transport::{
        Attempts, Incoming, OAuthError, Outgoing, RetryPolicy, TenantUrl, Transport, failed,
        retry_after,
    },
};

const OPERATION: &str = "oauth2.token";

/// What a token source may use of its client.
#[derive(Debug, Clone, Copy)]
pub struct Exchange<'a> {
    pub(crate) tenant: &'a TenantUrl,
    pub(crate) transport: &'a dyn Transport,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) retry: &'a RetryPolicy,
}

impl Exchange<'_> {
    /// Posts a form to the path of these segments and reads the JSON answer. Asking for a token twice does no harm, so
    /// it is repeated like a read.
    pub(crate) async fn post_form<T: DeserializeOwned>(
        &self,
        path: &[&str],
        authorization: HeaderValue,
        form: &[(&str, &str)],
    ) -> Result<T> {
        let url = self.tenant.join(&prepare::path_of(path), "");
        let mut headers = self.headers.clone();
        headers.insert(header::AUTHORIZATION, authorization);
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/x-www-form-urlencoded"),
        );
        let body = Bytes::from(prepare::form_of(form));
        let mut attempts = Attempts::new(self.retry, Retry::Safe);
        loop {
            attempts.sent += 1;
            let outgoing = Outgoing {
                method: Method::POST,
                url: url.clone(),
                headers: headers.clone(),
                body: Some(body.clone().into()),
            };
            let outcome = match self.transport.round_trip(outgoing).await {
                Ok(incoming) => judge(incoming),
                Err(failure) => Err(failed(OPERATION, failure)),
            };
            match outcome {
                Ok(answer) => return Ok(answer),
                Err(error) => {
                    attempts
                        .pause(error.with(|d| d.attempts = attempts.sent))
                        .await?
                }
            }
        }
    }
}

fn judge<T: DeserializeOwned>(incoming: Incoming) -> Result<T> {
    let status = incoming.status.as_u16();
    let error = match serde_json::from_slice::<OAuthError>(&incoming.body) {
        // Whatever the body says: a service that is busy has not looked at the credentials.
        _ if matches!(status, 429 | 500..=599) => without_reason(status),
        Ok(refused) => refusal(refused),
        Err(_) if incoming.status.is_success() => match serde_json::from_slice(&incoming.body) {
            Ok(answer) => return Ok(answer),
            // The parser's own words could quote the token.
            Err(_) => Error::new(ErrorKind::UnexpectedResponse, "the answer holds no token")
                .hint("check the tenant URL"),
        },
        Err(_) => without_reason(status),
    };
    Err(error.with(|d| {
        d.operation = Some(OPERATION.to_owned());
        d.delivery = Delivery::Answered;
        d.status = Some(status);
        d.retry_after = retry_after(&incoming.headers);
    }))
}

fn refusal(refused: OAuthError) -> Error {
    let said = refused
        .error_description
        .unwrap_or_else(|| refused.error.clone());
    Error::new(
        ErrorKind::Authentication,
        format!("signing in failed: {said}"),
    )
    .hint("check application id, client id, secret and scope")
    .with(|d| d.code = Some(refused.error))
}

fn without_reason(status: u16) -> Error {
    let kind = match status {
        429 => ErrorKind::RateLimited,
        500..=599 => ErrorKind::Server,
        300..=399 => ErrorKind::UnexpectedResponse,
        _ => ErrorKind::Authentication,
    };
    Error::new(kind, format!("signing in failed with HTTP {status}"))
        .hint("check the tenant URL and the application id")
}
