//! Whether signing in works, and if not, what has to be changed.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::Value;

use super::{Check, Patient, advice};
use crate::{
    auth::Token,
    error::{Error, ErrorKind},
};

const NAME: &str = "token";

pub(super) async fn check(patient: &Patient<'_>) -> (Option<Arc<Token>>, Check) {
    let source = Source::of(patient);
    let fetched = match patient
        .client
        .token_within(patient.exchange, patient.options)
        .await
    {
        Ok(token) => token,
        Err(error) => return (None, source.failed(&error)),
    };
    let check = Check::ok(
        NAME,
        format!("a token was obtained through {}", source.words()),
    );
    (Some(fetched), source.described(check))
}

/// Where the token comes from, without secrets.
struct Source(BTreeMap<String, String>);

impl Source {
    fn of(patient: &Patient<'_>) -> Self {
        let identity = patient.keeper.identity();
        Self(
            identity
                .map(|identity| identity.parts().clone())
                .unwrap_or_default(),
        )
    }

    fn words(&self) -> String {
        let part = |name: &str| self.0.get(name).map(String::as_str);
        let who = part("client_id").or(part("user")).unwrap_or("the caller");
        match (part("kind"), part("app_id")) {
            (Some("client_credentials"), Some(app)) => {
                format!("client credentials of `{who}` at the application `{app}`")
            }
            (Some("platform_token"), _) => format!("the platform token of `{who}`"),
            (Some("authorization_code"), Some(app)) => {
                format!("an authorization code of the application `{app}`")
            }
            (Some("user_login"), _) => format!("signing in as `{who}`"),
            (Some(other), _) => other.to_owned(),
            (None, _) => "the token or function that was given".to_owned(),
        }
    }

    fn failed(&self, error: &Error) -> Check {
        let details = error.details();
        let message = format!("{} ({})", details.message, self.words());
        let hint = advice::for_sign_in(error).or_else(|| details.hint.clone());
        let check = Check::failed(NAME, message)
            .detail("error", details.kind.class())
            .detail("code", details.code.clone())
            .detail("status", details.status);
        self.described(match hint {
            Some(hint) => check.hint(hint),
            None if details.kind == ErrorKind::Timeout => check.hint("raise `timeout`"),
            None => check,
        })
    }

    fn described(&self, check: Check) -> Check {
        let parts = self
            .0
            .iter()
            .map(|(name, value)| (name.clone(), Value::from(value.as_str())));
        check.detail("source", Value::Object(parts.collect()))
    }
}
