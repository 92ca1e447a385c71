//! One call: attempts until there is proof of success, an error, or no time left.

use std::{
    sync::atomic::{AtomicU8, Ordering},
    time::Duration,
};

use http::{HeaderValue, header};
use tokio::time::Instant;

use super::{
    Client,
    pace::{Held, Limited, Signal},
};
use crate::{
    auth::Token,
    curl,
    error::{Delivery, Error, ErrorKind, Result},
    lookup::{Found, Lookup},
    observe::{Watch, What},
    operation::Retry,
    options::CallOptions,
    prepare::Prepared,
    redact::Secrets,
    transport::{
        Attempts, Outgoing, Payload, failed, notice_closed_connections, recognise, request_id,
    },
};

/// A call under way.
pub(super) struct Call<'a> {
    client: &'a Client,
    prepared: &'a Prepared,
    options: &'a CallOptions,
    watch: &'a Watch<'a>,
    deadline: Option<Instant>,
    /// What can be told of it when its time is over.
    delivery: AtomicU8,
}

impl<'a> Call<'a> {
    pub(super) fn new(
        client: &'a Client,
        prepared: &'a Prepared,
        options: &'a CallOptions,
        watch: &'a Watch<'a>,
        deadline: Option<Instant>,
    ) -> Self {
        Self {
            client,
            prepared,
            options,
            watch,
            deadline,
            delivery: AtomicU8::new(Delivery::NotSent as u8),
        }
    }

    pub(super) async fn run(&self) -> Result<Payload> {
        let shared = &self.client.shared;
        // A write that can be looked for is repeated after looking.
        let class = match &self.prepared.lookup {
            Some(_) => Retry::Idempotent,
            None => self.prepared.meta.retry,
        };
        let mut attempts = Attempts::new(&shared.settings.retry, class);
        let ends_session = self.prepared.meta.ends_session;
        let mut renewed = false;
        let mut doubt = false;
        loop {
            let token = shared
                .keeper
                .token(self.client.exchange(self.watch))
                .await?;
            attempts.sent += 1;
            let error = match self.attempt(&token).await {
                Ok(payload) => {
                    if ends_session {
                        shared.keeper.forget(&token, self.watch).await?;
                    }
                    return Ok(payload);
                }
                Err(error) => error.with(|d| d.attempts = attempts.sent),
            };
            let refused = error.kind() == ErrorKind::Authentication;
            // A session that has ended already needs no other one to be ended.
            if refused && !renewed && shared.keeper.discard(&token) && !ends_session {
                self.watch.tell(What::TokenRefused);
                renewed = true;
                continue;
            }
            if self.is_too_late_for(&error) {
                return Err(error);
            }
            let lookup = self.prepared.lookup.as_ref();
            match lookup.filter(|_| is_ambiguous(&error) || doubt && is_taken(&error)) {
                None => {
                    let told = |attempt, wait, error: &Error| self.repeats(attempt, wait, error);
                    attempts.pause(explain_refusal(error), told).await?;
                }
                Some(lookup) => {
                    doubt = true;
                    if let Some(payload) = self.settle(lookup, error, &mut attempts).await? {
                        return Ok(payload);
                    }
                }
            }
        }
    }

    /// Whether the service asked to wait for longer than this call may take.
    fn is_too_late_for(&self, error: &Error) -> bool {
        let asked = error.details().retry_after;
        let until = asked.and_then(|asked| Instant::now().checked_add(asked));
        until
            .zip(self.deadline)
            .is_some_and(|(until, deadline)| until > deadline)
    }

    /// Sends the request once.
    async fn attempt(&self, token: &Token) -> Result<Payload> {
        let meta = self.prepared.meta;
        let pace = self.client.shared.pace.as_ref();
        let place = match pace {
            Some(pace) => {
                let held = |wait| self.watch.tell(What::Held { wait });
                let place = pace.enter(self.deadline, held).await;
                Some(place.map_err(|held| self.held(&held))?)
            }
            None => None,
        };
        // A read that meets a closed connection is repeated; of a write, nobody would know whether it was carried out.
        if meta.retry != Retry::Safe {
            notice_closed_connections().await;
        }
        let attempt = self.watch.sends();
        self.note(Delivery::Unknown);
        let request = self.outgoing(token.header());
        let outcome = match self.client.transport.round_trip(request).await {
            Ok(incoming) => recognise(meta, incoming),
            Err(failure) => Err(failed(meta.name, failure)),
        };
        let outcome = outcome.map_err(|error| self.without_secrets(error, token));
        if let Some(place) = place {
            place.ended(signal(&outcome));
        }
        match &outcome {
            Ok(payload) => self.answered(payload, token),
            Err(error) => {
                self.note(error.details().delivery);
                self.watch.tell(What::Failed { attempt, error });
            }
        }
        outcome
    }

    /// Finds out whether a request whose answer was lost was carried out. Its result if so; none when it may be sent
    /// again.
    async fn settle(
        &self,
        lookup: &Lookup,
        error: Error,
        attempts: &mut Attempts<'_>,
    ) -> Result<Option<Payload>> {
        let told = error.copy();
        self.watch.tell(What::LookingUp);
        let repeat = attempts.pause_to_look(error).await;
        let looked = self.look(lookup).await;
        let looked = looked.map_err(|_| {
            let hint = "whether it was done could not be looked up: look before you repeat it";
            told.copy().hint(hint)
        });
        let (found, payload) = looked?;
        self.watch.tell(What::LookedUp {
            found: found.as_str(),
        });
        match (found, payload) {
            (Found::Same(value), payload) => {
                Ok(Some(payload.recovered(self.prepared.meta, &value)))
            }
            (Found::Other, _) => Err(taken(&told)),
            (Found::Nothing, _) if is_taken(&told) => Err(told),
            (Found::Nothing, _) => match repeat {
                Ok(()) => Ok(None),
                Err(error) => Err(error.hint("nothing of that name was there afterwards")),
            },
        }
    }

