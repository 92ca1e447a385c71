//! Who sent a request, by its token.

use http::HeaderMap;
use http::header::AUTHORIZATION;

use super::cookies;
use crate::call::Caller;
use crate::state::Tenant;
use crate::state::user::Text;

/// The caller, unless the token is missing, unknown or expired, or its account is gone.
pub(crate) fn caller(tenant: &Tenant, headers: &HeaderMap) -> Option<Caller> {
    let id = tenant.tokens.owner(presented(headers)?, &tenant.clock)?;
    let name = Text::clone(&tenant.read().users.get(&id)?.name);
    Some(Caller { id, name })
}

/// The token in the header or else, as browsers have it, in the cookie of the session.
pub(crate) fn presented(headers: &HeaderMap) -> Option<&str> {
    let Some(value) = headers.get(AUTHORIZATION) else {
        return cookies::get(headers, cookies::SESSION);
    };
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then_some(token.trim())
}
