//! Tokens for people: passwords, codes, refresh, and what can be asked about a token.
#![allow(clippy::unwrap_used, clippy::panic)] // helpers of tests are tests

mod common;

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use common::{Reply, Tenant, start};
use serde_json::{Value, json};

const CALLBACK: &str = "https://app.example/back?keep=1";
/// The example of RFC 7636.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn form(pairs: &[(&str, &str)]) -> String {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(pairs).finish()
}

fn basic(tenant: &Tenant) -> String {
    let known = tenant.description();
    let pair = format!("{}:{}", known.client_id, known.client_secret);
    format!("Basic {}", STANDARD.encode(pair))
}

fn send(tenant: &Tenant, method: &str, path: &str, authorization: &str, body: &str) -> Reply {
    let mut headers = vec![("Content-Type", "application/x-www-form-urlencoded")];
    if !authorization.is_empty() {
        headers.push(("Authorization", authorization));
    }
    let mut connection = tenant.connect();
    connection
        .request(method, path, &headers, body.as_bytes())
        .unwrap()
}

fn token(tenant: &Tenant, pairs: &[(&str, &str)], as_client: bool) -> Reply {
    let authorization = if as_client {
        basic(tenant)
    } else {
        String::new()
    };
    send(
        tenant,
        "POST",
        "/oauth2/token/automation",
        &authorization,
        &form(pairs),
    )
}

fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

/// Makes somebody and gives their id.
fn person(tenant: &Tenant) -> String {
    let body = json!({ "Name": "pat@acme.example", "Mail": "pat@acme.example", "Password": "Right-Horse-1", "SendEmailInvite": false });
    let id = tenant.result("/CDirectoryService/CreateUser", body);
    id.as_str().unwrap().to_owned()
}

fn by_password(tenant: &Tenant, password: &str) -> Reply {
    let pairs = [
        ("grant_type", "password"),
        ("username", "PAT@acme.example"),
        ("password", password),
        ("scope", "openid api"),
    ];
    token(tenant, &pairs, true)
}

fn works(tenant: &Tenant, token: &str) -> bool {
    tenant
        .call_as(token, "POST", "/Security/WhoAmI", None)
        .status
        == 200
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key]
        .as_str()
        .unwrap_or_else(|| panic!("no {key} in {value}"))
}

#[test]
fn a_password_gives_tokens_that_can_be_refreshed_once() {
    let tenant = start(0);
    let id = person(&tenant);
    let first = by_password(&tenant, "Right-Horse-1").json();
    assert!(works(&tenant, text(&first, "access_token")));
    let identity = claims(text(&first, "id_token"));
    assert_eq!(
        (text(&identity, "sub"), text(&identity, "unique_name")),
        (&*id, "pat@acme.example")
    );
    assert_eq!(text(&identity, "iss"), "http://tenant.example/automation/");
    let info = tenant.result("/UserMgmt/GetUserInfo", json!({ "ID": id }));
    assert!(text(&info, "LastLoginDate").starts_with("/Date("));

    let refresh = |secret: &str| {
        token(
            &tenant,
            &[("grant_type", "refresh_token"), ("refresh_token", secret)],
            false,
        )
    };
    let second = refresh(text(&first, "refresh_token")).json();
    assert_eq!(second["scope"], "openid api");
    assert!(works(&tenant, text(&second, "access_token")));
    let again = refresh(text(&first, "refresh_token"));
    assert_eq!(
        (again.status, &again.json()["error"]),
        (400, &json!("invalid_grant"))
    );
    assert_eq!(refresh(text(&second, "refresh_token")).status, 200);
}

#[test]
fn a_password_is_not_enough_where_more_is_asked_for() {
    let tenant = start(0);
    let id = person(&tenant);
    assert_eq!(
        by_password(&tenant, "wrong").json()["error"],
        "invalid_grant"
    );
    let policy = json!({ "user": "pat@acme.example", "challenges": [["UP"], ["OATH"]] });
    assert_eq!(
        tenant
            .call("POST", "/_emulator/sign-in", Some(&policy))
            .status,
        204
    );
    assert_eq!(
        by_password(&tenant, "Right-Horse-1").json()["error"],
        "invalid_grant"
    );
    tenant.call("DELETE", "/_emulator/sign-in", None);
    assert_eq!(by_password(&tenant, "Right-Horse-1").status, 200);
    let disabled = json!({ "ID": id, "state": "Disabled" });
    tenant.result("/CDirectoryService/SetUserState", disabled);
    assert_eq!(
        by_password(&tenant, "Right-Horse-1").json()["error"],
        "invalid_grant"
    );
}

