//! Lists that move or end while they are read: what comes of them, and with how many requests.
// Clippy tells tests by their attribute, and so does not know their helpers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::pin::pin;

use cyberark_identity::{Client, ErrorKind, Result, StaticToken, ops::scim::users::QueryUsers};
use cyberark_identity_tests::replay::{Answer, Replay};
use futures_util::StreamExt;
use serde_json::json;

/// A page of people who are called by numbers.
fn page(start: i64, total: i64, people: &[i64]) -> Answer {
    let people: Vec<_> = people
        .iter()
        .map(|number| json!({"id": number.to_string()}))
        .collect();
    let page = json!({"startIndex": start, "totalResults": total, "Resources": people});
    Answer::json(200, page.to_string())
}

/// Who came of it, how it ended, and which pages were asked for.
async fn read(pages: Vec<Answer>) -> (Vec<String>, Result<(), ErrorKind>, Vec<String>) {
    let replay = Replay::of(pages);
    let client = Client::builder("abc1234.id.cyberark.cloud")
        .auth(StaticToken::new("made-up-token").unwrap())
        .transport(replay.clone())
        .build()
        .unwrap();
    let query = QueryUsers {
        count: Some(2),
        ..QueryUsers::default()
    };
    let stream = client.scim().users().iter(query).unwrap().into_stream();
    let mut stream = pin!(stream);
    let (mut ids, mut end) = (Vec::new(), Ok(()));
    while let Some(user) = stream.next().await {
        match user {
            Ok(user) => ids.extend(user.id),
            Err(error) => {
                end = Err(error.kind());
                break;
            }
        }
    }
    let start = |url: &http::Uri| {
        let query = url.query().unwrap_or_default();
        let mut query = url::form_urlencoded::parse(query.as_bytes());
        query.find_map(|(name, value)| (name == "startIndex").then(|| value.into_owned()))
    };
    let requests = replay.requests();
    let asked = requests.iter().filter_map(|request| start(&request.url));
    let asked = asked.collect();
    (ids, end, asked)
}

#[tokio::test]
async fn somebody_who_moved_to_the_next_page_comes_once() {
    let pages = vec![page(1, 5, &[1, 2]), page(3, 5, &[2, 3]), page(5, 5, &[4])];
    let (ids, end, asked) = read(pages).await;
    assert_eq!((ids.join(" ").as_str(), end), ("1 2 3 4", Ok(())));
    assert_eq!(asked.join(" "), "1 3 5");
}

#[tokio::test]
async fn a_service_that_always_gives_the_first_page_is_not_followed_in_circles() {
    let pages = vec![page(1, 9, &[1, 2]), page(1, 9, &[1, 2])];
    let (ids, end, asked) = read(pages).await;
    assert_eq!(
        (ids.join(" ").as_str(), end),
        ("1 2", Err(ErrorKind::UnexpectedResponse))
    );
    assert_eq!(asked.join(" "), "1 3");
}

#[tokio::test]
async fn a_list_that_is_cut_off_does_not_look_complete() {
    let pages = vec![page(1, 9, &[1, 2]), page(3, 9, &[])];
    let (ids, end, asked) = read(pages).await;
    assert_eq!(
        (ids.join(" ").as_str(), end),
        ("1 2", Err(ErrorKind::UnexpectedResponse))
    );
    assert_eq!(asked.join(" "), "1 3");
}
