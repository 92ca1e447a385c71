//! One call as it is observed.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use http::{HeaderMap, HeaderName, HeaderValue};
use tokio::time::Instant;
use tracing::{Instrument, Span};

use super::{CallEnd, CallId, CallStart, Event, Level, Observers, What, observer::guarded, trace};
use crate::{
    error::Result,
    prepare::Prepared,
    transport::{Payload, TenantUrl},
};

/// A call, and who is informed about it.
pub(crate) struct Watch<'a> {
    observers: &'a Observers,
    pub(crate) id: CallId,
    operation: &'static str,
    /// The lowest level that somebody listens to.
    level: Option<Level>,
    has_hooks: bool,
    has_span: bool,
    attempts: AtomicU32,
    /// The header that carries its id.
    header: Option<&'a HeaderName>,
    /// What hooks add to its requests.
    added: OnceLock<HeaderMap>,
    /// The service's id of the exchange that succeeded.
    request_id: OnceLock<String>,
}

impl<'a> Watch<'a> {
    pub(crate) fn new(
        observers: &'a Observers,
        operation: &'static str,
        id: Option<CallId>,
        header: Option<&'a HeaderName>,
    ) -> Self {
        let traced = trace::level();
        let levels = [traced, observers.level()];
        Self {
            observers,
            id: id.unwrap_or_else(CallId::new),
            operation,
            level: levels.into_iter().flatten().min(),
            has_hooks: observers.has_hooks(),
            has_span: traced.is_some() && trace::wants_spans(),
            attempts: AtomicU32::new(0),
            header,
            added: OnceLock::new(),
            request_id: OnceLock::new(),
        }
    }

    /// The same call while it looks something up with `operation`.
    pub(crate) fn within(&self, operation: &'static str) -> Watch<'a> {
        Watch {
            observers: self.observers,
            id: self.id,
            operation,
            level: self.level,
            has_hooks: false,
            has_span: false,
            attempts: AtomicU32::new(0),
            header: self.header,
            added: self.added.clone(),
            request_id: OnceLock::new(),
        }
    }

    /// Reports that something happened, if somebody listens.
    pub(crate) fn tell(&self, what: What<'_>) {
        self.tell_of(self.operation, what);
    }

    /// The same for a request of a sign-in.
    pub(crate) fn tell_of(&self, operation: &str, what: What<'_>) {
        let level = what.level();
        if self.level.is_none_or(|least| level < least) {
            return;
        }
        let call_id = self.id;
        let event = Event {
            call_id,
            operation,
            what,
        };
        trace::write(&event, level);
        self.observers.tell(&event, level);
    }

    /// A request is sent. Returns its number.
    pub(crate) fn sends(&self) -> u32 {
        let attempt = self.attempts.fetch_add(1, Ordering::Relaxed) + 1;
        self.tell(What::Sent { attempt });
        attempt
    }

    /// Requests that were sent.
    pub(crate) fn attempts(&self) -> u32 {
        self.attempts.load(Ordering::Relaxed)
    }

    /// Adds the headers of hooks to a request, and the id of the call if a header is named for it.
    pub(crate) fn add_headers(&self, headers: &mut HeaderMap) {
        if let Some(name) = self.header {
            // A header can carry hexadecimal digits, so this never fails.
            let value = HeaderValue::try_from(self.id.to_string()).ok();
            headers.extend(value.map(|value| (name.clone(), value)));
        }
        headers.extend(self.added.get().cloned().unwrap_or_default());
    }

    /// Whether anybody is informed of its beginning and its end.
    pub(crate) fn is_followed(&self) -> bool {
        self.has_hooks || self.has_span || self.level == Some(Level::Debug)
    }

    /// Remembers the service's id of the exchange that succeeded. It must not contain a secret.
    pub(crate) fn answered(&self, request_id: Option<String>) {
        if let Some(id) = request_id {
            // A call succeeds once.
            let _ = self.request_id.set(id);
        }
    }
}

/// A call whose beginning and end are reported.
pub(crate) struct Followed<'a, 'w> {
    watch: &'w Watch<'a>,
    began: Instant,
    span: Span,
    /// None when it is over.
    end: Option<CallEnd>,
}

impl<'a> Watch<'a> {
    /// Runs the hooks before the call. Dropping what this returns means that the call was cancelled.
    pub(crate) async fn begin<'w>(
        &'w self,
        tenant: &TenantUrl,
        prepared: &Prepared,
        limit: Duration,
    ) -> Followed<'a, 'w> {
        let began = Instant::now();
        let mut start = CallStart::new(self.id, tenant.host(), prepared);
        let span = match self.has_span {
            true => trace::span(&start),
            false => Span::none(),
        };
        let followed = Followed {
            watch: self,
            began,
            span: span.clone(),
            end: Some(CallEnd::cancelled(start.call_id, prepared)),
        };
        span.in_scope(|| self.tell(What::Started(&start)));
        self.run_before(&mut start, limit).instrument(span).await;
        // A call begins once.
        let _ = self.added.set(start.headers);
        followed
    }

    async fn run_before(&self, start: &mut CallStart, limit: Duration) {
        for observer in self.observers.with_hooks() {
            let hook = async { observer.before(start).await };
            if let Err(error) = guarded(limit, hook).await {
                self.hook_failed("before", &*error);
            }
        }
    }

    async fn run_after(&self, end: &CallEnd, limit: Duration) {
        for observer in self.observers.with_hooks() {
            let hook = async { observer.after(end).await };
            if let Err(error) = guarded(limit, hook).await {
                self.hook_failed("after", &*error);
            }
        }
    }

    fn hook_failed(&self, hook: &'static str, error: &(dyn std::error::Error + 'static)) {
        let first = self.observers.fails_first(hook);
        self.tell(What::HookFailed { hook, first, error });
    }
}

impl Followed<'_, '_> {
    /// Runs the call within its span.
    pub(crate) async fn run(
        &self,
        call: Pin<&mut impl Future<Output = Result<Payload>>>,
    ) -> Result<Payload> {
        call.instrument(self.span.clone()).await
    }

    /// Reports how the call ended, and runs the hooks after it.
    pub(crate) async fn end(mut self, outcome: &Result<Payload>, limit: Duration) {
        let Some(mut end) = self.end.take() else {
            return;
        };
        end.learn(outcome);
        self.complete(&mut end);
        let span = self.span.clone();
        async {
            self.watch.tell(What::Ended(&end));
            self.watch.run_after(&end, limit).await;
        }
        .instrument(span)
        .await;
    }

    fn complete(&self, end: &mut CallEnd) {
        end.attempts = self.watch.attempts();
        end.duration = self.began.elapsed();
        if let Some(id) = self.watch.request_id.get() {
            end.request_id = Some(id.clone());
        }
        trace::end(&self.span, end);
    }
}

impl Drop for Followed<'_, '_> {
    fn drop(&mut self) {
        let Some(mut end) = self.end.take() else {
            return;
        };
        self.complete(&mut end);
        self.span.in_scope(|| self.watch.tell(What::Ended(&end)));
        self.watch.observers.cancelled(&end);
    }
}

impl fmt::Debug for Watch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Watch({} {})", self.operation, self.id)
    }
}
