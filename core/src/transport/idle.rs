//! Connections that the service closed while nobody used them.

/// One turn for the runtime's driver to hear of it, one for the connection to act on it, one more for layers in between
/// (TLS).
const TURNS: usize = 3;

/// Lets the runtime act on what has happened to its connections, so that a request is not sent on one that is closed
/// already. Without that, a busy runtime, or one that was not run since, sends first and looks afterwards.
pub async fn notice_closed_connections() {
    for _ in 0..TURNS {
        tokio::task::yield_now().await;
    }
}
