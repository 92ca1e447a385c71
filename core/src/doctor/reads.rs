//! What the credential may call, tried with harmless reads.

use serde_json::{Value, json};

use super::{Check, Patient, Report, Status, advice, claims::Claims};
use crate::{
    error::{Error, ErrorKind, Result},
    operation::{Access, Retry, Spelling},
    registry,
    transport::Payload,
};

/// Two that anybody may call, and then one for each kind of right.
pub(super) const NAMES: [&str; 6] = [
    "security.whoami",
    "attributes.get_schema",
    "redrock.query",
    "scim.users.query",
    "scim.groups.query",
    "organizations.list",
];

/// How many of them say nothing about rights, because anybody may call them.
const FOR_ANYBODY: usize = 2;

/// After this many refusals it is clear that the tenant does not accept the token; each refusal costs a sign-in.
const REFUSALS: usize = 2;

/// Adds a check for each. A missing right is only a warning, as long as another one is there.
pub(super) async fn check(patient: &Patient<'_>, claims: &Claims, report: &mut Report) {
    let mut found = Vec::new();
    let mut refusals = 0;
    for name in NAMES {
        if refusals == REFUSALS {
            let reason = "the tenant does not accept the token: see above";
            found.push(Check::skipped(name, reason));
            continue;
        }
        let outcome = read(patient, name, claims).await;
        refusals += usize::from(is_refusal(&outcome));
        found.push(judge(name, outcome));
    }
    let needing_rights = &found[FOR_ANYBODY..];
    let may_nothing = !needing_rights
        .iter()
        .any(|check| check.status == Status::Ok);
    for mut check in found {
        if may_nothing && check.status == Status::Warning {
            check.status = Status::Failed;
        }
        report.add(check);
    }
}

async fn read(patient: &Patient<'_>, name: &str, claims: &Claims) -> Result<Payload> {
    let missing = || Error::invalid_argument(name, "", "there is no operation of that name");
    let entry = registry::find(name).ok_or_else(missing)?;
    let meta = entry.meta;
    if meta.retry != Retry::Safe || meta.access != Access::Read {
        return Err(Error::invalid_argument(name, "", "this is not a read"));
    }
    let prepared = entry.prepare(arguments(name, claims), Spelling::Wire)?;
    patient.client.dispatch(&prepared, patient.options).await
}

/// The smallest request possible.
fn arguments(name: &str, claims: &Claims) -> Value {
    match (name, &claims.user_id) {
        ("redrock.query", user_id) => {
            let args = json!({"PageNumber": 1, "PageSize": 1, "Limit": 1});
            match user_id {
                Some(id) => json!({
                    "Script": "select ID from User where ID = :id", "parameters": {"id": id}, "Args": args,
                }),
                None => json!({"Script": "select ID from User", "Args": args}),
            }
        }
        ("scim.users.query" | "scim.groups.query", _) => json!({"count": 1}),
        _ => json!({}),
    }
}

fn is_refusal(outcome: &Result<Payload>) -> bool {
    let error = outcome.as_ref().err();
    error.is_some_and(|error| error.kind() == ErrorKind::Authentication)
}

fn judge(name: &'static str, outcome: Result<Payload>) -> Check {
    let Some(meta) = registry::find(name).map(|entry| entry.meta) else {
        return Check::skipped(name, "there is no operation of that name");
    };
    let (check, told) = match &outcome {
        Ok(_) => (Check::ok(name, "allowed"), "allowed"),
        Err(error) => match error.kind() {
            ErrorKind::PermissionDenied => {
                let message = format!("forbidden; permission: {}", meta.permission);
                let check = Check::warning(name, message).hint(advice::for_operation(meta));
                (check, "forbidden")
            }
            ErrorKind::Authentication => {
                let message = "the tenant does not accept the token for this";
                let hint = format!(
                    "the scope of the application does not cover {}, or the token belongs to another tenant or was revoked",
                    meta.route()
                );
                (Check::failed(name, message).hint(hint), "refused")
            }
            _ => {
                let check = Check::failed(name, error.details().message.clone());
                let hint = error.details().hint.clone();
                let check = match hint {
                    Some(hint) => check.hint(hint),
                    None => check,
                };
                (check, "failed")
            }
        },
    };
    let details = outcome.as_ref().err().map(Error::details);
    let check = check
        .detail("outcome", told)
        .detail("permission", meta.permission)
        .detail("confidence", meta.confidence.as_str());
    match details {
        Some(details) => check
            .detail("status", details.status)
            .detail("request_id", details.request_id.clone()),
        None => check,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_reads_are_sent_and_each_can_be_prepared() {
        for name in NAMES {
            let entry = registry::find(name).unwrap();
            assert_eq!(
                (entry.meta.retry, entry.meta.access),
                (Retry::Safe, Access::Read)
            );
            for user_id in [None, Some("u-1".to_owned())] {
                let arguments = arguments(name, &Claims { user_id });
                entry.prepare(arguments, Spelling::Wire).unwrap();
            }
        }
    }
}
