//! When the worker of a binding tells of calls that are done.
// Clippy tells tests by their attribute, and so does not know their helpers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    time::Duration,
};

use cyberark_identity::worker::{self, Bell};
use tokio::runtime::Runtime;

struct Counter {
    rings: AtomicUsize,
    rung: mpsc::SyncSender<()>,
}

impl Counter {
    fn new() -> (Arc<Self>, mpsc::Receiver<()>) {
        let (rung, heard) = mpsc::sync_channel(100);
        let rings = AtomicUsize::new(0);
        (Arc::new(Self { rings, rung }), heard)
    }

    fn rings(&self) -> usize {
        self.rings.load(Ordering::SeqCst)
    }
}

impl Bell for Counter {
    fn ring(&self) {
        self.rings.fetch_add(1, Ordering::SeqCst);
        self.rung.send(()).unwrap();
    }
}

/// The rings that were heard when `calls` were done one after the other, on a worker that has slept before.
fn rings_within_a_turn(runtime: &Runtime, bell: &Arc<Counter>, calls: usize) -> usize {
    let bell = bell.clone();
    let turn = runtime.spawn(async move {
        // A timer ends by nothing but the worker's sleep.
        tokio::time::sleep(Duration::from_millis(1)).await;
        worker::done(Some(bell.clone()));
        (1..calls).for_each(|_| worker::done(None));
        bell.rings()
    });
    runtime.block_on(turn).unwrap()
}

#[test]
fn what_is_done_in_one_turn_is_told_once_at_its_end() {
    let runtime = worker::runtime().unwrap();
    let (bell, heard) = Counter::new();
    assert_eq!(rings_within_a_turn(&runtime, &bell, 10), 0);
    heard.recv_timeout(Duration::from_secs(60)).unwrap();
    assert_eq!(bell.rings(), 1);
}

#[test]
fn much_that_is_done_is_told_before_the_end() {
    let runtime = worker::runtime().unwrap();
    let (bell, heard) = Counter::new();
    assert_eq!(rings_within_a_turn(&runtime, &bell, 1_000), 1);
    heard.recv_timeout(Duration::from_secs(60)).unwrap();
}

#[test]
fn the_end_of_the_worker_tells_of_what_it_drops() {
    struct Call(Arc<Counter>);

    impl Drop for Call {
        fn drop(&mut self) {
            worker::done(Some(self.0.clone()));
        }
    }

    let runtime = worker::runtime().unwrap();
    let (bell, heard) = Counter::new();
    assert_eq!(rings_within_a_turn(&runtime, &bell, 1), 0);
    heard.recv_timeout(Duration::from_secs(60)).unwrap();
    let call = Call(bell);
    runtime.spawn(async move {
        std::future::pending::<()>().await;
        drop(call);
    });
    runtime.shutdown_background();
    heard.recv_timeout(Duration::from_secs(60)).unwrap();
}

#[test]
fn elsewhere_it_is_told_at_once() {
    let (bell, _heard) = Counter::new();
    worker::done(Some(bell.clone()));
    worker::done(None);
    assert_eq!(bell.rings(), 1);
}
