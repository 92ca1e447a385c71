//! Calls in progress for one JavaScript thread.

use std::{collections::HashMap, sync::Arc, thread};

use cyberark_identity::Result;
use napi::{
    Env,
    bindgen_prelude::{Array, Either, Function},
};
use napi_derive::napi;
use tokio::task::AbortHandle;

use crate::{
    answer::{Form, Outcome},
    doctor,
    draft::Draft,
    engine::{Engine, Request},
    failure, listener,
    queue::{KeepAlive, Queue},
    runtime,
};

/// The calls in progress. While there is one, the event loop is kept alive.
#[napi]
#[derive(Debug)]
pub struct Calls {
    queue: Arc<Queue>,
    keep_alive: KeepAlive,
    running: HashMap<u32, AbortHandle>,
    last_id: u32,
}

#[napi]
impl Calls {
    /// `wake` is called on the JavaScript thread when there is something to take.
    #[napi(constructor, catch_unwind)]
    pub fn new(wake: Function<'_, (), ()>) -> napi::Result<Self> {
        Ok(Self {
            queue: Arc::new(Queue::new(&wake)?),
            keep_alive: KeepAlive::new(&wake)?,
            running: HashMap::new(),
            last_id: 0,
        })
    }

    /// Starts a call and returns its id or, if it was refused, the JSON of the error. `arguments` and `options` are
    /// JSON objects; `form` is that of the answer: 0 its value, 1 headers and body as well, 2 a page with its items in parts.
    #[napi(catch_unwind)]
    pub fn start(
        &mut self,
        env: Env,
        engine: &Engine,
        operation: String,
        arguments: String,
        options: Option<String>,
        form: u32,
    ) -> napi::Result<Either<u32, String>> {
        let request = engine.request(&operation, &arguments, options.as_deref());
        self.begin(&env, request.map(|request| request.run(form_of(form))))
    }

    /// Like `start`, for a call that has already been checked. The events of an `observed` one are returned by `events`.
    #[napi(catch_unwind)]
    pub fn send(
        &mut self,
        env: Env,
        engine: &Engine,
        draft: &mut Draft,
        options: Option<String>,
        form: u32,
        observed: bool,
    ) -> napi::Result<Either<u32, String>> {
        let request = engine.finish(draft, options.as_deref());
        let queue = observed.then(|| self.queue.clone());
        let run = |request: Request| listener::told(queue, request.run(form_of(form)));
        self.begin(&env, request.map(run))
    }

    /// Events of observed calls, as JSON. Call it after `take`.
    #[napi(catch_unwind)]
    pub fn events(&mut self) -> Vec<String> {
        self.queue.events()
    }

    /// Like `send`, to revoke the token of the client. Errors refer to it as `operation`.
    #[napi(catch_unwind)]
    pub fn revoke(
        &mut self,
        env: Env,
        engine: &Engine,
        operation: String,
        options: Option<String>,
        observed: bool,
    ) -> napi::Result<Either<u32, String>> {
        let revocation = engine.revocation(&operation, options.as_deref());
        let queue = observed.then(|| self.queue.clone());
        self.begin(&env, revocation.map(|run| listener::told(queue, run)))
    }

    /// Like `start`, to run the doctor. `lacking` is JSON: why there are no credentials.
    #[napi(catch_unwind)]
    pub fn doctor(
        &mut self,
        env: Env,
        engine: &Engine,
        options: Option<String>,
        lacking: Option<String>,
        observed: bool,
    ) -> napi::Result<Either<u32, String>> {
        let look = doctor::look(engine, options.as_deref(), lacking.as_deref());
        let queue = observed.then(|| self.queue.clone());
        self.begin(&env, look.map(|look| listener::told(queue, look)))
    }

    /// The calls that have finished since the last time.
    #[napi(catch_unwind, ts_return_type = "Finished[]")]
    pub fn take<'env>(&mut self, env: &'env Env) -> napi::Result<Array<'env>> {
        let mut array = env.create_array(0)?;
        for (id, outcome) in self.queue.take() {
            // A cancelled call may have finished nevertheless.
            if self.running.remove(&id).is_some() {
                array.insert(outcome.into_array(env, id)?)?;
            }
        }
        self.rest(env)?;
        Ok(array)
    }

    /// Drops a call and its connection, without a further event.
    #[napi(catch_unwind)]
    pub fn cancel(&mut self, env: Env, id: u32) -> napi::Result<()> {
        if let Some(task) = self.running.remove(&id) {
            task.abort();
        }
        self.rest(&env)
    }
}

impl Calls {
    fn begin(
        &mut self,
        env: &Env,
        work: Result<impl Future<Output = Outcome> + Send + 'static>,
    ) -> napi::Result<Either<u32, String>> {
        match work.and_then(|work| self.run(work)) {
            Ok(id) => {
                self.keep_alive.set(env, true)?;
                Ok(Either::A(id))
            }
            Err(error) => Ok(Either::B(failure::to_json(&error))),
        }
    }

    fn run(&mut self, work: impl Future<Output = Outcome> + Send + 'static) -> Result<u32> {
        let id = self.free_id();
        let ticket = Ticket {
            queue: self.queue.clone(),
            id,
        };
        let task = runtime::spawn(async move {
            let outcome = work.await;
            ticket.queue.push(ticket.id, outcome);
        })?;
        self.running.insert(id, task);
        Ok(id)
    }

    fn free_id(&mut self) -> u32 {
        loop {
            self.last_id = self.last_id.wrapping_add(1);
            if !self.running.contains_key(&self.last_id) {
                return self.last_id;
            }
        }
    }

    /// Lets the process end if no call is in progress.
    fn rest(&mut self, env: &Env) -> napi::Result<()> {
        if self.running.is_empty() {
            self.keep_alive.set(env, false)?;
        }
        Ok(())
    }
}

/// The JavaScript thread has ended, so nobody waits for the answers.
impl Drop for Calls {
    fn drop(&mut self) {
        for task in self.running.values() {
            task.abort();
        }
    }
}

/// What TypeScript numbers like this.
fn form_of(number: u32) -> Form {
    match number {
        1 => Form::Whole,
        2 => Form::Parts,
        _ => Form::Value,
    }
}

/// Makes sure that a call which ends in a panic is reported.
struct Ticket {
    queue: Arc<Queue>,
    id: u32,
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if thread::panicking() {
            self.queue.push(self.id, Outcome::Lost);
        }
    }
}
