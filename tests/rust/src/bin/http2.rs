//! A server that speaks HTTP/2 and holds some of its answers back: a process for the tests of Python and Node.
//!
//! `http2 [demand] [answer|hold]...` says what it does with one request after the other; those after them are answered.
//! With `demand` it lets only clients in that show a certificate, and hangs up on others without a word. It prints its address, its CA file and a certificate for
//! clients with its key, and then what happened so far, whenever something has. A line on standard input lets it answer
//! what it holds; at the end of that it ends, too.

use std::sync::Arc;

use cyberark_identity_tests::{
    authority::{Authority, Speaks},
    odd_server::{Act, OddServer},
};
use serde_json::json;

#[tokio::main]
async fn main() {
    let mut words = std::env::args().skip(1).peekable();
    let demands = words.next_if(|word| word == "demand").is_some();
    let acts = words.map(|word| match word.as_str() {
        "hold" => Act::Hold,
        _ => Act::Answer,
    });
    let authority = Authority::new();
    let speaks = Speaks {
        protocols: &[b"h2"],
        clients: demands.then_some(&authority),
        strangers: true,
        ..Speaks::default()
    };
    let (tls, acts) = (authority.server(&speaks), acts.collect::<Vec<_>>());
    let server = match demands {
        true => OddServer::http2_of_known_clients(tls, acts).await,
        false => OddServer::http2(tls, acts).await,
    };
    let (certificate, key) = authority.client();
    println!(
        "{}",
        json!({ "url": server.url, "ca_file": authority.file(), "certificate": certificate, "key": key })
    );
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
