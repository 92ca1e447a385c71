//! Functions of the caller that a call needs on the way: for a token, or for an answer to a question.
//!
//! They run on the JavaScript thread that made the source, while the call waits on the worker. Only the calls keep that
//! thread's event loop alive.

use std::{
    collections::HashMap,
    fmt,
    sync::{
        LazyLock, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use cyberark_identity::{
    Error, Prompt, Question, Result, Token, TokenSource, auth::Exchange, transport::BoxFuture,
};
use napi::{
    Status,
    bindgen_prelude::{FnArgs, Function},
    threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode},
};
use napi_derive::napi;
use secrecy::SecretString;
use tokio::sync::oneshot;

/// Number of the question, and the question.
type Asked = FnArgs<(u32, Option<String>)>;

/// Asks a question. Its answer comes through [`reply`].
pub type Ask<'a> = Function<'a, Asked, ()>;

/// The outcome of a question.
enum Reply {
    Answer(Option<String>),
    /// The function threw.
    Thrown,
}

/// Who waits for which answer.
static WAITING: LazyLock<Mutex<HashMap<u32, oneshot::Sender<Reply>>>> =
    LazyLock::new(Mutex::default);
static LAST: AtomicU32 = AtomicU32::new(0);

fn waiting() -> MutexGuard<'static, HashMap<u32, oneshot::Sender<Reply>>> {
    WAITING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Answers a question. False if nobody waits for it any more.
#[napi(catch_unwind)]
pub fn reply(id: u32, answer: Option<String>) -> bool {
    settle(id, Reply::Answer(answer))
}

/// Reports that the function threw; what it threw is kept under the number of the question. False if nobody waits any more.
#[napi(catch_unwind)]
pub fn reply_thrown(id: u32) -> bool {
    settle(id, Reply::Thrown)
}

fn settle(id: u32, reply: Reply) -> bool {
    let tell = waiting().remove(&id);
    tell.is_some_and(|tell| tell.send(reply).is_ok())
}

/// A question that somebody waits for. It is forgotten when nobody does any more.
struct Open(u32);

impl Drop for Open {
    fn drop(&mut self) {
        waiting().remove(&self.0);
    }
}

/// A function of the caller.
pub(crate) struct Callback(ThreadsafeFunction<Asked, (), Asked, Status, false, true>);

impl Callback {
    pub(crate) fn new(ask: &Ask<'_>) -> napi::Result<Self> {
        ask.build_threadsafe_function()
            .weak::<true>()
            .build()
            .map(Self)
    }

    async fn text(&self, question: Option<String>) -> Result<Option<String>> {
        let (tell, told) = oneshot::channel();
        let open = Open(LAST.fetch_add(1, Ordering::Relaxed));
        waiting().insert(open.0, tell);
        self.0.call(
            (open.0, question).into(),
            ThreadsafeFunctionCallMode::NonBlocking,
        );
        match told.await {
            Ok(Reply::Answer(answer)) => Ok(answer),
            Ok(Reply::Thrown) => Err(Error::authentication(
                "signing in failed: a function that was passed as a part of `auth` threw",
            )
            .caused_by(Thrown(open.0))),
            // Its JavaScript thread has ended.
            Err(_) => Err(Error::closed()),
        }
    }
}

impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Callback")
    }
}

impl TokenSource for Callback {
    fn fetch<'a>(&'a self, _: Exchange<'a>) -> BoxFuture<'a, Result<Token>> {
        Box::pin(async {
            let text = self.text(None).await?;
            Token::new(&text.unwrap_or_default(), None)
        })
    }
}

impl Prompt for Callback {
    fn ask<'a>(&'a self, question: &'a Question) -> BoxFuture<'a, Result<Option<SecretString>>> {
        Box::pin(async {
            // Texts always have a JSON form.
            let question = serde_json::to_string(question).unwrap_or_default();
            Ok(self.text(Some(question)).await?.map(SecretString::from))
        })
    }
}

/// Takes the place of what a function threw.
#[derive(Debug)]
struct Thrown(u32);

impl fmt::Display for Thrown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a function threw")
    }
}

impl std::error::Error for Thrown {}

/// The number of what a function of the caller threw.
pub(crate) fn thrown(error: &Error) -> Option<u32> {
    let source = std::error::Error::source(error)?;
    source.downcast_ref::<Thrown>().map(|thrown| thrown.0)
}
