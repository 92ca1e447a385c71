//! What a client holds apart from its Python half: its settings, and its connections for each process.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use cyberark_identity::{Client, ClientBuilder, Error};

use crate::{parts::Parts, process::Slot};

/// The way to a tenant, from any thread and process, until it is closed.
pub(crate) struct Link {
    /// Creates the client again in a forked child.
    builder: ClientBuilder,
    parts: Slot<Parts>,
    closed: AtomicBool,
}

impl Link {
    pub(crate) fn new(builder: ClientBuilder, client: Client) -> Self {
        Self {
            builder,
            parts: Slot::new(Parts::new(client)),
            closed: AtomicBool::new(false),
        }
    }

    /// The parts of this process.
    pub(crate) fn parts(&self) -> Result<Arc<Parts>, Error> {
        if self.is_closed() {
            return Err(Error::closed());
        }
        self.parts
            .get_or_make(|| Ok(Parts::new(self.builder.clone().build()?)))
    }

    /// Ends calls in progress; later ones are refused. Closing twice is harmless.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Release);
        if let Some(parts) = self.parts.take() {
            parts.close();
        }
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }
}
