//! The answer of a handler, before it meets the wire.

use std::io::Read as _;

use bytes::Bytes;
use flate2::Compression;
use flate2::bufread::GzEncoder;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, LOCATION, WWW_AUTHENTICATE};
use http::{HeaderName, HeaderValue, StatusCode};
use serde::Serialize;

pub(crate) const JSON: &str = "application/json; charset=utf-8";
pub(crate) const SCIM_JSON: &str = "application/scim+json; charset=utf-8";
pub(crate) const HTML: &str = "text/html; charset=utf-8";

/// Status, headers and body.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn empty(status: StatusCode) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Bytes::new(),
        }
    }

    pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Self {
        match serde_json::to_vec(body) {
            Ok(bytes) => Self::with_body(status, JSON, bytes),
            Err(error) => Self::with_body(
                StatusCode::INTERNAL_SERVER_ERROR,
                "text/plain; charset=utf-8",
                error.to_string(),
            ),
        }
    }

    pub(crate) fn html(status: StatusCode, title: &str, sentence: &str) -> Self {
        let page = format!(
            "<!DOCTYPE html>\r\n<html><head><title>{title}</title></head><body><h2>{title}</h2><p>{sentence}</p></body></html>"
        );
        Self::with_body(status, HTML, page)
    }

    pub(crate) fn with_body(
        status: StatusCode,
        content_type: &str,
        body: impl Into<Bytes>,
    ) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: body.into(),
        }
        .header(CONTENT_TYPE, content_type)
    }

    /// Adds a header. A value that cannot stand in a header is left out.
    pub(crate) fn header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((name, value));
        }
        self
    }

    /// The same body under another media type.
    pub(crate) fn relabelled(mut self, content_type: &HeaderValue) -> Self {
        for (_, value) in self
            .headers
            .iter_mut()
            .filter(|(name, _)| *name == CONTENT_TYPE)
        {
            value.clone_from(content_type);
        }
        self
    }

    /// The same body compressed. There is nothing to compress in an empty one.
    pub(crate) fn compressed(mut self) -> Self {
        if self.body.is_empty() {
            return self;
        }
        let mut packed = Vec::new();
        let mut packer = GzEncoder::new(&*self.body, Compression::default());
        // Reading from memory into memory does not fail.
        if packer.read_to_end(&mut packed).is_ok() {
            self.body = packed.into();
            return self.header(CONTENT_ENCODING, "gzip");
        }
        self
    }

    pub(crate) fn located_at(self, location: &str) -> Self {
        self.header(LOCATION, location)
    }

    /// Names the scheme that would have been accepted, as RFC 6750 asks; whether the service does is not known.
    pub(crate) fn challenging_for_bearer(self) -> Self {
        self.header(WWW_AUTHENTICATE, "Bearer")
    }
}
