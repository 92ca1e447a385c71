//! Why an emulator did not start.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

use crate::faults::FaultScriptError;

/// Why an emulator did not start.
#[derive(Debug)]
#[non_exhaustive]
pub enum EmulatorError {
    /// The address cannot be listened on.
    Bind {
        /// The address that was asked for.
        address: SocketAddr,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// The server's thread or runtime cannot be made.
    Runtime(std::io::Error),
    /// The certificates cannot be made or written.
    Tls(Box<dyn std::error::Error + Send + Sync>),
    /// The state file is not usable.
    State {
        /// The file that was named.
        path: PathBuf,
        /// What is wrong with it, and what to do.
        reason: String,
    },
    /// The fault script is not usable.
    FaultScript(FaultScriptError),
}

impl EmulatorError {
    pub(crate) fn tls(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Tls(Box::new(error))
    }
}

impl fmt::Display for EmulatorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bind { address, source } => write!(f, "cannot listen on {address}: {source}"),
            Self::Runtime(error) => write!(f, "cannot start the server thread: {error}"),
            Self::Tls(error) => write!(f, "cannot prepare the certificates: {error}"),
            Self::State { path, reason } => {
                write!(
                    f,
                    "the state file {} cannot be used: {reason}",
                    path.display()
                )
            }
            Self::FaultScript(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for EmulatorError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Bind { source, .. } | Self::Runtime(source) => Some(source),
            Self::Tls(error) => Some(&**error),
            Self::State { .. } => None,
            Self::FaultScript(error) => Some(error),
        }
    }
}

impl From<FaultScriptError> for EmulatorError {
    fn from(error: FaultScriptError) -> Self {
        Self::FaultScript(error)
    }
}
