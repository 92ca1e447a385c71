//! A server that speaks HTTP/2 and holds some of its answers back: a process for the tests of Python and Node.
//!
//! `http2 [answer|hold]...` says what it does with one request after the other; those after them are answered. It prints
//! its address and its CA file, and then what happened so far, whenever something has. A line on standard input lets it
//! answer what it holds; at the end of that it ends, too.

use std::sync::Arc;

use cyberark_identity_tests::{
    authority::{Authority, Speaks},
    odd_server::{Act, OddServer},
};
use serde_json::json;

#[tokio::main]
async fn main() {
    let acts = std::env::args().skip(1).map(|word| match word.as_str() {
        "hold" => Act::Hold,
        _ => Act::Answer,
    });
    let authority = Authority::new();
    let speaks = Speaks {
        protocols: &[b"h2"],
        ..Speaks::default()
    };
    let server = OddServer::http2(authority.server(&speaks), acts.collect::<Vec<_>>()).await;
    let ca_file = authority.file();
    println!("{}", json!({ "url": server.url, "ca_file": ca_file }));
    let server = Arc::new(server);
    let releasing = server.clone();
    let mut told = tokio::task::spawn_blocking(move || {
        let lines = std::io::stdin().lines();
        lines
            .map_while(Result::ok)
            .for_each(|_| releasing.release());
    });
    let mut seen = server.subscribe();
    loop {
        tokio::select! {
            _ = &mut told => return,
            _ = seen.changed() => {
                let seen = *seen.borrow_and_update();
                let (connections, requests, resets) = (seen.connections, seen.requests, seen.resets);
                println!("{}", json!({ "connections": connections, "requests": requests, "resets": resets }));
            }
        }
    }
}
