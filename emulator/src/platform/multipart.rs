//! Reading `multipart/form-data` bodies (RFC 7578) that are already in memory.

use bytes::Bytes;
use http::HeaderMap;
use http::header::CONTENT_TYPE;

use super::Failure;

/// One part of a form.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) name: String,
    /// Present for files.
    pub(crate) file_name: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) data: Bytes,
}

/// The parts of a form, in order.
pub(crate) fn parts(headers: &HeaderMap, body: &Bytes) -> Result<Vec<Part>, Failure> {
    let content_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let (kind, parameters) = content_type.split_once(';').unwrap_or((content_type, ""));
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return Err(broken("the body has to be multipart/form-data"));
    }
    let boundary =
        parameter(parameters, "boundary").ok_or_else(|| broken("the boundary is not given"))?;
    let delimiter = format!("--{boundary}");
    let mut position =
        find(body, delimiter.as_bytes(), 0).ok_or_else(|| broken("the boundary does not occur"))?;
    let mut parts = Vec::new();
    loop {
        position += delimiter.len();
        if body
            .get(position..)
            .is_some_and(|rest| rest.starts_with(b"--"))
        {
            return Ok(parts);
        }
        let begin = find(body, b"\r\n", position)
            .ok_or_else(|| broken("a boundary line does not end"))?
            + 2;
        let end_marker = format!("\r\n{delimiter}");
        // A part without a byte of content may end right where it begins.
        let end = find(body, end_marker.as_bytes(), begin.saturating_sub(2))
            .ok_or_else(|| broken("the closing boundary is missing"))?;
        parts.push(part(body, begin, end)?);
        position = end + 2;
    }
}

fn part(body: &Bytes, begin: usize, end: usize) -> Result<Part, Failure> {
    let blank_line = find(body, b"\r\n\r\n", begin).filter(|at| *at <= end);
    let head_end =
        blank_line.ok_or_else(|| broken("a part has no blank line after its headers"))?;
    let head = String::from_utf8_lossy(&body[begin..head_end]);
    let header = |wanted: &str| {
        head.lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.trim().eq_ignore_ascii_case(wanted))
            .map(|(_, value)| value.trim().to_owned())
    };
    let disposition =
        header("Content-Disposition").ok_or_else(|| broken("a part has no Content-Disposition"))?;
    Ok(Part {
        name: parameter(&disposition, "name").ok_or_else(|| broken("a part has no name"))?,
        file_name: parameter(&disposition, "filename"),
        content_type: header("Content-Type"),
        data: body.slice((head_end + 4).min(end)..end),
    })
}

/// A parameter of a header value, with or without quotes.
fn parameter(value: &str, wanted: &str) -> Option<String> {
    let mut rest = value;
    while !rest.is_empty() {
        let (name, after) = rest.split_once('=')?;
        let name = name.rsplit(';').next().unwrap_or(name).trim();
        let (content, remaining) = match after.strip_prefix('"') {
            Some(quoted) => quoted_text(quoted),
            None => {
                let end = after.find(';').unwrap_or(after.len());
                (after[..end].trim().to_owned(), &after[end..])
            }
        };
        if name.eq_ignore_ascii_case(wanted) {
            return Some(content);
        }
        rest = remaining;
    }
    None
}

/// The text up to the closing quote, and what follows it.
fn quoted_text(text: &str) -> (String, &str) {
    let mut content = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return (content, &text[at + 1..]),
            '\\' => content.extend(letters.next().map(|(_, escaped)| escaped)),
            other => content.push(other),
        }
    }
    (content, "")
}

fn find(body: &[u8], needle: &[u8], from: usize) -> Option<usize> {
    let rest = body.get(from..)?;
    rest.windows(needle.len())
        .position(|window| window == needle)
        .map(|at| at + from)
}

fn broken(reason: &str) -> Failure {
    Failure::refused(format!("The upload cannot be read: {reason}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(content_type: &'static str, body: &'static str) -> Result<Vec<Part>, Failure> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, http::HeaderValue::from_static(content_type));
        parts(&headers, &Bytes::from_static(body.as_bytes()))
    }

    #[test]
    fn reads_text_and_file_parts() {
        let body = "preamble\r\n--b\r\nContent-Disposition: form-data; name=FileName\r\n\r\nusers.csv\r\n--b\r\n\
                    content-disposition: form-data; name=\"Icon\"; filename=\"a \\\"b\\\";.csv\"\r\nContent-Type: text/csv\r\n\r\n\
                    x,y\r\n1,2\r\n\r\n--b--\r\nepilogue";
        let parts = read("multipart/form-data; charset=utf-8; boundary=\"b\"", body).unwrap();
        assert_eq!(parts.len(), 2);
        assert_eq!(
            (parts[0].name.as_str(), &parts[0].data[..]),
            ("FileName", &b"users.csv"[..])
        );
        assert_eq!(parts[1].file_name.as_deref(), Some("a \"b\";.csv"));
        assert_eq!(parts[1].content_type.as_deref(), Some("text/csv"));
        assert_eq!(&parts[1].data[..], b"x,y\r\n1,2\r\n");
    }

    #[test]
    fn reads_empty_parts() {
        let body = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n--b--";
        assert!(
            read("multipart/form-data; boundary=b", body).unwrap()[0]
                .data
                .is_empty()
        );
    }

    #[test]
    fn refuses_what_is_no_form() {
        for (content_type, body) in [
            ("application/json", "{}"),
            ("multipart/form-data", "--b--"),
            ("multipart/form-data; boundary=b", ""),
            ("multipart/form-data; boundary=b", "--b"),
            (
                "multipart/form-data; boundary=b",
                "--b\r\nContent-Disposition: form-data; name=a\r\n\r\nx",
            ),
            (
                "multipart/form-data; boundary=b",
                "--b\r\nno headers\r\n--b--",
            ),
            (
                "multipart/form-data; boundary=b",
                "--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--",
            ),
        ] {
            assert!(read(content_type, body).is_err(), "{body}");
        }
    }
}
