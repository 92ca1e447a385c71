//! Spans and events for `tracing`, with the names that OpenTelemetry's conventions for HTTP clients have.

use tracing::{Level as At, Span, field::Empty, level_filters::LevelFilter};

use super::{CallEnd, CallStart, Event, Level, Outcome, Topic};

/// The least level that somebody listens to.
pub(super) fn level() -> Option<Level> {
    match LevelFilter::current().into_level()? {
        At::ERROR => Some(Level::Error),
        At::WARN => Some(Level::Warning),
        At::INFO => Some(Level::Info),
        _ => Some(Level::Debug),
    }
}

/// Whether somebody listens to spans.
pub(super) fn wants_spans() -> bool {
    tracing::enabled!(target: "cyberark_identity::call", At::INFO)
}

/// The span of a call.
pub(super) fn span(start: &CallStart) -> Span {
    let span = tracing::info_span!(
        target: "cyberark_identity::call",
        "cyberark_identity.call",
        otel.name = start.operation,
        otel.kind = "client",
        otel.status_code = Empty,
        cyberark.operation = start.operation,
        cyberark.call_id = %start.call_id,
        cyberark.request_id = Empty,
        http.request.method = start.method,
        http.request.resend_count = Empty,
        http.response.status_code = Empty,
        url.template = Empty,
        url.path = Empty,
        server.address = start.host,
        error.type = Empty,
    );
    match start.template {
        Some(template) => span.record("url.template", template),
        None => span.record("url.path", start.path.as_str()),
    };
    span
}

/// Tells the span how its call ended.
pub(super) fn end(span: &Span, end: &CallEnd) {
    if end.attempts > 1 {
        span.record("http.request.resend_count", end.attempts - 1);
    }
    if let Some(status) = end.status {
        span.record("http.response.status_code", status);
    }
    if let Some(id) = &end.request_id {
        span.record("cyberark.request_id", id.as_str());
    }
    if end.outcome != Outcome::Success {
        span.record("error.type", end.outcome.as_str());
        span.record("otel.status_code", "ERROR");
    }
}

/// The level and the target have to be known where an event is written.
macro_rules! write_event {
    ($event:expr, $level:expr, $target:literal) => {{
        let Event { call_id, operation, what } = $event;
        let error = what.error().map(|error| error.kind().class());
        let wait = what.wait().map(|wait| wait.as_secs_f64());
        let attempt = what.attempt();
        match $level {
            Level::Debug => write_event!(@ At::DEBUG, $target, call_id, operation, what, error, wait, attempt),
            Level::Info => write_event!(@ At::INFO, $target, call_id, operation, what, error, wait, attempt),
            Level::Warning => write_event!(@ At::WARN, $target, call_id, operation, what, error, wait, attempt),
            Level::Error => write_event!(@ At::ERROR, $target, call_id, operation, what, error, wait, attempt),
        }
    }};
    (@ $at:expr, $target:literal, $id:ident, $operation:ident, $what:ident, $error:ident, $wait:ident, $attempt:ident) => {
        tracing::event!(
            target: $target,
            $at,
            event.name = $what.name(),
            cyberark.operation = $operation,
            cyberark.call_id = %$id,
            cyberark.attempt = $attempt,
            cyberark.wait_seconds = $wait,
            error.type = $error,
            "{}",
            $what
        )
    };
}

/// Writes an event.
pub(super) fn write(event: &Event<'_>, level: Level) {
    match event.what.topic() {
        Topic::Call => write_event!(event, level, "cyberark_identity::call"),
        Topic::Retry => write_event!(event, level, "cyberark_identity::retry"),
        Topic::Auth => write_event!(event, level, "cyberark_identity::auth"),
        Topic::Pace => write_event!(event, level, "cyberark_identity::pace"),
        Topic::Hooks => write_event!(event, level, "cyberark_identity::hooks"),
    }
}
