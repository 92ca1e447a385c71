//! A tenant without a listener.
#![allow(clippy::unwrap_used)] // helpers of tests are tests

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use cyberark_identity_emulator::{Options, in_memory};
use serde_json::{Value, json};
use tower::ServiceExt;

#[tokio::test]
async fn the_router_answers_without_a_connection() {
    let (router, description) = in_memory(Options {
        seed_users: 2,
        ..Options::default()
    });
    assert_eq!(description.ca_file, None);
    let ask = |method: &str, path: &str, body: Value| {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("Authorization", format!("Bearer {}", description.token))
            .body(Body::from(body.to_string()))
            .unwrap();
        let router = router.clone();
        async move {
            let response = router.oneshot(request).await.unwrap();
            let status = response.status();
            let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
            (
                status,
                serde_json::from_slice::<Value>(&bytes).unwrap_or_default(),
            )
        }
    };
    let (status, made) = ask(
        "POST",
        "/scim/Users",
        json!({ "userName": "a@acme.example" }),
    )
    .await;
    assert_eq!(status, StatusCode::CREATED);
    let location = made["meta"]["location"].as_str().unwrap();
    assert!(location.starts_with(&format!("{}/Scim/v2/Users/", description.url)));
    let (_, list) = ask("GET", "/scim/Users", Value::Null).await;
    assert_eq!(list["totalResults"], 5);
    let (status, record) = ask("GET", "/_emulator/requests", Value::Null).await;
    assert_eq!(
        (status, record["requests"][0]["connection"].as_u64()),
        (StatusCode::OK, Some(0))
    );
}
