//! Administrative rights in an organization.

use serde_json::{Map, Value, json};

use super::orgs::find;
use super::{Failure, Outcome, Params, Payload};
use crate::call::{Call, member};
use crate::routing::{Route, read, write};
use crate::state::Directory;
use crate::state::org::{Org, Permission};
use crate::state::rights::Needs;

pub(crate) const ROUTES: &[Route] = &[
    read("/Org/GetPermission", Needs::AdminPortal, get_permission),
    write(
        "/Org/UpdatePermission",
        Needs::SystemAdministrator,
        update_permission,
    ),
];

/// The names of the rights are not published. This is the only one that was ever seen.
const KNOWN_RIGHTS: [&str; 1] = ["Unknown"];

/// A bare array. The names of its members are taken over from the call that writes them.
fn get_permission(directory: &Directory, call: &Call<'_>) -> Outcome {
    let params = Params::of(call)?;
    let rows: Vec<Value> = find(directory, &params)?
        .permissions
        .iter()
        .map(|permission| {
            json!({
                "Principal": permission.principal,
                "PrincipalType": permission.principal_type,
                "Right": permission.rights,
            })
        })
        .collect();
    Payload::of(&rows)
}

/// Nothing changes unless every item is right.
fn update_permission(directory: &mut Directory, call: &Call<'_>) -> Outcome {
    let params = Params::of(call)?;
    let mut org = find(directory, &params)?.clone();
    for item in params.array("Revoke")?.into_iter().flatten() {
        revoke(&mut org, object("Revoke", item)?)?;
    }
    for item in params.array("Grant")?.into_iter().flatten() {
        grant(&mut org, object("Grant", item)?)?;
    }
    directory.orgs.replace(org);
    Ok(Payload::null())
}

fn object<'v>(list: &str, item: &'v Value) -> Result<&'v Map<String, Value>, Failure> {
    item.as_object()
        .ok_or_else(|| Failure::wrong_cast(list, item))
}

/// An array even for one right: the service was seen to refuse a bare string.
fn rights(item: &Map<String, Value>) -> Result<Vec<String>, Failure> {
    let list = match member(item, "Right") {
        None | Some(Value::Null) => return Err(Failure::missing("Right")),
        Some(Value::Array(list)) => list,
        Some(other) => return Err(Failure::wrong_cast("Right", other)),
    };
    list.iter()
        .map(|right| {
            let word = right
                .as_str()
                .ok_or_else(|| Failure::wrong_cast("Right", right))?;
            let known = KNOWN_RIGHTS
                .iter()
                .find(|known| known.eq_ignore_ascii_case(word));
            known
                .map(|known| (*known).to_owned())
                .ok_or_else(|| Failure::unknown_word(word))
        })
        .collect()
}

fn text(item: &Map<String, Value>, name: &str) -> Result<String, Failure> {
    member(item, name)
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
        .ok_or_else(|| Failure::missing(name))
}

/// Whether a principal is an id or a name is not known, so it is kept as it is.
fn grant(org: &mut Org, item: &Map<String, Value>) -> Result<(), Failure> {
    let rights = rights(item)?;
    let principal = text(item, "Principal")?;
    let principal_type = text(item, "PrincipalType")?;
    match org
        .permissions
        .iter_mut()
        .find(|known| known.principal == principal)
    {
        Some(known) => known.rights.extend(rights),
        None => org.permissions.push(Permission {
            principal,
            principal_type,
            rights: rights.into_iter().collect(),
        }),
    }
    Ok(())
}

fn revoke(org: &mut Org, item: &Map<String, Value>) -> Result<(), Failure> {
    let rights = rights(item)?;
    let principal = text(item, "Principal")?;
    for known in org
        .permissions
        .iter_mut()
        .filter(|known| known.principal == principal)
    {
        known.rights.retain(|right| !rights.contains(right));
    }
    org.permissions.retain(|known| !known.rights.is_empty());
    Ok(())
}
