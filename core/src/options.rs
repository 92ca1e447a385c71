//! Options of a single call.

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::{
    error::{Error, Result},
    observe::CallId,
    transport::Times,
};

/// Headers that the client sets itself; a caller's own would break the call or leak the token.
const RESERVED: [HeaderName; 4] = [
    header::AUTHORIZATION,
    header::CONTENT_LENGTH,
    header::HOST,
    header::TRANSFER_ENCODING,
];

/// Options of a single call.
#[derive(Debug, Clone, Default)]
pub struct CallOptions {
    pub(crate) timeout: Option<Duration>,
    pub(crate) times: Times,
    pub(crate) headers: HeaderMap,
    pub(crate) call_id: Option<CallId>,
}

impl CallOptions {
    /// No options: the client's settings apply.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Time for the whole call: all attempts and the waits between them.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Time for making a connection, where this call needs a new one. At most that of the client, to whom the connections
    /// belong. Signing in goes by the client's.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.times.connect = Some(timeout);
        self
    }

    /// Longest time in which nothing comes, before the answer and within it. Signing in goes by the client's.
    #[must_use]
    pub fn read_timeout(mut self, timeout: Duration) -> Self {
        self.times.read = Some(timeout);
        self
    }

    /// The name of the call, where it has to be known beforehand. Each call has one of its own otherwise.
    #[must_use]
    pub fn call_id(mut self, id: CallId) -> Self {
        self.call_id = Some(id);
        self
    }

    pub(crate) fn without_headers(&self) -> Self {
        Self {
            headers: HeaderMap::new(),
            ..self.clone()
        }
    }

    /// Sends a header in addition to the client's own.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) for a name or value that HTTP does not allow, or a header
    /// that the client sets itself.
    pub fn header(mut self, name: &str, value: &str) -> Result<Self> {
        let (name, value) = checked_header(name, value).map_err(|problem| {
            Error::invalid_argument("options", format!("headers.{name}"), problem)
        })?;
        self.headers.insert(name, value);
        Ok(self)
    }
}

/// A header that a caller adds, or what is wrong with it.
pub(crate) fn checked_header(
    name: &str,
    value: &str,
) -> std::result::Result<(HeaderName, HeaderValue), &'static str> {
    let name = HeaderName::try_from(name).map_err(|_| "is not the name of a header")?;
    if RESERVED.contains(&name) {
        return Err("is set by the client");
    }
    let value =
        HeaderValue::try_from(value).map_err(|_| "has characters that a header cannot carry")?;
    Ok((name, value))
}
