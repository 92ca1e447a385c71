//! The cookies of a session.

use http::HeaderMap;
use http::header::{COOKIE, SET_COOKIE};

use crate::answer::Answer;
use crate::state::TENANT_ID;

/// Carries the session of an interactive sign-in.
pub(super) const SESSION: &str = ".ASPXAUTH";

/// The names under which a platform token and its refresh token travel.
pub(super) fn id_token_name() -> String {
    format!("idToken-{TENANT_ID}")
}

pub(super) fn refresh_token_name() -> String {
    format!("refreshToken-{TENANT_ID}")
}

/// The value of a cookie; names are compared as they are.
pub(super) fn get<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value)
}

/// Sets a cookie for the whole tenant. It is not marked as secure, so that it also works without TLS.
pub(super) fn set(answer: Answer, name: &str, value: &str) -> Answer {
    answer.header(SET_COOKIE, &format!("{name}={value}; Path=/; HttpOnly"))
}
