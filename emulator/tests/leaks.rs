//! Nothing stays behind. Alone in its file, because it looks at the threads and descriptors of the whole process.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)] // helpers of tests are tests

mod common;

use std::time::{Duration, Instant};

use common::start_with;
use cyberark_identity_emulator::Options;

fn threads_of_the_emulator() -> usize {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap();
    // The kernel keeps the first fifteen bytes of a name.
    let names =
        tasks.filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("comm")).ok());
    names
        .filter(|name| name.starts_with("identity-emula"))
        .count()
}

fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

/// The kernel lists a thread for a moment after it was joined, and nothing tells when that ends.
fn eventually(what: &str, is_true: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(5);
    while !is_true() {
        assert!(Instant::now() < deadline, "not in time: {what}");
        std::thread::yield_now();
    }
}

#[test]
fn stopped_tenants_leave_no_thread_and_no_descriptor() {
    let round = |port: u16, tls: bool| {
        let tenant = start_with(Options {
            port,
            tls,
            ..Options::default()
        });
        let idle = tenant.connect();
        if !tls {
            // Once it has answered, its threads are up and named.
            assert_eq!(tenant.get("/scim/Users").status, 200);
            assert!(threads_of_the_emulator() > 0);
        }
        let port = tenant
            .address()
            .rsplit(':')
            .next()
            .unwrap()
            .parse()
            .unwrap();
        drop(tenant);
        drop(idle);
        port
    };
    // The first round opens what the process keeps, such as a source of random numbers.
    let port = round(0, false);
    let before = descriptors();
    for number in 0..30 {
        // The port is free again at once.
        round(port, number % 3 == 0);
        eventually("the threads are gone", || threads_of_the_emulator() == 0);
    }
    eventually("the descriptors are closed", || descriptors() == before);
}
