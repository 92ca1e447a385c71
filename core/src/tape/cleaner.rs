//! Finding secrets by the names of their fields: in JSON, in JSON within texts, in forms and addresses, and in what was cut.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::redact::{self, is_secret_field};

/// Says what takes the place of the secret that a field of that name holds.
pub(super) type Replace<'a> = dyn FnMut(&str, &str) -> String + 'a;

/// Besides the names that are secret everywhere: what a sign-in is answered with.
pub(super) fn is_secret(name: &str) -> bool {
    is_secret_field(name) || name.eq_ignore_ascii_case("auth")
}

/// JSON, with what its texts hold.
pub(super) fn json(value: &mut Value, replace: &mut Replace<'_>) {
    redact::each_secret(value, &is_secret, &mut |name, secret| match secret {
        Value::String(text) => *text = replace(name, text),
        // Numbers are codes that people type, and codes of errors. Only the first have as many digits as that.
        Value::Number(number) if number.to_string().len() > 5 => {
            *secret = replace(name, &number.to_string()).into();
        }
        _ => {}
    });
    each_text(value, &mut |content| {
        if let Some(clean) = text(content, replace) {
            *content = clean;
        }
    });
}

/// A text that may be anything. None when nothing is found.
pub(super) fn text(text: &str, replace: &mut Replace<'_>) -> Option<String> {
    if text.trim_start().starts_with(['{', '[']) {
        return match serde_json::from_str::<Value>(text) {
            Ok(value) => {
                let mut clean = value.clone();
                json(&mut clean, replace);
                (clean != value).then(|| clean.to_string())
            }
            Err(_) => cut_json(text, replace).map(still_no_json),
        };
    }
    pairs(text, false, replace)
}

/// The pairs of an address in a text, or of a form, which is nothing but pairs.
pub(super) fn pairs(text: &str, is_form: bool, replace: &mut Replace<'_>) -> Option<String> {
    if !text.contains('=') {
        return None;
    }
    let mut clean = String::with_capacity(text.len());
    for (at, piece) in text.split_inclusive(['?', '&', '#']).enumerate() {
        let found = piece.split_once('=').filter(|_| at > 0 || is_form);
        let found = found.filter(|(name, _)| is_secret(&decoded(name)));
        let Some((name, value)) = found else {
            clean.push_str(piece);
            continue;
        };
        let ends = |c: char| c.is_whitespace() || matches!(c, '&' | '#' | '?' | '"' | '\'' | '<');
        let (value, rest) = value.split_at(value.find(ends).unwrap_or(value.len()));
        clean.push_str(name);
        clean.push('=');
        if !value.is_empty() {
            clean.push_str(&replace(&decoded(name), &decoded(value)));
        }
        clean.push_str(rest);
    }
    (clean != text).then_some(clean)
}

fn decoded(text: &str) -> Cow<'_, str> {
    percent_decode_str(text).decode_utf8_lossy()
}

/// JSON that breaks off or is none after all, word by word.
fn cut_json(text: &str, replace: &mut Replace<'_>) -> Option<String> {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    let mut name: Option<&str> = None;
    while let Some((before, after)) = rest.split_once('"') {
        let (word, after) = after.split_at(end_of_word(after));
        let follows = before.trim() == ":";
        let secret = name.filter(|name| follows && is_secret(name) && !word.is_empty());
        clean.push_str(before);
        clean.push('"');
        match secret {
            Some(name) => clean.push_str(&replace(name, word)),
            None => clean.push_str(word),
        }
        name = Some(word);
        rest = match after.strip_prefix('"') {
            Some(after) => {
                clean.push('"');
                after
            }
            None => after,
        };
    }
    clean.push_str(rest);
    (clean != text).then_some(clean)
}

/// A secret may have been what made it no JSON. Without it, it would be replayed as an answer that can be read.
fn still_no_json(mut clean: String) -> String {
    if serde_json::from_str::<IgnoredAny>(&clean).is_ok() {
        clean.push('"');
    }
    clean
}

