//! Path, query and headers of a request in one piece of memory.

use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue};

/// One piece per request: thousands are kept while thousands come every second, and the headers as they were read share
/// the connection's buffer, which would stay in memory with them.
pub(super) struct Raw {
    /// Path, query, and then each header as `name:value` and a line feed, which can stand in neither of them.
    bytes: Box<[u8]>,
    path_end: usize,
    query_end: usize,
}

impl Raw {
    pub(super) fn of(parts: &Parts) -> Self {
        let (path, query) = (parts.uri.path(), parts.uri.query().unwrap_or_default());
        let headers: usize = parts
            .headers
            .iter()
            .map(|(name, value)| name.as_str().len() + value.len() + 2)
            .sum();
        let mut bytes = Vec::with_capacity(path.len() + query.len() + headers);
        bytes.extend_from_slice(path.as_bytes());
        bytes.extend_from_slice(query.as_bytes());
        for (name, value) in &parts.headers {
            bytes.extend_from_slice(name.as_str().as_bytes());
            bytes.push(b':');
            bytes.extend_from_slice(value.as_bytes());
            bytes.push(b'\n');
        }
        Self {
            bytes: bytes.into_boxed_slice(),
            path_end: path.len(),
            query_end: path.len() + query.len(),
        }
    }

    pub(super) fn path(&self) -> &str {
        self.text(0, self.path_end)
    }

    pub(super) fn query(&self) -> &str {
        self.text(self.path_end, self.query_end)
    }

    pub(super) fn headers(&self) -> HeaderMap {
        let lines = self.bytes.get(self.query_end..).unwrap_or_default();
        lines
            .split(|byte| *byte == b'\n')
            .filter_map(|line| {
                let colon = line.iter().position(|byte| *byte == b':')?;
                let (name, value) = line.split_at_checked(colon)?;
                Some((
                    HeaderName::from_bytes(name).ok()?,
                    HeaderValue::from_bytes(value.get(1..)?).ok()?,
                ))
            })
            .collect()
    }

    fn text(&self, from: usize, to: usize) -> &str {
        let bytes = self.bytes.get(from..to).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_comes_out_as_it_went_in() {
        let request = http::Request::get("/a/b?c=d&e")
            .header("x-colons", "a:b: c")
            .header("x-twice", "1")
            .header("x-empty", "")
            .header("x-bytes", HeaderValue::from_bytes(b"\xff\t").unwrap());
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let raw = Raw::of(&parts);
        assert_eq!((raw.path(), raw.query()), ("/a/b", "c=d&e"));
        assert_eq!(raw.headers(), parts.headers);
    }
}
