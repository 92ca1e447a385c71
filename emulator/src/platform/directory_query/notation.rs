//! Filters come as text inside JSON: as JSON again, or in the notation of Python, which one client sends.

use serde_json::Value;

/// Reads either notation.
pub(super) fn read(text: &str) -> Option<Value> {
    serde_json::from_str(text)
        .ok()
        .or_else(|| serde_json::from_str(&json_of(text)?).ok())
}

/// Rewrites Python notation to JSON. What is neither mostly stays neither, and is refused when it is read.
fn json_of(python: &str) -> Option<String> {
    let mut json = String::with_capacity(python.len());
    let mut rest = python;
    while let Some(first) = rest.chars().next() {
        if matches!(first, '\'' | '"') {
            let (text, behind) = quoted(rest, first)?;
            json.push_str(&Value::from(text).to_string());
            rest = behind;
        } else if first.is_ascii_alphabetic() {
            let end = rest
                .find(|letter: char| !letter.is_ascii_alphanumeric())
                .unwrap_or(rest.len());
            let (word, behind) = rest.split_at(end);
            json.push_str(match word {
                "True" => "true",
                "False" => "false",
                "None" => "null",
                other => other,
            });
            rest = behind;
        } else {
            json.push(first);
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        }
    }
    Some(json)
}

/// The text in quotes at the beginning, and what follows it.
fn quoted(text: &str, quote: char) -> Option<(String, &str)> {
    let mut letters = text.chars();
    letters.next();
    let mut read = String::new();
    while let Some(letter) = letters.next() {
        match letter {
            end if end == quote => return Some((read, letters.as_str())),
            '\\' => read.extend(escaped(&mut letters)),
            other => read.push(other),
        }
    }
    None
}

/// What the letters behind a backslash stand for.
fn escaped(letters: &mut std::str::Chars<'_>) -> Option<char> {
    match letters.next()? {
        'n' => Some('\n'),
        'r' => Some('\r'),
        't' => Some('\t'),
        'x' => code(letters, 2),
        'u' => code(letters, 4),
        'U' => code(letters, 8),
        other => Some(other),
    }
}

fn code(letters: &mut std::str::Chars<'_>, digits: usize) -> Option<char> {
    let text: String = letters.by_ref().take(digits).collect();
    u32::from_str_radix(&text, 16).ok().and_then(char::from_u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn both_notations_mean_the_same() {
        for (text, expected) in [
            (
                r#"{"a":[1,true,null,"it's"]}"#,
                json!({"a": [1, true, null, "it's"]}),
            ),
            ("{'Name': {'_eq': 'X'}}", json!({"Name": {"_eq": "X"}})),
            (
                r#"{'a': [1, True, None, "it's"]}"#,
                json!({"a": [1, true, null, "it's"]}),
            ),
            (
                r"{'a': 'it\'s \\ \xe9 \u65e5 \U0001f600\n'}",
                json!({"a": "it's \\ é 日 😀\n"}),
            ),
            (r#"{'a': 'say "True"'}"#, json!({"a": "say \"True\""})),
            ("{}", json!({})),
        ] {
            assert_eq!(read(text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_neither_is_refused() {
        for text in [
            "",
            "{",
            "{'a': }",
            "{'a'",
            "{Name: 'x'}",
            "'\\",
            "\\x",
            "{'a': u'x'}",
        ] {
            assert!(read(text).is_none(), "{text}");
        }
    }
}
