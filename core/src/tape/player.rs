//! Answers from a tape.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde_json::Value;

use super::{
    format::{Content, Request},
    loaded::{Loaded, Played},
    nearest,
    redactor::Redactor,
};
use crate::{
    error::{Delivery, ErrorKind},
    transport::{BoxFuture, Failure, Incoming, Outgoing, Transport},
};

/// A transport that sends nothing. All copies of a client, on whatever runtime, play the same tape.
#[derive(Debug)]
pub(crate) struct Player {
    tape: Arc<Loaded>,
    redactor: Redactor,
    places: Mutex<HashMap<Key, Place>>,
}

/// What has to be equal for a request to be on the tape: method, path, query, and the body however its fields are ordered.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Key {
    method: String,
    path: String,
    query: Vec<String>,
    body: String,
}

/// Equal requests of a tape, in their order.
#[derive(Debug, Default)]
struct Place {
    exchanges: Vec<usize>,
    next: usize,
}

impl Player {
    pub(super) fn of(tape: &Arc<Loaded>) -> Self {
        let mut places: HashMap<_, Place> = HashMap::new();
        for (at, exchange) in tape.exchanges.iter().enumerate() {
            let place = places.entry(Key::of(&exchange.request)).or_default();
            place.exchanges.push(at);
        }
        Self {
            tape: tape.clone(),
            redactor: Redactor::default(),
            places: Mutex::new(places),
        }
    }

    /// The next of the exchanges that began with this request.
    fn find(&self, request: &Request) -> Result<&Played, Failure> {
        let mut places = self.lock();
        let Some(place) = places.get_mut(&Key::of(request)) else {
            return Err(self.missing(nearest::unknown(request, &self.tape.exchanges)));
        };
        let last = place.exchanges.len() - 1;
        // How often a token is asked for depends on the clock.
        let at = match request.path.starts_with("/oauth2/") {
            true => place.next.min(last),
            false => place.next,
        };
        match place
            .exchanges
            .get(at)
            .and_then(|at| self.tape.exchanges.get(*at))
        {
            Some(exchange) => {
                place.next = at + 1;
                Ok(exchange)
            }
            None => {
                let lines = place.exchanges.iter();
                let lines = lines.filter_map(|at| Some(self.tape.exchanges.get(*at)?.line));
                Err(self.missing(nearest::used_up(request, &lines.collect::<Vec<_>>())))
            }
        }
    }

    fn missing(&self, problem: String) -> Failure {
        let mut message = format!("the tape `{}` {problem}", self.tape.name);
        if let Some(line) = self.tape.cut {
            message.push_str(&format!("; its last line, {line}, is incomplete"));
        }
        Failure {
            kind: ErrorKind::Configuration,
            delivery: Delivery::NotSent,
            message,
            hint: Some("make the same requests as when it was recorded, or record it again".into()),
            source: None,
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Place>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Transport for Player {
    fn round_trip(&self, request: Outgoing) -> BoxFuture<'_, Result<Incoming, Failure>> {
        Box::pin(async move {
            let asked = self.redactor.request(&request).await;
            let asked = asked.map_err(|error| self.missing(format!("cannot be asked: {error}")))?;
            match self.find(&asked.request)?.outcome.play() {
                Some(outcome) => outcome.inspect(|incoming| self.redactor.note(incoming)),
                // As when it was recorded: the call ends when its time is over, or when it is cancelled.
                None => std::future::pending().await,
            }
        })
    }
}

impl Key {
    fn of(request: &Request) -> Self {
        let pairs = request.query.split('&').map(str::to_owned);
        let mut query: Vec<_> = pairs.filter(|pair| !pair.is_empty()).collect();
        query.sort_unstable();
        Self {
            method: request.method.clone(),
            path: request.path.clone(),
            query,
            body: request.body.as_ref().map(sorted).unwrap_or_default(),
        }
    }
}

fn sorted(body: &Content) -> String {
    let value = body.json().or_else(|| serde_json::to_value(body).ok());
    let mut value = value.unwrap_or(Value::Null);
    value.sort_all_objects();
    value.to_string()
}
