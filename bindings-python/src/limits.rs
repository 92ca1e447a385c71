//! Pacing of a client, as Python sees it.

use pyo3::prelude::*;

/// Pacing of a client: its current limit, the load, and the last refusal.
#[pyclass(frozen, module = "cyberark_identity")]
pub(crate) struct Limits(pub(crate) cyberark_identity::Limits);

#[pymethods]
impl Limits {
    /// Requests that may be in progress at once; None when pacing is off.
    #[getter]
    fn limit(&self) -> Option<usize> {
        self.0.limit
    }

    /// Requests in progress.
    #[getter]
    fn in_flight(&self) -> usize {
        self.0.in_flight
    }

    /// Requests that wait for their turn.
    #[getter]
    fn waiting(&self) -> usize {
        self.0.waiting
    }

    /// Requests sent per second, averaged over the last five to ten seconds.
    #[getter]
    fn rate(&self) -> f64 {
        self.0.rate
    }

    /// Requests sent.
    #[getter]
    fn requests(&self) -> u64 {
        self.0.requests
    }

    /// How many of them had to wait for their turn.
    #[getter]
    fn waits(&self) -> u64 {
        self.0.waits
    }

    /// Seconds that these waited in total.
    #[getter]
    fn waited(&self) -> f64 {
        self.0.waited.as_secs_f64()
    }

    /// Seconds for which all requests are still held back because the service asked to wait; None if they are not.
    #[getter]
    fn held_for(&self) -> Option<f64> {
        self.0.held_for.map(|time| time.as_secs_f64())
    }

    /// HTTP status of the last refusal by the service; None if there was none.
    #[getter]
    fn limited_status(&self) -> Option<u16> {
        self.0.limited.map(|limited| limited.status)
    }

    /// Seconds that it asked to wait then; None if it did not say.
    #[getter]
    fn limited_retry_after(&self) -> Option<f64> {
        let asked = self.0.limited.and_then(|limited| limited.retry_after);
        asked.map(|time| time.as_secs_f64())
    }

    /// How many seconds ago that was.
    #[getter]
    fn limited_ago(&self) -> Option<f64> {
        self.0.limited_ago.map(|time| time.as_secs_f64())
    }

    /// Retries that were made.
    #[getter]
    fn retries(&self) -> u64 {
        self.0.retries
    }

    /// Retries that were refused, because the client had used up its retry budget: a fifth of its requests, plus ten a
    /// second.
    #[getter]
    fn retries_refused(&self) -> u64 {
        self.0.retries_refused
    }

    fn __repr__(&self) -> String {
        let limit = self
            .0
            .limit
            .map_or("no".to_owned(), |limit| limit.to_string());
        format!(
            "<Limits: limit {limit}, {} in flight, {} waiting, {:.1} requests/s>",
            self.0.in_flight, self.0.waiting, self.0.rate
        )
    }
}
