//! What the token says about itself. The tenant decides by what it knows; this helps to see why.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value};
use url::Url;

use super::{Check, Patient, clock::Skew, report::words};
use crate::auth::{Token, token_claims};

const NAME: &str = "claims";

/// Claims that are shown. Others may contain anything.
const SHOWN: [&str; 9] = [
    "iss",
    "aud",
    "sub",
    "unique_name",
    "scope",
    "tenant_id",
    "subdomain",
    "iat",
    "exp",
];

/// What the other checks need of the claims.
#[derive(Debug, Default)]
pub(super) struct Claims {
    pub(super) user_id: Option<String>,
}

pub(super) fn check(patient: &Patient<'_>, token: &Token, skew: Skew) -> (Claims, Check) {
    let Some(claims) = token_claims(token) else {
        let reason = "the token is opaque: it contains no claims";
        return (Claims::default(), Check::skipped(NAME, reason));
    };
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let host = patient.tenant.host_and_port().0;
    let check = ended(&claims, skew)
        .or_else(|| of_another_tenant(text("iss"), host))
        .or_else(|| without_scope(&claims, text("iss")))
        .unwrap_or_else(|| fine(&claims, skew));
    let mut check = check;
    for name in SHOWN {
        if let Some(value) = claims.get(name) {
            check = check.detail(name, value.clone());
        }
    }
    let user_id = text("sub").map(str::to_owned);
    (Claims { user_id }, check)
}

fn time(claims: &Map<String, Value>, name: &str) -> Option<Timestamp> {
    let seconds = claims.get(name)?.as_f64()?;
    Timestamp::from_second(seconds as i64).ok()
}

/// Judged by the tenant's clock, because the tenant judges it by that, too.
fn ended(claims: &Map<String, Value>, skew: Skew) -> Option<Check> {
    let end = time(claims, "exp")?;
    let since: Duration = skew.there().duration_since(end).try_into().ok()?;
    let message = format!("the token expired {} ago", words(since));
    let hint =
        "get a new one; a token that was passed in cannot be renewed, while client credentials can";
    Some(Check::failed(NAME, message).hint(hint))
}

fn of_another_tenant(issuer: Option<&str>, host: &str) -> Option<Check> {
    let issuer = Url::parse(issuer?).ok()?;
    let issuer = issuer.host_str()?;
    if issuer.eq_ignore_ascii_case(host) {
        return None;
    }
    let message = format!("the token was issued by {issuer} but is sent to {host}");
    let hint = "a token is only valid at the tenant that issued it: check the tenant URL, unless both names belong to one tenant";
    Some(Check::warning(NAME, message).hint(hint))
}

/// Applications of the platform itself issue tokens without a scope.
fn without_scope(claims: &Map<String, Value>, issuer: Option<&str>) -> Option<Check> {
    let by_platform = issuer.is_some_and(|issuer| issuer.contains("/__idaptive"));
    if by_platform || scopes(claims).is_some() {
        return None;
    }
    let message = "the token has no scope, and without one a tenant refuses most calls";
    let hint = "ask for a scope that the application defines (`scope`, CYBERARK_IDENTITY_SCOPE): in the Admin Portal, Apps & \
                Widgets > Web Apps > the application > Scope, create one whose patterns cover the calls, such as `scim.*`";
    Some(Check::warning(NAME, message).hint(hint))
}

/// A text with names, or a list of them.
fn scopes(claims: &Map<String, Value>) -> Option<String> {
    let scopes = match claims.get("scope").or_else(|| claims.get("scp"))? {
        Value::String(text) => text.trim().to_owned(),
        Value::Array(names) => {
            let names: Vec<_> = names.iter().filter_map(Value::as_str).collect();
            names.join(" ")
        }
        _ => return None,
    };
    (!scopes.is_empty()).then_some(scopes)
}

fn fine(claims: &Map<String, Value>, skew: Skew) -> Check {
    let mut said = Vec::new();
    if let Some(name) = claims.get("unique_name").and_then(Value::as_str) {
        said.push(format!("it belongs to {name}"));
    }
    if let Some(scopes) = scopes(claims) {
        said.push(format!("its scope is `{scopes}`"));
    }
    let left = time(claims, "exp").and_then(|end| end.duration_since(skew.there()).try_into().ok());
    if let Some(left) = left {
        said.push(format!("it is valid for {}", words(left)));
    }
    match said.is_empty() {
        true => Check::ok(NAME, "the claims show no problem"),
        false => Check::ok(NAME, format!("the token looks right: {}", said.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn an_end_is_judged_by_the_clock_of_the_tenant() {
        let in_ten_minutes = Timestamp::now().as_second() + 600;
        let claims = of(json!({"exp": in_ten_minutes}));
        assert_eq!(ended(&claims, Skew(None)), None);
        let check = ended(&claims, Skew(Some(1200))).unwrap();
        assert!(check.message.contains("expired"), "{}", check.message);
    }

    #[test]
    fn a_token_of_another_tenant_is_told() {
        let here = "abc1234.id.cyberark.cloud";
        let issuer = |host: &str| format!("https://{host}/app/");
        assert_eq!(
            of_another_tenant(Some(&issuer("ABC1234.id.cyberark.cloud")), here),
            None
        );
        assert_eq!(of_another_tenant(Some("no url"), here), None);
        let other = of_another_tenant(Some(&issuer("xyz9999.id.cyberark.cloud")), here);
        assert!(other.unwrap().message.contains("xyz9999"));
    }

    #[test]
    fn a_scope_is_a_text_or_a_list_and_tokens_of_the_platform_need_none() {
        assert!(without_scope(&of(json!({"scope": "scim"})), None).is_none());
        assert!(without_scope(&of(json!({"scope": ["scim", "all"]})), None).is_none());
        assert!(without_scope(&of(json!({"scope": " "})), None).is_some());
        let platform = Some("https://abc1234.id.cyberark.cloud/__idaptive_cybr_user_oidc/");
        assert!(without_scope(&of(json!({})), platform).is_none());
    }
}
