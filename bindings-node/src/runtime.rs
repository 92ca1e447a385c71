//! The runtime: one worker for the whole process, shared by all clients and all JavaScript threads.
//!
//! It is never shut down. Calls of a JavaScript thread that ends are aborted by the end of its [`Calls`](crate::calls::Calls).

use std::{future::Future, sync::LazyLock};

use cyberark_identity::{Error, Result, worker};
use tokio::{runtime::Runtime, task::AbortHandle};

static RUNTIME: LazyLock<std::io::Result<Runtime>> = LazyLock::new(worker::runtime);

/// Runs `future` in the background.
pub(crate) fn spawn(future: impl Future<Output = ()> + Send + 'static) -> Result<AbortHandle> {
    match &*RUNTIME {
        Ok(runtime) => Ok(runtime.spawn(future).abort_handle()),
        Err(error) => Err(Error::configuration(format!(
            "the thread for requests cannot be started: {error}"
        ))),
    }
}
