//! Who sent a request, by its bearer token.

use http::HeaderMap;
use http::header::AUTHORIZATION;

use crate::call::Caller;
use crate::state::Tenant;

/// The caller, unless the token is missing, unknown or expired, or its account is gone.
pub(crate) fn caller(tenant: &Tenant, headers: &HeaderMap) -> Option<Caller> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    let id = tenant.tokens.owner(token.trim(), &tenant.clock)?;
    let name = tenant.read().users.get(&id)?.name.to_string();
    Some(Caller { id, name })
}
