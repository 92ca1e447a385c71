//! The calls of one sign-in, with what belongs to all of them: the host, and its cookies.

use std::{collections::BTreeMap, time::Duration};

use http::{HeaderMap, HeaderValue, header};
use serde_json::{Value, json};

use super::{
    super::{
        Exchange,
        exchange::{SIGNING_IN, Step},
    },
    failure,
    package::{Answered, Progress},
};
use crate::{
    error::{Error, ErrorKind, Result},
    operation::Retry,
    transport::{Envelope, Incoming, TenantUrl, envelope_text},
};

/// Hosts that a sign-in may be sent on to, one after the other.
const MOST_PODS: usize = 3;

/// How often is asked whether a person has approved. Programs ask every 0.5 to 5 s. Confidence: high.
pub(super) const POLL_EVERY: Duration = Duration::from_secs(1);

pub(super) const START: &str = "security.start_authentication";
pub(super) const ADVANCE: &str = "security.advance_authentication";
pub(super) const STATUS: &str = "security.oob_auth_status";

pub(super) struct Conversation<'a> {
    exchange: Exchange<'a>,
    /// Where the sign-in goes on, if not at the client's tenant.
    pod: Option<TenantUrl>,
    cookies: BTreeMap<String, String>,
}

impl<'a> Conversation<'a> {
    pub(super) fn new(exchange: Exchange<'a>) -> Self {
        Self {
            exchange,
            pod: None,
            cookies: BTreeMap::new(),
        }
    }

    /// Begins, at the host that the service names for this user.
    pub(super) async fn start(&mut self, user: &str) -> Result<Progress> {
        let question = json!({
            "User": user,
            "Version": "1.0",
            "PlatformTokenResponse": true,
            "MfaRequestor": "DeviceAgent",
        });
        for _ in 0..=MOST_PODS {
            let path = ["Security", "StartAuthentication"];
            let answered = self.call(START, &path, &question, Retry::Safe).await?;
            match &answered.pod_fqdn {
                // In other answers it only says where they come from.
                Some(pod) if answered.session_id.is_none() && answered.auth.is_none() => {
                    self.pod = Some(self.exchange.tenant.pod(pod)?);
                    self.cookies.clear();
                }
                _ => {
                    let progress = answered.progress(None);
                    return progress
                        .ok_or_else(|| refused("the service does not say what it asks for"));
                }
            }
        }
        Err(refused("one host sends the sign-in on to the next"))
    }

    /// Takes a step with a mechanism.
    pub(super) async fn advance(
        &mut self,
        session: &str,
        mechanism: &str,
        action: &str,
        answer: Option<Value>,
    ) -> Result<Answered> {
        let mut step = json!({
            "SessionId": session,
            "MechanismId": mechanism,
            "Action": action,
        });
        if let Some(answer) = answer {
            step["Answer"] = answer;
        }
        // An answer that is sent twice counts twice, and a message that is asked for twice comes twice.
        let retry = match action {
            "Poll" => Retry::Safe,
            _ => Retry::Write,
        };
        let path = ["Security", "AdvanceAuthentication"];
        self.call(ADVANCE, &path, &step, retry).await
    }

    /// How far signing in at another identity provider is.
    pub(super) async fn status_elsewhere(&mut self, session: &str) -> Result<Answered> {
        let question = json!({ "SessionId": session });
        let path = ["Security", "OobAuthStatus"];
        self.call(STATUS, &path, &question, Retry::Safe).await
    }

    async fn call(
        &mut self,
        name: &'static str,
        path: &[&str],
        body: &Value,
        retry: Retry,
    ) -> Result<Answered> {
        let json = HeaderValue::from_static("application/json");
        let mut headers = HeaderMap::from_iter([(header::CONTENT_TYPE, json)]);
        // Without it, users of another identity provider get no address that a program can wait for.
        headers.insert("oobidpauth", HeaderValue::from_static("true"));
        headers.extend(self.cookie_header().map(|value| (header::COOKIE, value)));
        let step = Step {
            name,
            purpose: SIGNING_IN,
            path,
            headers,
            body: body.to_string().into(),
            retry,
        };
        let exchange = match &self.pod {
            Some(pod) => self.exchange.at(pod),
            None => self.exchange,
        };
        let answer = exchange.send(&step).await?;
        keep_cookies(&mut self.cookies, &answer.headers);
        result(&step, &answer)
    }

    fn cookie_header(&self) -> Option<HeaderValue> {
        let pairs: Vec<_> = self
            .cookies
            .iter()
            .map(|(n, v)| format!("{n}={v}"))
            .collect();
        let mut value = HeaderValue::try_from(pairs.join("; ")).ok()?;
        value.set_sensitive(true);
        (!self.cookies.is_empty()).then_some(value)
    }
}

pub(super) fn refused(problem: &str) -> Error {
    failure(problem.to_owned()).with(|d| d.operation = Some(START.to_owned()))
}

/// Names and values only: all of a sign-in is one host, and lasts for minutes.
pub(super) fn keep_cookies(cookies: &mut BTreeMap<String, String>, headers: &HeaderMap) {
    for cookie in headers.get_all(header::SET_COOKIE) {
        let pair = cookie.to_str().ok().and_then(|text| text.split(';').next());
        if let Some((name, value)) = pair.and_then(|pair| pair.split_once('=')) {
            cookies.insert(name.trim().to_owned(), value.trim().to_owned());
        }
    }
}

/// Takes the envelope off.
fn result(step: &Step<'_>, answer: &Incoming) -> Result<Answered> {
    let envelope: Envelope<'_> = step.read(answer, "the answer to a sign-in is no JSON")?;
    if envelope.success == Some(true.into()) {
        let result = envelope.result.map_or("null", |result| result.get());
        // The parser's own words could quote a secret.
        let read = serde_json::from_str::<Option<Answered>>(result);
        return read.map(Option::unwrap_or_default).map_err(|_| {
            let message = "the answer to a sign-in cannot be read";
            step.answered(
                answer.status,
                Error::new(ErrorKind::UnexpectedResponse, message),
            )
        });
    }
    let said = envelope_text(envelope.message).unwrap_or_else(|| "without a reason".to_owned());
    let error = failure(said).hint(
        "the name, password or code may be wrong, or the account locked, disabled or expired",
    );
    Err(step.answered(answer.status, error).with(|d| {
        d.message_id = envelope_text(envelope.message_id);
        d.error_id = envelope_text(envelope.error_id);
        d.code = envelope_text(envelope.error_code);
    }))
}
