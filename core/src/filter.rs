//! SCIM filters as this service supports them: one attribute, one operator, one quoted value.
//!
//! RFC 7644 has more (`and`, `or`, `not`, `ne`, `gt`, `pr`, parentheses). The service documents none of these for users and
//! groups, so a filter that uses them is refused here rather than answered wrongly there. Confidence: high for what is
//! documented, low for anything beyond.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer, ser::Error as _};

use crate::model::{Lenient, Mode, Read};

/// How an attribute is compared. Comparisons are reported to be case-sensitive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `eq`
    Equals,
    /// `sw`
    StartsWith,
    /// `co`
    Contains,
    /// `ew`
    EndsWith,
}

impl Operator {
    const ALL: [Self; 4] = [
        Self::Equals,
        Self::StartsWith,
        Self::Contains,
        Self::EndsWith,
    ];

    /// As SCIM writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Equals => "eq",
            Self::StartsWith => "sw",
            Self::Contains => "co",
            Self::EndsWith => "ew",
        }
    }
}

/// A filter, made with [`Filter::new`] or from a text in the service's grammar. What is sent is always escaped.
///
/// ```
/// use cyberark_identity::{Filter, Operator};
///
/// let filter = Filter::new("userName", Operator::StartsWith, r#"o"brien"#);
/// assert_eq!(filter.to_string(), r#"userName sw "o\"brien""#);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter(Form);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Form {
    Parts {
        attribute: String,
        operator: Operator,
        value: String,
    },
    /// Not checked yet.
    Text(String),
}

impl Filter {
    /// Compares `attribute`, such as `userName` or `emails.value`, with any text.
    pub fn new(attribute: impl Into<String>, operator: Operator, value: impl Into<String>) -> Self {
        Self(Form::Parts {
            attribute: attribute.into(),
            operator,
            value: value.into(),
        })
    }

    /// The filter as it is sent.
    fn wire(&self) -> Result<String, String> {
        match &self.0 {
            Form::Parts {
                attribute,
                operator,
                value,
            } => write(attribute, *operator, value),
            Form::Text(text) => {
                let (attribute, operator, value) = parse(text)?;
                write(attribute, operator, &value)
            }
        }
    }
}

impl<T: Into<String>> From<T> for Filter {
    fn from(text: T) -> Self {
        Self(Form::Text(text.into()))
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.wire(), &self.0) {
            (Ok(text), _) => f.write_str(&text),
            (Err(_), Form::Text(text)) => f.write_str(text),
            (Err(problem), Form::Parts { .. }) => f.write_str(&problem),
        }
    }
}

impl Serialize for Filter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.wire().map_err(S::Error::custom)?)
    }
}

impl Lenient for Filter {
    const EXPECTING: &'static str = "a filter";

    fn text(text: &str, _: Mode) -> Option<Read<Self>> {
        Some(Read::Value(Self::from(text)))
    }
}

impl JsonSchema for Filter {
    fn schema_name() -> Cow<'static, str> {
        "Filter".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "examples": ["userName sw \"ana\""] })
    }
}

fn write(attribute: &str, operator: Operator, value: &str) -> Result<String, String> {
    check_attribute(attribute)?;
    let value = serde_json::to_string(value).map_err(|error| error.to_string())?;
    Ok(format!("{attribute} {} {value}", operator.as_str()))
}

/// Letters, digits, and what joins the parts of a path or a URN. No blank: nothing can follow unseen.
fn check_attribute(attribute: &str) -> Result<(), String> {
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || ".:_-$".contains(letter);
    match attribute.starts_with(|first: char| first.is_ascii_alphabetic())
        && attribute.chars().all(allowed)
    {
        true => Ok(()),
        false => Err(format!(
            "`{attribute}` is not the name of an attribute; {GRAMMAR}"
        )),
    }
}

const GRAMMAR: &str = "write: attribute, then `eq`, `sw`, `co` or `ew`, then one quoted value, \
    such as userName sw \"ana\"; nothing else is documented for this service";

fn parse(text: &str) -> Result<(&str, Operator, String), String> {
    let wrong = || format!("`{text}` is not a filter; {GRAMMAR}");
    let (attribute, rest) = text
        .trim()
        .split_once(char::is_whitespace)
        .ok_or_else(wrong)?;
    check_attribute(attribute)?;
    let (word, value) = rest
        .trim_start()
        .split_once(char::is_whitespace)
        .ok_or_else(wrong)?;
    let known = Operator::ALL
        .into_iter()
        .find(|one| one.as_str().eq_ignore_ascii_case(word));
    let operator = known.ok_or_else(|| format!("`{word}` is not an operator; {GRAMMAR}"))?;
    Ok((
        attribute,
        operator,
        unquote(value.trim()).ok_or_else(wrong)?,
    ))
}

/// The one quoted text that `quoted` is; both quotes are in use for this service.
fn unquote(quoted: &str) -> Option<String> {
    if quoted.starts_with('"') {
        return serde_json::from_str(quoted).ok();
    }
    let inner = quoted.strip_prefix('\'')?.strip_suffix('\'')?;
    let mut value = String::with_capacity(inner.len());
    let mut letters = inner.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\'' => return None,
            '\\' => value.push(letters.next().filter(|next| "\\'\"".contains(*next))?),
            other => value.push(other),
        }
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wire(text: &str) -> Result<String, String> {
        Filter::from(text).wire()
    }

    #[test]
    fn documented_forms_are_sent_with_double_quotes() {
        assert_eq!(
            wire(r#"userName eq "ana""#).unwrap(),
            r#"userName eq "ana""#
        );
        assert_eq!(
            wire("  username   SW  'ana' ").unwrap(),
            r#"username sw "ana""#
        );
        assert_eq!(
            wire(r#"emails.value ew "@x\"y""#).unwrap(),
            r#"emails.value ew "@x\"y""#
        );
        assert_eq!(
            wire(r#"displayName co 'O\'Brien "B"'"#).unwrap(),
            r#"displayName co "O'Brien \"B\"""#
        );
    }

    #[test]
    fn nothing_else_is_sent() {
        for text in [
            "",
            "userName",
            "userName eq",
            "userName eq ana",
            "userName pr",
            r#"userName ne "ana""#,
            r#"userName eq "ana" or userName eq "bob""#,
            r#"userName eq "ana" or "1" eq "1"#,
            r#"not (userName eq "ana")"#,
            r#"(userName eq "ana")"#,
            r#"emails[type eq "work"] eq "x""#,
            "userName eq 'a' 'b'",
            "userName eq 'a\\'",
        ] {
            assert!(wire(text).is_err(), "{text}");
        }
    }

    #[test]
    fn any_value_comes_out_as_it_went_in() {
        for value in [
            "",
            "a\"b",
            "a\\",
            "\\\"",
            "' or userName sw '",
            "Ωmega\n\u{0}\u{1F600}",
            "\" or id pr \"",
        ] {
            let text = Filter::new("userName", Operator::Equals, value)
                .wire()
                .unwrap();
            assert_eq!(
                parse(&text).unwrap(),
                ("userName", Operator::Equals, value.to_owned())
            );
        }
    }
}
