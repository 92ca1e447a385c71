//! One thread that drives the calls of a whole process, for programs where another thread waits for what comes of them.
//!
//! To wake a thread costs more than to handle an answer. So what is done while the worker is busy is told when it has
//! nothing more to do; whoever is woken then finds all of it.

use std::{cell::RefCell, io, sync::Arc, thread};

use tokio::runtime::{Builder, Runtime};

/// Calls that may be done before they are told although the worker goes on: whoever waits works beside it then.
const MOST: usize = 32;

/// Who is to be woken.
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
    /// What is to be told at the end of this turn. None on threads that have no turns.
    static TURN: RefCell<Option<Turn>> = const { RefCell::new(None) };
}

/// A runtime of one thread.
///
/// # Errors
/// When the system gives no thread.
pub fn runtime() -> io::Result<Runtime> {
    Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("cyberark-identity")
        .on_thread_park(rest)
        .on_thread_stop(rest)
        .enable_all()
        .build()
}

/// A call is done. `bell` is rung when the worker has nothing more to do, or has done many calls; at once, on another
/// thread. None where it is known that the bell waits to be rung already.
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

/// The worker is about to sleep, or to end, which drops the calls under way.
fn rest() {
    let turn = TURN.replace(Some(Turn::default())).unwrap_or_default();
    if turn.bells.is_empty() {
        return;
    }
    turn.bells.iter().for_each(|bell| bell.ring());
    // Where both share a processor, whoever was woken goes first: what it starts now finds the worker awake.
    thread::yield_now();
}
