//! What to change in the tenant, in words.
//!
//! The places in the portal come from the vendor's documentation and from people who set up such clients; menus are renamed
//! from time to time. Confidence: high for rights and the setting of the service user, medium for the names of menus.

use crate::{
    error::{Error, ErrorKind},
    operation::Meta,
};

const SERVICE_USER: &str = "the client is a user of the directory, its id is the login name with suffix, its secret the password; in the Admin \
     Portal, Core Services > Users, it has to be active and marked `Is OAuth confidential client`, with a password that has \
     not expired";

const APPLICATION: &str = "in the Admin Portal, Apps & Widgets > Web Apps, open the OAuth2 Client application and compare its Application ID";

/// What has to be changed so that signing in works; none if the error already says it.
pub(super) fn for_sign_in(error: &Error) -> Option<String> {
    let details = error.details();
    let not_found = matches!(details.status, Some(404));
    if details.kind != ErrorKind::Authentication {
        let is_page = details.kind == ErrorKind::UnexpectedResponse;
        return is_page.then(|| {
            format!("the answer does not come from a token endpoint: check the tenant URL; {APPLICATION}")
        });
    }
    match details.code.as_deref() {
        Some("access_denied" | "invalid_client") => Some(format!(
            "the client id or secret is wrong, or the user is not allowed to be a client: {SERVICE_USER}"
        )),
        Some("invalid_scope") => Some(
            "the application does not define this scope: in the Admin Portal, Apps & Widgets > Web Apps > the application > \
             Scope, compare the names"
                .to_owned(),
        ),
        Some("unauthorized_client" | "unsupported_grant_type") => Some(
            "the application does not allow this way of signing in: in the Admin Portal, Apps & Widgets > Web Apps > the \
             application > Tokens, allow it (Client Creds for client credentials)"
                .to_owned(),
        ),
        Some("invalid_request") => Some(format!("the application id is probably wrong: {APPLICATION}")),
        Some("mfa_required") => Some(
            "a service user has to be asked for a password only: in the Admin Portal, Core Services > Policies, give it an \
             authentication profile without a second challenge, or sign in by client credentials, which asks for none"
                .to_owned(),
        ),
        None if not_found => Some(format!("the tenant does not know the application: {APPLICATION}")),
        _ => None,
    }
}

/// Which administrative right a permission asks for, with its path in the API; none when it asks for none by name.
fn right(permission: &str) -> Option<(&'static str, &'static str)> {
    [
        ("User Management", "/lib/rights/dsman.json"),
        ("Role Management", "/lib/rights/roleman.json"),
    ]
    .into_iter()
    .find(|(name, _)| permission.contains(name))
}

/// What has to be changed so that an operation is allowed.
pub(super) fn for_operation(meta: &Meta) -> String {
    let right = match right(meta.permission) {
        Some((name, path)) => format!("add the right `{name}` ({path})"),
        None => "add a right that opens the Admin Portal".to_owned(),
    };
    format!(
        "if you need it, {right} to a role of the service user: Admin Portal, Core Services > Roles > the role > \
         Administrative Rights; and the scope of the application has to cover {}",
        meta.route()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry;

    #[test]
    fn the_right_is_named_as_the_portal_has_it() {
        let advice = |name| for_operation(registry::find(name).unwrap().meta);
        assert!(advice("scim.users.query").contains("`User Management` (/lib/rights/dsman.json)"));
        assert!(advice("scim.groups.query").contains("`Role Management`"));
        assert!(advice("scim.users.query").contains("/scim/Users"));
        assert!(advice("organizations.list").contains("opens the Admin Portal"));
    }

    #[test]
    fn a_refused_client_is_told_what_it_has_to_be() {
        let error = |code: &str| {
            let code = code.to_owned();
            Error::new(ErrorKind::Authentication, "x").with(|d| d.code = Some(code))
        };
        let advice = |code| for_sign_in(&error(code)).unwrap();
        assert!(advice("access_denied").contains("Is OAuth confidential client"));
        assert!(advice("invalid_scope").contains("Scope"));
        assert!(advice("mfa_required").contains("password only"));
        assert_eq!(for_sign_in(&error("something_new")), None);
        assert_eq!(for_sign_in(&Error::new(ErrorKind::Timeout, "x")), None);
    }
}
