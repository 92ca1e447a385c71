//! What can be seen of calls while they are made: names, spans, events and hooks.
//!
//! Each call has a [`CallId`], which its error, its span and its events share. Spans and events go to whoever subscribes to
//! `tracing`; an [`Observer`] of the client is told of the same without it, and may add headers. Where nobody looks, nothing
//! is made, and nothing that is told holds a secret.

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