/// Asks for authorization and gives what came back in the address, with its query or fragment taken apart.
fn authorize(
    tenant: &Tenant,
    pairs: &[(&str, &str)],
    bearer: &str,
) -> (String, HashMap<String, String>) {
    let path = format!("/OAuth2/Authorize/automation?{}", form(pairs));
    let reply = send(tenant, "GET", &path, bearer, "");
    assert_eq!(reply.status, 302, "{}", reply.text());
    let location = reply.header("location").unwrap().to_owned();
    let answer = location.rsplit(['#', '?']).next().unwrap();
    let answer = url::form_urlencoded::parse(answer.as_bytes())
        .into_owned()
        .collect();
    (location, answer)
}

fn bearer_of_pat(tenant: &Tenant) -> String {
    format!(
        "Bearer {}",
        tenant.emulator.token_for("pat@acme.example").unwrap()
    )
}

const PKCE: [(&str, &str); 7] = [
    ("response_type", "code"),
    ("client_id", "automation"),
    ("redirect_uri", CALLBACK),
    ("scope", "openid profile api"),
    ("state", "a b&c"),
    ("nonce", "n-1"),
    ("code_challenge", CHALLENGE),
];

fn code_with_pkce(tenant: &Tenant) -> String {
    let mut pairs = PKCE.to_vec();
    pairs.push(("code_challenge_method", "S256"));
    let (location, answer) = authorize(tenant, &pairs, &bearer_of_pat(tenant));
    assert!(
        location.starts_with("https://app.example/back?keep=1&code="),
        "{location}"
    );
    assert_eq!(answer["state"], "a b&c");
    answer["code"].clone()
}

fn exchange<'p>(code: &'p str, verifier: &'p str) -> [(&'p str, &'p str); 5] {
    [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("client_id", "automation"),
        ("code_verifier", verifier),
    ]
}

#[test]
fn a_code_with_its_verifier_gives_tokens_once() {
    let tenant = start(0);
    person(&tenant);
    let code = code_with_pkce(&tenant);
    let reply = token(&tenant, &exchange(&code, VERIFIER), false);
    assert_eq!(reply.status, 200, "{}", reply.text());
    let tokens = reply.json();
    assert!(works(&tenant, text(&tokens, "access_token")));
    let identity = claims(text(&tokens, "id_token"));
    assert_eq!(
        (text(&identity, "aud"), text(&identity, "nonce")),
        ("automation", "n-1")
    );
    assert!(tokens["refresh_token"].is_string());
    let again = token(&tenant, &exchange(&code, VERIFIER), false);
    assert_eq!(again.json()["error"], "invalid_grant");
}

#[test]
fn a_code_is_bound_to_its_verifier_address_client_and_time() {
    let tenant = start(0);
    person(&tenant);
    let wrong = VERIFIER.replace('d', "e");
    for (index, value) in [
        (4, wrong.as_str()),
        (2, "https://app.example/other"),
        (3, "another"),
    ] {
        let code = code_with_pkce(&tenant);
        let mut pairs = exchange(&code, VERIFIER);
        pairs[index].1 = value;
        let reply = token(&tenant, &pairs, false);
        assert_eq!(reply.json()["error"], "invalid_grant", "{}", pairs[index].0);
        let tried = token(&tenant, &exchange(&code, VERIFIER), false);
        assert_eq!(
            tried.json()["error"],
            "invalid_grant",
            "a code is good for one attempt"
        );
    }
    let code = code_with_pkce(&tenant);
    let missing = token(&tenant, &exchange(&code, VERIFIER)[..4], false);
    assert_eq!(missing.json()["error"], "invalid_request");
    let code = code_with_pkce(&tenant);
    tenant
        .emulator
        .advance_clock(std::time::Duration::from_secs(301));
    let late = token(&tenant, &exchange(&code, VERIFIER), false);
    assert_eq!(late.json()["error"], "invalid_grant");
}

