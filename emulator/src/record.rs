//! A record of every request, so that tests can assert what a client really sent. Secrets are blanked when it is read.

mod raw;
mod redact;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::Method;
use serde::Serialize;
use serde_json::Value;
use tokio::sync::watch;
use uuid::Uuid;

use crate::state::user::Text;
use raw::Raw;

/// How many requests are kept; older ones only count.
const KEPT: usize = 10_000;
/// Bodies above this size are recorded by their length alone.
const BODY_KEPT: usize = 64 * 1024;

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// Not ended yet.
    Pending,
    /// The whole answer was handed to the connection.
    Answered,
    /// The client went away before there was an answer.
    ClientClosed,
    /// A fault closed the connection instead of answering.
    ClosedBefore,
    /// A fault closed the connection in the middle of the answer's body.
    ClosedInBody,
    /// A fault closed the idle connection after the answer.
    ClosedAfter,
}

/// One request as it was seen, with secrets blanked.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// Counts up from 1 over the life of the tenant.
    pub id: u64,
    /// The connection it came on; requests with the same number shared one.
    pub connection: u64,
    /// When it arrived, by the tenant's clock, in RFC 3339.
    pub at: String,
    /// HTTP method.
    pub method: String,
    /// Path as sent.
    pub path: String,
    /// Query string as sent, without the question mark, empty when there was none.
    pub query: String,
    /// Path template of the operation that handled it, if one did.
    pub operation: Option<&'static str>,
    /// Request headers by lower-case name.
    pub headers: BTreeMap<String, String>,
    /// Request body: JSON as it is, form fields as an object, anything else by its length.
    pub body: Value,
    /// Login name of the caller, if the request carried a live token.
    pub caller: Option<String>,
    /// Status of the answer.
    pub status: Option<u16>,
    /// How it ended.
    pub outcome: Outcome,
    /// The fault that was applied, if any.
    pub fault: Option<String>,
    /// Value of the `X-CFY-TX-ID` answer header.
    pub transaction: String,
}

/// Totals since the start or the last clearing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Counters {
    /// All requests.
    pub requests: u64,
    /// Requests that met a fault.
    pub faults: u64,
    /// Answers by status.
    pub by_status: BTreeMap<u16, u64>,
    /// Requests by method and path template.
    pub by_operation: BTreeMap<String, u64>,
}

struct Entry {
    id: u64,
    connection: u64,
    at: jiff::Timestamp,
    method: Method,
    raw: Raw,
    operation: Option<&'static str>,
    body: KeptBody,
    caller: Option<Text>,
    status: Option<u16>,
    outcome: Outcome,
    fault: Option<String>,
    transaction: Uuid,
}

/// A request body; only its length when it is long.
#[derive(Default)]
struct KeptBody {
    length: usize,
    bytes: Box<[u8]>,
}

#[derive(Default)]
struct Log {
    last_id: u64,
    /// By ascending number.
    entries: VecDeque<Entry>,
    totals: Totals,
}

/// What the counters are made of when somebody asks for them.
#[derive(Default)]
struct Totals {
    requests: u64,
    faults: u64,
    by_status: HashMap<u16, u64>,
    by_operation: HashMap<(Method, &'static str), u64>,
}

#[derive(Default)]
struct Shared {
    log: Mutex<Log>,
    changed: watch::Sender<()>,
}

impl Log {
    fn push(&mut self, arrival: &Arrival<'_>) -> u64 {
        self.last_id += 1;
        self.totals.requests += 1;
        if self.entries.len() == KEPT {
            self.entries.pop_front();
        }
        self.entries.push_back(Entry {
            id: self.last_id,
            connection: arrival.connection,
            at: arrival.at,
            method: arrival.parts.method.clone(),
            raw: Raw::of(arrival.parts),
            operation: None,
            body: KeptBody::default(),
            caller: None,
            status: None,
            outcome: Outcome::Pending,
            fault: None,
            transaction: arrival.transaction,
        });
        self.last_id
    }
}

/// Keeps the log and tells waiting readers when it changes. Clones share the log.
#[derive(Clone, Default)]
pub(crate) struct Recorder(Arc<Shared>);

/// What is known about a request when it arrives.
pub(crate) struct Arrival<'a> {
    pub(crate) connection: u64,
    pub(crate) at: jiff::Timestamp,
    pub(crate) parts: &'a http::request::Parts,
    pub(crate) transaction: Uuid,
}

impl Recorder {
    /// Notes a new request. The ticket must be settled; if it is dropped before, the client went away.
    pub(crate) fn arrived(&self, arrival: &Arrival<'_>) -> Ticket {
        let id = self.lock().push(arrival);
        self.tell();
        Ticket {
            recorder: self.clone(),
            id,
            settled: false,
        }
    }

    /// The kept requests, oldest first.
    pub(crate) fn requests(&self) -> Vec<RecordedRequest> {
        self.lock().entries.iter().map(Entry::redacted).collect()
    }

    /// The youngest of them, youngest first.
    pub(crate) fn latest(&self, count: usize) -> Vec<RecordedRequest> {
        let log = self.lock();
        let latest = log.entries.iter().rev().take(count);
        latest.map(Entry::redacted).collect()
    }

