//! Locks that processes take. The operating system frees those of a process that dies.

use std::{
    fs::{File, TryLockError},
    path::Path,
};

use super::disk;
use crate::error::{Error, Result};

/// Held until it is dropped.
#[derive(Debug)]
pub(super) struct Lock(File);

impl Lock {
    /// Waits for it. For what takes no time only.
    pub(super) fn wait(path: &Path) -> Result<Self> {
        let file = disk::lock_file(path)?;
        match file.lock() {
            Ok(()) => Ok(Self(file)),
            Err(error) => Err(impossible(path, &error)),
        }
    }

    /// None when somebody else has it.
    pub(super) fn attempt(path: &Path) -> Result<Option<Self>> {
        let file = disk::lock_file(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(impossible(path, &error)),
        }
    }
}

fn impossible(path: &Path, error: &std::io::Error) -> Error {
    let message = format!("token cache: {} cannot be locked: {error}", path.display());
    Error::configuration(message).hint("keep the cache on a disk of this machine")
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing is not enough: a process that was forked meanwhile has the file open, too. An error leaves it to the
        // end of the process.
        let _ = self.0.unlock();
    }
}
