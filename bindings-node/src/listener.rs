//! What JavaScript learns about a call in progress. Only observed calls have a listener.

use std::{fmt, future::Future, sync::Arc};

use cyberark_identity::observe::{CallEnd, Event, Level, Observer, What};
use serde::Serialize;

use crate::queue::Queue;

tokio::task_local! {
    /// Where the events of the running call go.
    static LISTENER: Arc<Queue>;
}

/// Runs `call`, and reports it to `queue` if somebody observes it.
pub(crate) async fn told<F: Future>(queue: Option<Arc<Queue>>, call: F) -> F::Output {
    match queue {
        Some(queue) => LISTENER.scope(queue, call).await,
        None => call.await,
    }
}

/// Reports the calls of a client to JavaScript.
pub(crate) struct Listener;

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Listener")
    }
}

impl Observer for Listener {
    fn level(&self) -> Option<Level> {
        LISTENER.try_with(|_| Level::Debug).ok()
    }

    fn event(&self, event: &Event<'_>) {
        // TypeScript itself knows when a call begins.
        if !matches!(event.what, What::Started(_)) {
            let message = to_json(event);
            let _ = LISTENER.try_with(|queue| queue.tell(message));
        }
    }
}

/// An event as it is handed over.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Message<'a> {
    topic: &'static str,
    event: &'static str,
    call_id: String,
    operation: &'a str,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    attempt: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wait_ms: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<End<'a>>,
}

/// How the call ended.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct End<'a> {
    attempts: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes_sent: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes_received: Option<u64>,
}

impl<'a> End<'a> {
    fn of(end: &'a CallEnd) -> Self {
        Self {
            attempts: end.attempts,
            status: end.status,
            request_id: end.request_id.as_deref(),
            bytes_sent: end.bytes_sent,
            bytes_received: end.bytes_received,
        }
    }
}

fn to_json(event: &Event<'_>) -> String {
    let what = &event.what;
    let message = Message {
        topic: what.topic().as_str(),
        event: what.name(),
        call_id: event.call_id.to_string(),
        operation: event.operation,
        message: event.to_string(),
        attempt: what.attempt(),
        wait_ms: what.wait().map(|wait| wait.as_secs_f64() * 1000.0),
        error_type: what.error().map(|error| error.kind().class()),
        end: match what {
            What::Ended(end) => Some(End::of(end)),
            _ => None,
        },
    };
    // Texts and numbers always have a JSON form.
    serde_json::to_string(&message).unwrap_or_default()
}
