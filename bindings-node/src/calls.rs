//! Calls under way for one JavaScript thread.

use std::{collections::HashMap, sync::Arc, thread};

use cyberark_identity::Result;
use napi::{
    Env,
    bindgen_prelude::{Array, Either, Function},
};
use napi_derive::napi;
use tokio::task::AbortHandle;

use crate::{answer::Outcome, draft::Draft, engine::Engine, failure, queue::Queue, runtime};

/// The calls under way. While there is one, the event loop is kept alive.
#[napi]
#[derive(Debug)]
pub struct Calls {
    queue: Arc<Queue>,
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
            running: HashMap::new(),
            last_id: 0,
        })
    }

    /// Starts a call and gives back its id, or, when it was refused, the JSON of the error. `arguments` and `options` are
    /// JSON objects; `whole` asks for headers and body of the answer.
    #[napi(catch_unwind)]
    pub fn start(
        &mut self,
        env: Env,
        engine: &Engine,
        operation: String,
        arguments: String,
        options: Option<String>,
        whole: bool,
    ) -> napi::Result<Either<u32, String>> {
        let request = engine.request(&operation, &arguments, options.as_deref());
        self.begin(&env, request.map(|request| request.run(whole)))
    }

    /// Like `start`, for a call that has been checked already.
    #[napi(catch_unwind)]
    pub fn send(
        &mut self,
        env: Env,
        engine: &Engine,
        draft: &mut Draft,
        options: Option<String>,
        whole: bool,
    ) -> napi::Result<Either<u32, String>> {
        let request = engine.finish(draft, options.as_deref());
        self.begin(&env, request.map(|request| request.run(whole)))
    }

    /// Like `start`, to end the token of the client. `operation` is what errors call it.
    #[napi(catch_unwind)]
    pub fn revoke(
        &mut self,
        env: Env,
        engine: &Engine,
        operation: String,
        options: Option<String>,
    ) -> napi::Result<Either<u32, String>> {
        self.begin(&env, engine.revocation(&operation, options.as_deref()))
    }

    /// The calls that have finished since the last time.
    #[napi(catch_unwind, ts_return_type = "Finished[]")]
    pub fn take<'env>(&mut self, env: &'env Env) -> napi::Result<Array<'env>> {
        let mut array = env.create_array(0)?;
        for (id, outcome) in self.queue.take() {
            // One that was cancelled may have finished all the same.
            if self.running.remove(&id).is_some() {
                array.insert(outcome.into_array(env, id)?)?;
            }
        }
        self.rest(env)?;
        Ok(array)
    }

    /// Drops a call and its connection. Nothing more is heard of it.
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
                self.queue.keep_alive(env, true)?;
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

    /// Lets the process end when nothing is under way.
    fn rest(&self, env: &Env) -> napi::Result<()> {
        if self.running.is_empty() {
            self.queue.keep_alive(env, false)?;
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

/// Makes sure that a call which ends by a panic is heard of.
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