/// Where a word ends that began before `text`: at its quote, or nowhere.
fn end_of_word(text: &str) -> usize {
    let mut escaped = false;
    let end = text.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    end.unwrap_or(text.len())
}

/// The texts of a form with files, whose boundary is known.
pub(super) fn form(text: &str, boundary: &str, replace: &mut Replace<'_>) -> String {
    let parts = text.split(boundary).map(|part| {
        let named = part
            .split_once("name=\"")
            .and_then(|(_, rest)| rest.split_once('"'));
        let content = part.split_once("\r\n\r\n");
        match (named, content) {
            (Some((name, _)), Some((head, value))) if is_secret(name) => {
                let value = value.trim_end_matches("--").trim_end_matches("\r\n");
                format!("{head}\r\n\r\n{}\r\n--", replace(name, value))
            }
            _ => part.to_owned(),
        }
    });
    parts.collect::<Vec<_>>().join("boundary")
}

/// Every text of a JSON value, and the names of its fields.
pub(super) fn each_text(value: &mut Value, change: &mut dyn FnMut(&mut String)) {
    match value {
        Value::String(text) => change(text),
        Value::Array(items) => items.iter_mut().for_each(|item| each_text(item, change)),
        Value::Object(fields) => {
            let old = std::mem::take(fields);
            for (mut name, mut value) in old {
                change(&mut name);
                each_text(&mut value, change);
                fields.insert(name, value);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn cleaned(given: &str) -> (String, Vec<String>) {
        let mut found = Vec::new();
        let clean = text(given, &mut |name, secret| {
            found.push(format!("{name}={secret}"));
            "***".to_owned()
        });
        (clean.unwrap_or_else(|| given.to_owned()), found)
    }

    #[test]
    fn secrets_are_found_in_whatever_they_are_wrapped() {
        let inner = json!({"Password": "a b"}).to_string();
        let value = json!({"Result": inner, "url": "https://x/?code=c%20d&y=1 z", "Auth": ["t"]});
        let (clean, found) = cleaned(&value.to_string());
        let expected = json!({
            "Result": r#"{"Password":"***"}"#, "url": "https://x/?code=***&y=1 z", "Auth": ["***"],
        });
        assert_eq!(clean, expected.to_string());
        assert_eq!(found, ["Auth=t", "Password=a b", "code=c d"]);
    }

    #[test]
    fn what_is_cut_is_searched_word_by_word() {
        let (clean, found) = cleaned(r#"{"a\"b": "x", "access_token" : "abc\"d", "token": "ef"#);
        assert_eq!(
            clean,
            r#"{"a\"b": "x", "access_token" : "***", "token": "***"#
        );
        assert_eq!(found, [r#"access_token=abc\"d"#, "token=ef"]);
    }

    #[test]
    fn what_is_no_json_for_its_secret_is_none_without_it() {
        let (clean, found) = cleaned("{\"Password\": \"a\0b\"}");
        assert_eq!(clean, "{\"Password\": \"***\"}\"");
        assert_eq!(found, ["Password=a\0b"]);
    }

    #[test]
    fn what_is_no_secret_stays_as_it_is() {
        for text in [
            "select * from User where code=1",
            "?",
            "a=b&c=d",
            r#"{"code": 404}"#,
            "{\"x",
        ] {
            assert_eq!(cleaned(text), (text.to_owned(), Vec::new()));
        }
    }

    #[test]
    fn parts_of_a_form_are_searched_by_their_names() {
        let text = "--B\r\nContent-Disposition: form-data; name=\"Password\"\r\n\r\nhunter2\r\n--B\r\n\
                    Content-Disposition: form-data; name=\"x\"\r\n\r\ny\r\n--B--\r\n";
        let clean = form(text, "B", &mut |_, _| "***".to_owned());
        assert_eq!(
            clean,
            text.replace("hunter2", "***").replace("--B", "--boundary")
        );
    }
}