#[test]
fn a_code_without_a_challenge_needs_the_secret_of_its_client() {
    let tenant = start(0);
    person(&tenant);
    let client = tenant.description().client_id.clone();
    let pairs = [
        ("response_type", "code"),
        ("client_id", &*client),
        ("redirect_uri", CALLBACK),
    ];
    for (as_client, status) in [(false, 400), (true, 200)] {
        let (_, answer) = authorize(&tenant, &pairs, &bearer_of_pat(&tenant));
        let exchange = [
            ("grant_type", "authorization_code"),
            ("code", answer["code"].as_str()),
            ("redirect_uri", CALLBACK),
            ("client_id", &*client),
        ];
        assert_eq!(token(&tenant, &exchange, as_client).status, status);
    }
}

#[test]
fn a_service_user_gets_an_id_token_in_the_fragment() {
    let tenant = start(0);
    let app = "__idaptive_cybr_user_oidc";
    let grant = form(&[("grant_type", "client_credentials"), ("scope", "api")]);
    let path = format!("/Oauth2/Token/{app}");
    let first = send(&tenant, "POST", &path, &basic(&tenant), &grant).json();
    let question = form(&[
        ("client_id", app),
        ("response_type", "id_token"),
        ("scope", "openid profile api"),
        ("redirect_uri", "https://cyberark.cloud/redirect"),
    ]);
    let path = format!("/OAuth2/Authorize/{app}?{question}");
    let bearer = format!("Bearer {}", text(&first, "access_token"));
    let reply = send(&tenant, "GET", &path, &bearer, "");
    assert_eq!(reply.status, 302);
    let location = reply.header("location").unwrap();
    let identity = location
        .strip_prefix("https://cyberark.cloud/redirect#id_token=")
        .unwrap();
    let claims = claims(identity);
    assert_eq!(text(&claims, "aud"), app);
    assert_eq!(text(&claims, "subdomain"), "tenant");
    assert_eq!(text(&claims, "platform_domain"), "example");
    assert_eq!(text(&claims, "tenant_id"), "ACM1234");
    assert!(claims["exp"].is_i64());
    assert!(works(&tenant, identity));
}

#[test]
fn authorization_without_a_session_or_an_address_goes_nowhere_else() {
    let tenant = start(0);
    let (location, answer) = authorize(&tenant, &PKCE, "");
    assert!(location.starts_with("/login?"), "{location}");
    assert!(answer["cloudRedirect"].starts_with("/OAuth2/Authorize/automation?response_type=code"));

    person(&tenant);
    let bearer = bearer_of_pat(&tenant);
    let mut method = PKCE.to_vec();
    method.push(("code_challenge_method", "S512"));
    let (_, answer) = authorize(&tenant, &method, &bearer);
    assert_eq!(answer["error"], "invalid_request");
    let (location, answer) = authorize(&tenant, &PKCE[1..], &bearer);
    assert!(location.starts_with("https://app.example/back?"));
    assert_eq!(answer["error"], "unsupported_response_type");

    for pairs in [&PKCE[..2], &PKCE[2..]] {
        let path = format!("/oauth2/authorize/automation?{}", form(pairs));
        let reply = send(&tenant, "POST", &path, &bearer, "");
        assert_eq!(
            (reply.status, &reply.json()["error"]),
            (400, &json!("invalid_request"))
        );
    }
}

#[test]
fn platform_tokens_need_no_application() {
    let tenant = start(0);
    let known = tenant.description().clone();
    let grant = form(&[
        ("grant_type", "client_credentials"),
        ("client_id", &known.client_id),
        ("client_secret", &known.client_secret),
    ]);
    let reply = send(&tenant, "POST", "/OAuth2/PlatformToken", "", &grant);
    let body = reply.json();
    assert_eq!((reply.status, &body["token_type"]), (200, &json!("Bearer")));
    let token = text(&body, "access_token");
    assert!(works(&tenant, token));
    assert_eq!(text(&claims(token), "unique_name"), known.client_id);
    assert!(body.get("refresh_token").is_none());
    let refused = send(
        &tenant,
        "POST",
        "/oauth2/platformtoken",
        "",
        "grant_type=password",
    );
    assert_eq!(refused.json()["error"], "unsupported_grant_type");
}

