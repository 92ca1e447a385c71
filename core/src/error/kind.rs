//! The table of error kinds. Rust, Python, TypeScript and the documentation are made from it.

/// Which group of classes a kind belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Something on this side or in between; parent class `IdentityError`.
    Identity,
    /// The service answered, and refused; parent class `ServiceError`.
    Service,
}

impl Family {
    /// Name of the parent class.
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            Self::Identity => "IdentityError",
            Self::Service => "ServiceError",
        }
    }
}

/// One row of the table.
#[derive(Debug)]
pub struct KindRow {
    /// The kind.
    pub kind: ErrorKind,
    /// Class name in every language.
    pub class: &'static str,
    /// Group, which gives the parent class.
    pub family: Family,
    /// Built-in Python class that this one also is, so that `except TimeoutError` works.
    pub python_base: Option<&'static str>,
    /// When it is raised.
    pub doc: &'static str,
    /// What to do about it.
    pub advice: &'static str,
}

macro_rules! error_kinds {
    ($($kind:ident = $class:literal, $family:ident, $base:expr, $doc:literal, $advice:literal;)+) => {
        /// What kind of failure an error is: one row of the error table.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorKind { $(#[doc = $doc] $kind,)+ }

        impl ErrorKind {
            /// The whole table, in the order of the documentation.
            pub const TABLE: &'static [KindRow] = &[$(KindRow {
                kind: ErrorKind::$kind,
                class: $class,
                family: Family::$family,
                python_base: $base,
                doc: $doc,
                advice: $advice,
            },)+];

            /// Class name in every language, such as `NotFoundError`.
            #[must_use]
            pub fn class(self) -> &'static str {
                match self { $(Self::$kind => $class,)+ }
            }
        }
    };
}

error_kinds! {
    Configuration = "ConfigurationError", Identity, Some("ValueError"),
        "A setting cannot work: tenant URL, credentials, certificate file. Nothing was sent.",
        "Correct the setting that the message names.";
    InvalidArgument = "InvalidArgumentError", Identity, Some("ValueError"),
        "An argument was refused before anything was sent; `field` names it.",
        "Correct the argument that `field` names.";
    Closed = "ClientClosedError", Identity, Some("RuntimeError"),
        "The client was closed before or during the call.",
        "Make a new client; keep it open while calls are in progress.";
    Connection = "ConnectionFailedError", Identity, Some("ConnectionError"),
        "No connection, or it broke before a whole answer arrived.",
        "Check host name, proxy and certificates; `delivery` says whether a write may have been carried out.";
    Timeout = "RequestTimeoutError", Identity, Some("TimeoutError"),
        "The time allowed for the call was used up.",
        "Raise the time-out; if `delivery` is unknown, check whether a write was carried out.";
    UnexpectedResponse = "UnexpectedResponseError", Identity, None,
        "The answer is not one that the service gives: an HTML page, an empty or broken body, a redirect.",
        "Check the tenant URL, and look for a proxy or login page in between.";
    Authentication = "AuthenticationError", Service, None,
        "No token could be obtained, or the service refused a fresh one.",
        "Check application id, client id, secret and scope.";
    PermissionDenied = "PermissionDeniedError", Service, Some("PermissionError"),
        "The credential lacks the right for this operation. Some platform calls also say this for an unknown user id.",
        "Give the service user's role the permission named in the operation's documentation.";
    NotFound = "NotFoundError", Service, Some("LookupError"),
        "The object addressed does not exist.",
        "Check the id or name.";
    Conflict = "ConflictError", Service, None,
        "An object of that name already exists.",
        "Choose another name, or read and change the existing one.";
    RateLimited = "RateLimitedError", Service, None,
        "Too many requests; `retry_after` is how long the service asked to wait.",
        "Wait that long, and send fewer requests at a time.";
    InvalidRequest = "InvalidRequestError", Service, None,
        "The service did not understand the request (HTTP 400).",
        "See `code` and the message.";
    Rejected = "RejectedError", Service, None,
        "The service answered `success: false`, usually with HTTP 200.",
        "See the message, `message_id` and `code`.";
    Server = "ServerError", Service, None,
        "The service failed (HTTP 5xx).",
        "Try later; give `request_id` and `error_id` to the vendor's support.";
}

impl ErrorKind {
    /// This kind's row of the table.
    #[must_use]
    pub fn row(self) -> &'static KindRow {
        &Self::TABLE[self as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_finds_its_own_row() {
        for row in ErrorKind::TABLE {
            assert_eq!(row.kind.row().class, row.class);
        }
    }
}
