//! Requests that no operation describes: the same pipeline for anything else that the service has.

use http::{HeaderValue, Method};
use percent_encoding::{AsciiSet, utf8_percent_encode};
use serde_json::Value;

use crate::{
    CallOptions, Client, Prepared,
    body::Body,
    error::{Error, Result},
    model::Shape,
    operation::{Access, Confidence, Encoding, Meta, Retry, Verb},
    prepare::{SEGMENT, query_of, target},
    transport::Payload,
};

/// The name used in place of an operation's.
pub(crate) const NAME: &str = "request";

/// What is known about a request that no operation describes. Only GET counts as a read.
const fn facts(verb: Verb, path: &'static str) -> Meta {
    let (retry, access) = match verb {
        Verb::Get => (Retry::Safe, Access::Read),
        _ => (Retry::Write, Access::Write),
    };
    Meta {
        name: NAME,
        ids: &[],
        verb,
        path,
        encoding: Encoding::None,
        retry,
        access,
        permission: "Whatever the service asks for",
        confidence: Confidence::Low,
        doubt: "",
        shape: Shape::Any,
        nested: false,
        ends_session: false,
        lookup: None,
        doc: "A request that no operation describes.",
    }
}

const fn family(path: &'static str) -> [Meta; 5] {
    [
        facts(Verb::Get, path),
        facts(Verb::Post, path),
        facts(Verb::Put, path),
        facts(Verb::Patch, path),
        facts(Verb::Delete, path),
    ]
}

/// The path only decides what success looks like: a SCIM body, or the platform's envelope.
static SCIM: [Meta; 5] = family("/scim/");
static PLATFORM: [Meta; 5] = family("/");

impl Prepared {
    /// A request that no operation describes: `path` begins with `/` and has no query; `body` is sent as JSON.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) for a method or path that cannot be sent.
    pub fn raw(
        method: &str,
        path: &str,
        query: &[(String, String)],
        body: Option<&Value>,
    ) -> Result<Self> {
        let family = if is_scim(path) { &SCIM } else { &PLATFORM };
        let meta = family
            .iter()
            .find(|meta| meta.verb.as_str().eq_ignore_ascii_case(method));
        let meta = meta.ok_or_else(|| {
            Error::invalid_argument(NAME, "method", "must be GET, POST, PUT, PATCH or DELETE")
        })?;
        check_path(path)?;
        Ok(Self {
            meta,
            target: target(escaped(path), &query_of(query))
                .map_err(|error| Error::invalid_argument(NAME, "path", &error.to_string()))?,
            content_type: HeaderValue::from_static("application/json"),
            body: body.map(|body| Body::from(bytes::Bytes::from(body.to_string()))),
            lookup: None,
        })
    }
}

impl Client {
    /// Sends a request that no operation describes, through the same pipeline: token, retries, proof of success.
    ///
    /// The value of the payload is the SCIM body, or the `Result` of the platform's envelope.
    ///
    /// # Errors
    /// Any kind of [`ErrorKind`](crate::ErrorKind).
    pub async fn request(
        &self,
        method: Method,
        path: &str,
        query: &[(String, String)],
        body: Option<&Value>,
        options: &CallOptions,
    ) -> Result<Payload> {
        let prepared = Prepared::raw(method.as_str(), path, query, body)?;
        self.dispatch(&prepared, options).await
    }
}

fn is_scim(path: &str) -> bool {
    path.get(..6)
        .is_some_and(|start| start.eq_ignore_ascii_case("/scim/"))
}

/// The URL has to stay on the tenant, and must not be reinterpreted.
fn check_path(path: &str) -> Result<()> {
    let refuse = |problem| Err(Error::invalid_argument(NAME, "path", problem));
    match path {
        _ if !path.starts_with('/') || path.starts_with("//") => refuse("must begin with one `/`"),
        _ if path.contains(['?', '#']) => refuse("must not contain a query: pass it as `query`"),
        _ if path.contains(|letter: char| letter.is_control() || letter == '\\') => {
            refuse("has characters that no path has")
        }
        _ if path.split('/').any(is_relative) => refuse("must not contain `.` or `..`"),
        _ => Ok(()),
    }
}

/// What a path may hold (RFC 3986, section 3.3). What is escaped already stays as it is.
const PATH: &AsciiSet = &SEGMENT
    .remove(b'/')
    .remove(b'%')
    .remove(b':')
    .remove(b'@')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=');

fn escaped(path: &str) -> String {
    utf8_percent_encode(path, PATH).to_string()
}

/// Also when its dots are escaped, which address parsers undo.
fn is_relative(segment: &str) -> bool {
    let plain = segment.to_ascii_lowercase().replace("%2e", ".");
    plain == "." || plain == ".."
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_leave_the_tenant_or_hide_a_query_are_refused() {
        for path in [
            "",
            "x",
            "//evil.example/x",
            "/a/../b",
            "/a/%2E%2e/b",
            "/a?b=c",
            "/a#b",
            "/a\\b",
            "/a\nb",
        ] {
            assert!(Prepared::raw("GET", path, &[], None).is_err(), "{path:?}");
        }
        assert!(Prepared::raw("TRACE", "/a", &[], None).is_err());
    }

    #[test]
    fn a_path_is_escaped_once() {
        let raw = |path, query: &[(String, String)]| {
            let prepared = Prepared::raw("GET", path, query, None).unwrap();
            prepared.target.to_string()
        };
        assert_eq!(raw("/a b/é/c%20d/[e]", &[]), "/a%20b/%C3%A9/c%20d/%5Be%5D");
        let query = [("q".to_owned(), "x y&z".to_owned())];
        assert_eq!(raw("/a(b);c=d", &query), "/a(b);c=d?q=x%20y%26z");
    }

    #[test]
    fn the_path_tells_how_success_looks() {
        let meta = |path| Prepared::raw("get", path, &[], None).unwrap().meta;
        assert!(meta("/scim/v2/Schemas").is_scim() && meta("/Scim/Users").is_scim());
        assert!(!meta("/Core/GetDirectoryServices").is_scim());
    }
}