#[test]
fn a_token_can_be_looked_into_and_revoked() {
    let tenant = start(0);
    person(&tenant);
    let tokens = by_password(&tenant, "Right-Horse-1").json();
    let access = text(&tokens, "access_token");
    let ask = |authorization: &str, body: &str| {
        send(
            &tenant,
            "POST",
            "/oauth2/introspect/automation",
            authorization,
            body,
        )
    };
    let in_form = form(&[("token", access)]);
    let live = ask(&basic(&tenant), &in_form).json();
    assert_eq!(
        (&live["active"], text(&live, "username")),
        (&json!(true), "pat@acme.example")
    );
    assert_eq!(
        (text(&live, "scope"), &live["client_id"]),
        ("openid api", &json!(tenant.description().client_id))
    );
    let in_json = json!({ "token": access }).to_string();
    let bearer = format!("Bearer {}", tenant.description().token);
    assert_eq!(ask(&bearer, &in_json).json(), live);
    assert_eq!(ask("", &in_form).json()["error"], "access_denied");

    let revoke = |token: &str| {
        send(
            &tenant,
            "POST",
            "/OAuth2/Revoke/automation",
            &basic(&tenant),
            &form(&[("token", token)]),
        )
    };
    let reply = revoke(access);
    assert_eq!((reply.status, reply.body.len()), (200, 0));
    assert_eq!(
        ask(&basic(&tenant), &in_form).json(),
        json!({ "active": false })
    );
    assert!(!works(&tenant, access));

    let refresh = text(&tokens, "refresh_token");
    assert_eq!(revoke(refresh).status, 200);
    let pairs = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
    assert_eq!(
        token(&tenant, &pairs, true).json()["error"],
        "invalid_grant"
    );
    assert_eq!(revoke("never issued").status, 200);
    let by_nobody = send(&tenant, "POST", "/oauth2/revoke/automation", "", &in_form);
    assert_eq!(by_nobody.json()["error"], "access_denied");
}

#[test]
fn the_end_of_a_session_leads_on() {
    let tenant = start(0);
    person(&tenant);
    let token = tenant.emulator.token_for("pat@acme.example").unwrap();
    let question = form(&[
        ("id_token_hint", token.as_str()),
        ("post_logout_redirect_uri", "https://app.example/bye"),
        ("state", "s"),
    ]);
    let path = format!("/oauth2/endsession/automation?{question}");
    let reply = send(&tenant, "GET", &path, "", "");
    assert_eq!(reply.status, 302);
    assert_eq!(
        reply.header("location").unwrap(),
        "https://app.example/bye?state=s"
    );
    assert!(!works(&tenant, &token));
}

#[test]
fn user_info_is_a_bare_object() {
    let tenant = start(0);
    let id = person(&tenant);
    let path = "/OAuth2/UserInfo/__idaptive_cybr_user_oidc";
    let token = tenant.emulator.token_for("pat@acme.example").unwrap();
    let by_post = tenant.call_as(
        &token,
        "POST",
        path,
        Some(&json!({ "Scopes": ["userInfo"] })),
    );
    let info = by_post.json();
    assert_eq!(
        (text(&info, "sub"), text(&info, "Username")),
        (&*id, "pat@acme.example")
    );
    for member in [
        "FirstName",
        "LastName",
        "HomeNumber",
        "Manager",
        "Groups",
        "Rights",
        "Roles",
    ] {
        assert!(info.get(member).is_some(), "{member}");
    }
    assert_eq!(info["Roles"], json!(["Everybody"]));
    assert_eq!(tenant.call_as(&token, "GET", path, None).json(), info);
    let refused = tenant.call_as("x", "GET", path, None);
    assert_eq!(
        (refused.status, refused.header("www-authenticate")),
        (401, Some("Bearer"))
    );
}
