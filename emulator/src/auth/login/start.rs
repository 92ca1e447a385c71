//! `Security/StartAuthentication`.

use serde_json::{Value, json};

use super::package::challenges;
use super::success::signed_in;
use crate::answer::Answer;
use crate::auth::cookies;
use crate::call::Call;
use crate::platform::{Failure, Outcome, Params, Payload};
use crate::state::login::Login;
use crate::state::policy::Policy;
use crate::state::{Directory, TENANT_ID};

pub(super) fn start(call: &Call<'_>) -> Answer {
    // A session that is still good is not asked again.
    if cookies::get(call.headers, cookies::SESSION).is_some()
        && let Some(caller) = &call.caller
    {
        return signed_in(call, &caller.id, false);
    }
    super::wrap(call, &begin(call))
}

fn begin(call: &Call<'_>) -> Outcome {
    let params = Params::of(call)?;
    let name = params.required("User")?;
    let name = name.trim();
    if let Some(tenant) = params.text("TenantId")?
        && !tenant.trim().is_empty()
        && !tenant.trim().eq_ignore_ascii_case(TENANT_ID)
    {
        return Err(Failure::sign_in("There is no such tenant."));
    }
    let wants_platform_token = params.boolean("PlatformTokenResponse")?.unwrap_or_default();
    let policy = call.tenant.logins.lock().policies().of(name).clone();
    if let Some(pod) = pod(call, &policy, name) {
        return Payload::of(&json!({ "PodFqdn": pod }));
    }
    let directory = call.tenant.read();
    Payload::of(&match &policy.idp_redirect_url {
        Some(url) => elsewhere(call, &directory, name, wants_platform_token, (&policy, url)),
        None => package(call, &directory, name, wants_platform_token, &policy),
    })
}

/// The host to start at instead, if it is not this one. A suffix alone asks for nothing but the host.
fn pod(call: &Call<'_>, policy: &Policy, name: &str) -> Option<String> {
    let pod = policy.pod_fqdn.as_ref();
    if name.starts_with('@') {
        return Some(pod.unwrap_or(&call.host).clone());
    }
    pod.filter(|pod| !pod.eq_ignore_ascii_case(&call.host))
        .cloned()
}

/// Names that nobody has, and accounts that may not sign in, get challenges like everybody else, so that the answer
/// tells nothing.
fn known(call: &Call<'_>, directory: &Directory, name: &str) -> Option<uuid::Uuid> {
    let user = directory.users.by_name(name);
    user.filter(|user| user.may_sign_in(call.now_ms()))
        .map(|user| user.id)
}

fn package(
    call: &Call<'_>,
    directory: &Directory,
    name: &str,
    wants_platform_token: bool,
    policy: &Policy,
) -> Value {
    let user = known(call, directory, name);
    let login = Login::new(user, policy, wants_platform_token);
    let mut logins = call.tenant.logins.lock();
    let pending = logins.begin(name, login, call.now_ms());
    let account = user.and_then(|id| directory.users.get(&id));
    json!({
        "Summary": "NewPackage",
        "SessionId": pending.session,
        "TenantId": TENANT_ID,
        "Version": "1.0",
        "Challenges": challenges(&pending.login, account),
        "ClientHints": {
            "PersistDefault": false,
            "AllowPersist": true,
            "AllowForgotPassword": false,
        },
        "AllowLoginMfaCache": false,
        "EventDescription": null,
    })
}

/// The short form of the address and the session are for programs, which ask for them by a header.
fn elsewhere(
    call: &Call<'_>,
    directory: &Directory,
    name: &str,
    wants_platform_token: bool,
    (policy, url): (&Policy, &str),
) -> Value {
    let user = known(call, directory, name);
    let login = Login::elsewhere(user, policy, wants_platform_token);
    let mut logins = call.tenant.logins.lock();
    let pending = logins.begin(name, login, call.now_ms());
    let mut shown = json!({
        "Summary": "NewPackage",
        "SessionId": pending.session,
        "TenantId": TENANT_ID,
        "Version": "1.0",
        "Challenges": null,
        "IdpRedirectUrl": url,
    });
    let asked = call
        .headers
        .get("oobidpauth")
        .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"true"));
    if asked {
        shown["IdpRedirectShortUrl"] = url.into();
        shown["IdpShortUrlId"] = pending.session.as_str().into();
        shown["IdpLoginSessionId"] = pending.session.as_str().into();
        shown["IdpOobAuthPinRequired"] = policy.idp_pin.into();
    }
    shown
}
