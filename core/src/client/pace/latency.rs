//! Whether answers come later than they used to.

use std::time::Duration;

/// Answers before anything is said.
const ENOUGH: u32 = 50;

/// How much later than usual counts: a factor, and seconds on top, because short times vary by themselves.
const FACTOR: f64 = 3.0;
const MARGIN: f64 = 0.05;

/// Two moving averages of the time that answers take, one quick and one slow.
#[derive(Debug, Default)]
pub(super) struct Latency {
    recent: f64,
    usual: f64,
    seen: u32,
}

impl Latency {
    /// Takes note of an answer.
    pub(super) fn rises(&mut self, took: Duration) -> bool {
        let took = took.as_secs_f64();
        if self.seen < ENOUGH {
            self.seen += 1;
            let weight = 1.0 / f64::from(self.seen);
            self.usual += (took - self.usual) * weight;
            self.recent = self.usual;
            return false;
        }
        self.recent += (took - self.recent) * 0.1;
        self.usual += (took - self.usual) * 0.005;
        self.recent > self.usual * FACTOR + MARGIN
    }
}