    async fn look(&self, lookup: &Lookup) -> Result<(Found, Payload)> {
        let options = self.options.without_headers();
        let watch = self.watch.within(lookup.read.meta.name);
        let read = Call::new(self.client, &lookup.read, &options, &watch, self.deadline);
        let payload = Box::pin(read.run()).await?;
        Ok((lookup.find(&payload)?, payload))
    }

    fn repeats(&self, attempt: u32, wait: Duration, error: &Error) {
        self.watch.tell(What::Retrying {
            attempt,
            wait,
            error,
        });
    }

    /// The service may repeat what it was sent, also where nobody would look for it.
    fn answered(&self, payload: &Payload, token: &Token) {
        if !self.watch.is_followed() {
            return;
        }
        let request = self.outgoing(token.header());
        let secrets = Secrets::of(&request.headers, request.body.as_ref());
        let id = request_id(&payload.headers).map(|mut id| {
            secrets.hide(&mut id);
            id
        });
        self.watch.answered(id);
    }

    /// The service may repeat what it was sent. What can be tried by hand is added.
    fn without_secrets(&self, error: Error, token: &Token) -> Error {
        let request = self.outgoing(token.header());
        Secrets::of(&request.headers, request.body.as_ref())
            .hidden_in(error)
            .with(|d| d.curl = Some(curl::command(&request)))
    }

    fn outgoing(&self, authorization: HeaderValue) -> Outgoing {
        let prepared = self.prepared;
        let shared = &self.client.shared;
        let mut headers = shared.headers.clone();
        headers.insert(header::AUTHORIZATION, authorization);
        headers.insert(header::CONTENT_TYPE, prepared.content_type.clone());
        self.watch.add_headers(&mut headers);
        headers.extend(self.options.headers.clone());
        Outgoing {
            method: prepared.meta.verb.method(),
            url: shared.tenant.join(&prepared.target),
            headers,
            body: prepared.body.clone(),
            times: self.options.times,
        }
    }

    fn note(&self, delivery: Delivery) {
        self.delivery.store(delivery as u8, Ordering::Relaxed);
    }

    /// The error for a call whose time is over.
    pub(super) fn out_of_time(&self, timeout: Duration) -> Error {
        let message = format!("no answer within {} s", timeout.as_secs_f64());
        let delivery = self.delivery.load(Ordering::Relaxed);
        let request = self.outgoing(HeaderValue::from_static("Bearer"));
        Error::new(ErrorKind::Timeout, message)
            .hint("raise `timeout` if the call may take longer")
            .with(|d| {
                d.operation = Some(self.prepared.meta.name.to_owned());
                d.attempts = self.watch.attempts();
                d.delivery = [Delivery::NotSent, Delivery::Unknown, Delivery::Answered]
                    [usize::from(delivery)];
                d.curl = Some(curl::command(&request));
            })
    }

    /// The error for a call that would have to wait for longer than it may take.
    fn held(&self, held: &Held) -> Error {
        let message = "the service asked all callers to wait for longer than this call may take";
        Error::new(ErrorKind::RateLimited, message).with(|d| {
            d.operation = Some(self.prepared.meta.name.to_owned());
            d.attempts = self.watch.attempts();
            d.retry_after = Some(held.retry_after);
        })
    }
}

/// Whether the request may have been carried out although it failed.
fn is_ambiguous(error: &Error) -> bool {
    let details = error.details();
    match details.kind {
        ErrorKind::Connection | ErrorKind::Timeout => details.delivery == Delivery::Unknown,
        ErrorKind::Server => matches!(details.status, Some(502..=504)),
        _ => false,
    }
}

fn is_taken(error: &Error) -> bool {
    error.kind() == ErrorKind::Conflict
}

/// Something of that name is there, and it is not known whether this call made it.
fn taken(lost: &Error) -> Error {
    let message = "the answer was lost, and a thing of that name exists with other values";
    let details = lost.details();
    Error::new(ErrorKind::Conflict, message)
        .hint("look whether it is the one that was to be made")
        .with(|d| {
            d.operation.clone_from(&details.operation);
            d.delivery = Delivery::Unknown;
            d.attempts = details.attempts;
            d.status = details.status;
            d.request_id.clone_from(&details.request_id);
            d.curl.clone_from(&details.curl);
        })
}

/// What an attempt tells about the pace.
fn signal(outcome: &Result<Payload>) -> Signal {
    let error = match outcome {
        Ok(_) => return Signal::Fine,
        Err(error) => error.details(),
    };
    match error.status {
        Some(status @ (429 | 503)) => Signal::Refused(Limited {
            status,
            retry_after: error.retry_after,
        }),
        Some(_) => Signal::Fine,
        None => Signal::Nothing,
    }
}

fn explain_refusal(error: Error) -> Error {
    match error.kind() {
        ErrorKind::Authentication if error.details().hint.is_none() => error
            .hint("the token was refused: it may have expired, or lack the scope for this call"),
        _ => error,
    }
}
