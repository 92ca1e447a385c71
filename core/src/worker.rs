//! One thread that drives the calls of a whole process, for programs in which another thread waits for their results.
//!
//! Waking a thread costs more than handling an answer. So calls that finish while the worker is busy are reported when it has
//! nothing more to do; whoever is woken then finds all of them.

use std::{cell::RefCell, io, sync::Arc, thread};

use tokio::runtime::{Builder, Runtime};

/// Calls that may finish before they are reported although the worker is still busy: from then on, whoever waits works in
/// parallel.
const MOST: usize = 32;

/// Somebody who can be woken.
pub trait Bell: Send + Sync {
    /// Wakes whoever waits.
    fn ring(&self);
}

#[derive(Default)]
struct Turn {
    bells: Vec<Arc<dyn Bell>>,
    done: usize,
}

thread_local! {
    /// What is to be reported at the end of this turn. None on threads that have no turns.
    static TURN: RefCell<Option<Turn>> = const { RefCell::new(None) };
}

/// A runtime of one thread.
///
/// # Errors
/// If the operating system cannot start a thread.
pub fn runtime() -> io::Result<Runtime> {
    Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("cyberark-identity")
        .on_thread_park(rest)
        .on_thread_stop(rest)
        .enable_all()
        .build()
}

/// A call is done. On the worker, `bell` is rung when the worker has nothing more to do or has finished many calls; on any
/// other thread, at once. None if the bell is known to be waiting already.
pub fn done(bell: Option<Arc<dyn Bell>>) {
    let bells = TURN.with_borrow_mut(|turn| match turn {
        None => Vec::from_iter(bell),
        Some(turn) => {
            turn.bells.extend(bell);
            turn.done += 1;
            match turn.done < MOST {
                true => Vec::new(),
                false => std::mem::take(turn).bells,
            }
        }
    });
    bells.iter().for_each(|bell| bell.ring());
}

/// The worker is about to sleep, or to end, which drops the calls in progress.
fn rest() {
    let turn = TURN.replace(Some(Turn::default())).unwrap_or_default();
    if turn.bells.is_empty() {
        return;
    }
    turn.bells.iter().for_each(|bell| bell.ring());
    // If both share a processor, whoever was woken goes first: the calls it starts now find the worker awake.
    thread::yield_now();
}
