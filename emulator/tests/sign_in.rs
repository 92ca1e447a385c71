//! Tokens: how they are had, what is in them, when they end.
#![allow(clippy::unwrap_used)] // helpers of tests are tests

mod common;

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use common::{Reply, Tenant, start, start_with};
use cyberark_identity_emulator::Options;
use serde_json::Value;

const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

fn by_basic(tenant: &Tenant, path: &str, id: &str, secret: &str, form: &str) -> Reply {
    let basic = format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
    let headers = [FORM, ("Authorization", basic.as_str())];
    tenant
        .connect()
        .request("POST", path, &headers, form.as_bytes())
        .unwrap()
}

fn sign_in(tenant: &Tenant) -> Reply {
    let credentials = tenant.description().clone();
    by_basic(
        tenant,
        &format!("/oauth2/token/{}", credentials.app_id),
        &credentials.client_id,
        &credentials.client_secret,
        "grant_type=client_credentials&scope=scim%20api",
    )
}

fn claims(token: &str) -> Value {
    let parts: Vec<&str> = token.split('.').collect();
    assert_eq!(parts.len(), 3);
    assert!(
        parts
            .iter()
            .all(|part| URL_SAFE_NO_PAD.decode(part).is_ok())
    );
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap()
}

#[test]
fn basic_credentials_give_a_token_that_works() {
    let tenant = start(1);
    let reply = sign_in(&tenant);
    assert_eq!(reply.status, 200, "{}", reply.text());
    let body = reply.json();
    assert_eq!(body["token_type"], "Bearer");
    assert_eq!(body["expires_in"], 18_000);
    assert_eq!(body["scope"], "scim api");
    assert!(body.get("refresh_token").is_none());
    let token = body["access_token"].as_str().unwrap();
    assert_eq!(
        tenant.call_as(token, "GET", "/scim/Users", None).status,
        200
    );

    let claims = claims(token);
    let credentials = tenant.description();
    assert_eq!(
        claims["iss"],
        format!("http://tenant.example/{}/", credentials.app_id)
    );
    assert_eq!(claims["aud"], credentials.client_id);
    assert_eq!(claims["unique_name"], credentials.client_id);
    assert_eq!(claims["scope"], "scim api");
    assert_eq!(claims["subdomain"], "tenant");
    assert_eq!(claims["platform_domain"], "example");
    let lifetime = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
    assert_eq!(lifetime, 18_000);
}

#[test]
fn form_credentials_and_any_spelling_of_the_path_work_too() {
    let tenant = start(0);
    let credentials = tenant.description().clone();
    let form = format!(
        "grant_type=client_credentials&client_id={}&client_secret={}",
        credentials.client_id.to_uppercase().replace('@', "%40"),
        credentials.client_secret
    );
    for path in [
        "/OAuth2/Token",
        "/Oauth2/Token",
        "/api/idadmin/oauth2/token",
    ] {
        let path = format!("{path}/{}", credentials.app_id);
        let reply = tenant
            .connect()
            .request("POST", &path, &[FORM], form.as_bytes())
            .unwrap();
        assert_eq!(reply.status, 200, "{path}: {}", reply.text());
    }
}

#[test]
fn refusals_are_oauth_errors() {
    let tenant = start(0);
    let known = tenant.description().clone();
    let path = format!("/oauth2/token/{}", known.app_id);
    let grant = "grant_type=client_credentials";
    for (path, id, secret, form, error) in [
        (&*path, &*known.client_id, "wrong", grant, "access_denied"),
        (
            &*path,
            "nobody@acme.example",
            &*known.client_secret,
            grant,
            "access_denied",
        ),
        (&*path, "admin@acme.example", "", grant, "access_denied"),
        (
            &*path,
            &*known.client_id,
            &*known.client_secret,
            "grant_type=device_code",
            "unsupported_grant_type",
        ),
        (
            &*path,
            &*known.client_id,
            &*known.client_secret,
            "",
            "invalid_request",
        ),
        (
            "/oauth2/token/other",
            &*known.client_id,
            &*known.client_secret,
            grant,
            "invalid_request",
        ),
    ] {
        let reply = by_basic(&tenant, path, id, secret, form);
        assert_eq!(reply.status, 400, "{}", reply.text());
        assert_eq!(reply.json()["error"], error);
        assert!(reply.json()["error_description"].is_string());
    }
}

#[test]
fn a_disabled_client_gets_no_token() {
    let tenant = start(0);
    let client = tenant.description().client_id.clone();
    let user = tenant.result(
        "/CDirectoryService/GetUserByName",
        serde_json::json!({ "username": client }),
    );
    let state = serde_json::json!({ "ID": user["Uuid"], "state": "Disabled" });
    tenant.result("/CDirectoryService/SetUserState", state);
    assert_eq!(sign_in(&tenant).json()["error"], "access_denied");
}

#[test]
fn tokens_end_with_their_time_or_on_demand_and_the_first_one_stays() {
    let lifetime = Duration::from_secs(60);
    let tenant = start_with(Options {
        token_lifetime: lifetime,
        ..Options::default()
    });
    let token = |tenant: &Tenant| {
        sign_in(tenant).json()["access_token"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let works = |token: &str| tenant.call_as(token, "GET", "/scim/Users", None).status == 200;

    let short = token(&tenant);
    assert!(works(&short));
    tenant.emulator.advance_clock(lifetime);
    assert!(!works(&short));

    let next = token(&tenant);
    assert!(works(&next));
    tenant.emulator.expire_tokens();
    assert!(!works(&next));
    assert!(works(&tenant.description().token.clone()));
}

#[test]
fn a_missing_or_foreign_token_is_refused_in_the_form_of_the_surface() {
    let tenant = start(0);
    for token in ["", "abc", "eyJhbGciOiJSUzI1NiJ9.e30.c2ln"] {
        let reply = tenant.call_as(token, "POST", "/CDirectoryService/GetUsers", None);
        assert_eq!(reply.status, 401);
        assert!(
            reply
                .header("content-type")
                .unwrap()
                .starts_with("text/html")
        );
        assert!(reply.text().starts_with("<!DOCTYPE html>"));

        let reply = tenant.call_as(token, "GET", "/scim/Users", None);
        assert_eq!(reply.status, 401);
        assert_eq!(reply.json()["status"], "401");
        assert_eq!(
            reply.json()["schemas"][0],
            "urn:ietf:params:scim:api:messages:2.0:Error"
        );
    }
}
