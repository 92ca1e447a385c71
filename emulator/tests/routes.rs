//! The list of operations is the routing table: each one is found, and none without a token but sign-in.

mod common;

use common::start;
use cyberark_identity_emulator::handled;

#[test]
fn every_listed_operation_is_found_and_guarded() {
    let tenant = start(0);
    for (method, template) in handled() {
        let path = template.replace("{id}", "x").replace("{app_id}", "x");
        let reply = tenant
            .connect()
            .request(method.as_str(), &path, &[], b"")
            .unwrap();
        let expected = match template.to_lowercase().as_str() {
            "/oauth2/endsession" | "/oauth2/endsession/{app_id}" => 302,
            path if path.starts_with("/oauth2/") => 400,
            "/security/startauthentication"
            | "/security/advanceauthentication"
            | "/security/cleanupauthentication"
            | "/security/oobauthstatus" => 200,
            _ => 401,
        };
        assert_eq!(
            reply.status,
            expected,
            "{method} {template}: {}",
            reply.text()
        );
    }
    let requests = tenant.emulator.requests();
    for ((_, template), request) in handled().iter().zip(&requests) {
        assert_eq!(request.operation, Some(*template));
    }
}
