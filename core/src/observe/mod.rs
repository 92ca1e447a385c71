//! What can be observed of calls while they are made: ids, spans, events and hooks.
//!
//! Each call has a [`CallId`], which its error, its span and its events share. Spans and events go to whoever subscribes to
//! `tracing`; an [`Observer`] of the client receives the same without it, and may add headers. Nothing is created that nobody
//! listens to, and nothing that is reported contains a secret.

mod event;
mod hooks;
mod id;
mod observer;
mod trace;
mod watch;

pub use event::{Event, Level, Topic, What};
pub use hooks::{CallEnd, CallStart, Outcome};
pub use id::{CallId, NoCallId};
pub(crate) use observer::{Hook, Observers};
pub use observer::{HookResult, Observer};
pub(crate) use watch::Watch;