    pub(crate) fn counters(&self) -> Counters {
        let log = self.lock();
        let totals = &log.totals;
        let by_operation = totals.by_operation.iter();
        Counters {
            requests: totals.requests,
            faults: totals.faults,
            by_status: totals.by_status.iter().map(|(k, v)| (*k, *v)).collect(),
            by_operation: by_operation
                .map(|((method, template), count)| (format!("{method} {template}"), *count))
                .collect(),
        }
    }

    /// Forgets what has ended and starts counting anew. Numbers go on, so that a ticket never meets another request.
    pub(crate) fn clear(&self) {
        let mut log = self.lock();
        log.entries
            .retain(|entry| entry.outcome == Outcome::Pending);
        log.totals = Totals::default();
    }

    /// Waits until at least `wanted` kept requests satisfy the condition; false when the time is up first.
    pub(crate) async fn wait_for(
        &self,
        wanted: usize,
        timeout: Duration,
        condition: impl Fn(&RecordedRequest) -> bool,
    ) -> bool {
        let mut changed = self.0.changed.subscribe();
        let enough = async {
            loop {
                if self
                    .requests()
                    .iter()
                    .filter(|entry| condition(entry))
                    .count()
                    >= wanted
                {
                    return;
                }
                if changed.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
            }
        };
        tokio::time::timeout(timeout, enough).await.is_ok()
    }

    fn amend(&self, id: u64, change: impl FnOnce(&mut Entry, &mut Totals)) {
        {
            let mut log = self.lock();
            let log = &mut *log;
            let place = log.entries.binary_search_by_key(&id, |entry| entry.id);
            if let Some(entry) = place.ok().and_then(|place| log.entries.get_mut(place)) {
                change(entry, &mut log.totals);
            }
        }
        self.tell();
    }

    /// Nobody waits in most tenants. Who begins to wait subscribes before looking at the log, so nothing is missed.
    fn tell(&self) {
        if self.0.changed.receiver_count() > 0 {
            self.0.changed.send_replace(());
        }
    }

    fn lock(&self) -> MutexGuard<'_, Log> {
        self.0.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to complete one entry of the log.
pub(crate) struct Ticket {
    recorder: Recorder,
    id: u64,
    settled: bool,
}

impl Ticket {
    pub(crate) fn body(&self, body: &[u8]) {
        if body.is_empty() {
            return;
        }
        let kept = KeptBody {
            length: body.len(),
            bytes: if body.len() <= BODY_KEPT {
                body.into()
            } else {
                Box::default()
            },
        };
        self.recorder.amend(self.id, |entry, _| entry.body = kept);
    }

    pub(crate) fn fault(&self, label: String) {
        self.recorder.amend(self.id, |entry, totals| {
            entry.fault = Some(label);
            totals.faults += 1;
        });
    }

    pub(crate) fn operation(&self, template: &'static str, caller: Option<Text>) {
        self.recorder.amend(self.id, |entry, totals| {
            entry.operation = Some(template);
            entry.caller = caller;
            *totals
                .by_operation
                .entry((entry.method.clone(), template))
                .or_default() += 1;
        });
    }

    /// For an answer whose connection is closed afterwards, which counts when it has happened.
    pub(crate) fn settle_until_closed(self, status: u16) -> Epilogue {
        let epilogue = Epilogue {
            recorder: self.recorder.clone(),
            id: self.id,
        };
        self.settle(Some(status), Outcome::Answered);
        epilogue
    }

    pub(crate) fn settle(mut self, status: Option<u16>, outcome: Outcome) {
        self.settled = true;
        self.recorder.amend(self.id, |entry, totals| {
            entry.status = status;
            entry.outcome = outcome;
            if let Some(status) = status {
                *totals.by_status.entry(status).or_default() += 1;
            }
        });
    }
}

/// What is added to an entry that was complete.
#[derive(Clone)]
pub(crate) struct Epilogue {
    recorder: Recorder,
    id: u64,
}

impl Epilogue {
    pub(crate) fn closed(&self) {
        let amended = |entry: &mut Entry, _: &mut Totals| entry.outcome = Outcome::ClosedAfter;
        self.recorder.amend(self.id, amended);
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if !self.settled {
            self.recorder
                .amend(self.id, |entry, _| entry.outcome = Outcome::ClientClosed);
        }
    }
}

impl Entry {
    fn redacted(&self) -> RecordedRequest {
        let headers = self.raw.headers();
        RecordedRequest {
            id: self.id,
            connection: self.connection,
            at: self.at.to_string(),
            method: self.method.to_string(),
            path: self.raw.path().to_owned(),
            query: redact::query(self.raw.query()),
            operation: self.operation,
            body: redact::body(&headers, &self.body.bytes, self.body.length),
            headers: redact::headers(&headers),
            caller: self.caller.as_deref().map(str::to_owned),
            status: self.status,
            outcome: self.outcome,
            fault: self.fault.clone(),
            transaction: self.transaction.simple().to_string(),
        }
    }
}
