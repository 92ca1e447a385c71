//! Tapes: no secret is on one, and a sign-in is played all the same.
// Clippy tells tests by their attribute, and so does not know their helpers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use cyberark_identity::{CallOptions, Client, ClientCredentials, Prepared};
use cyberark_identity_tests::{
    replay::{Answer, Replay},
    tape::{Place, TENANT, ok},
};
use serde_json::{Value, json};

const SECRETS: [&str; 7] = [
    "Made-Up & 'Pass' \"1\\",
    "made-up-answer",
    "made-up-token.x",
    "made-up-refresh",
    "hunter2-secret",
    "made-up-key",
    "made-up-cookie",
];

#[tokio::test]
async fn no_secret_of_any_flow_is_on_a_tape() {
    let [password, answer, token, refresh, secret, key, cookie] = SECRETS;
    let all = SECRETS.join(" and ");
    let place = Place::new();
    let granted = json!({"access_token": token, "refresh_token": refresh, "expires_in": 300});
    let echo = json!({"success": true, "Result": {
        "Name": all, "Password": password, all.clone(): 1, "Inner": json!({"Token": token, "n": all}).to_string(),
    }});
    let echo = |status| {
        Answer::json(status, serde_json::to_string_pretty(&echo).unwrap())
            .header("set-cookie", &format!(".ASPXAUTH={cookie}; path=/"))
            .header(
                "location",
                &format!("https://x.example/?code={answer}&state=1"),
            )
            .header("x-said", &format!("{token} {secret}"))
    };
    let transport = Replay::of([
        Answer::json(200, granted.to_string()),
        ok(json!({})),
        echo(200),
        echo(400),
        echo(200),
        echo(200),
    ]);
    let client = Client::builder(TENANT)
        .auth(ClientCredentials::new("app", "svc@acme.example", secret).unwrap())
        .transport(transport)
        .header("X-Api-Key", key)
        .record(place.as_ref())
        .build()
        .unwrap();
    let send = async |path: &str, query: &[(String, String)], body: Value| {
        let prepared = Prepared::raw("POST", path, query, Some(&body)).unwrap();
        let options = CallOptions::new()
            .header("Cookie", &format!("a={cookie}"))
            .unwrap();
        let _ = client.dispatch(&prepared, &options).await;
    };
    let patch = json!({"Operations": [{"op": "replace", "path": "password", "value": password}]});
    send(
        "/Security/AdvanceAuthentication",
        &[],
        json!({"Answer": {"q-1": answer}}),
    )
    .await;
    send(
        "/Core/Any",
        &[("refresh_token".to_owned(), refresh.to_owned())],
        patch,
    )
    .await;
    send("/Core/Any", &[], json!({"say": all})).await;
    client.revoke(&CallOptions::new()).await.unwrap();

    let text = place.text();
    let cut: String = text.lines().map(|line| &line[..line.len() - 1]).collect();
    for secret in SECRETS {
        let quoted = serde_json::to_string(secret).unwrap();
        for spelling in [secret, quoted.trim_matches('"')] {
            assert!(!text.contains(spelling), "{spelling} is on {text}");
        }
        let twice = serde_json::to_string(quoted.trim_matches('"')).unwrap();
        assert!(
            !cut.contains(twice.trim_matches('"')),
            "{secret} is within {text}"
        );
    }
    assert_eq!(text.lines().count(), 7, "{text}");
}

#[tokio::test]
async fn a_sign_in_is_played_with_tokens_that_are_invented() {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let encode = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let claims = json!({"iat": 1_000, "exp": 1_300, "tenant_id": "ABC1234", "jti": "made-up-id"});
    let jwt = format!(
        "{}.{}.c2lnbmF0dXJl",
        encode(json!({"alg": "RS256"})),
        encode(claims)
    );
    let place = Place::new();
    let granted = json!({"access_token": jwt, "expires_in": 300}).to_string();
    let transport = Replay::of([Answer::json(200, granted), ok(json!({ "Said": jwt }))]);
    let auth = || ClientCredentials::new("app", "svc@acme.example", "hunter2-secret").unwrap();
    let client = Client::builder(TENANT)
        .auth(auth())
        .transport(transport)
        .record(place.as_ref());
    client.build().unwrap().users().get("u-1").await.unwrap();
    let text = place.text();
    assert!(
        !text.contains("c2lnbmF0dXJl") && text.contains(".replayed-1"),
        "{text}"
    );
    assert!(text.contains(r#""Said":"***""#), "{text}");
    let kept = encode(json!({"iat": 1_000, "exp": 1_300, "tenant_id": "ABC1234"}));
    assert!(text.contains(&kept), "{text}");

    let client = Client::replay(place.as_ref()).auth(auth()).build().unwrap();
    client.users().get("u-1").await.unwrap();
    // How often a token is asked for depends on the time.
    client.revoke(&CallOptions::new()).await.unwrap_err();
}
