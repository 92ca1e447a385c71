//! Filters of the form `attribute operator "value"`. Nothing else is documented for users and groups, so nothing else
//! is accepted.

use super::{ScimError, without_core_urn};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Equals,
    StartsWith,
    Contains,
    EndsWith,
}

/// One comparison. Values are compared with regard to letter case, as was reported of the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Filter {
    /// In lower case.
    pub(crate) attribute: String,
    pub(crate) operator: Operator,
    pub(crate) value: String,
}

impl Filter {
    /// Reads a filter. Attribute and operator are taken in any letter case, the value in single or double quotes.
    pub(crate) fn parse(text: &str) -> Result<Self, ScimError> {
        let (attribute, rest) = word(text);
        let (operator, rest) = word(rest);
        let operator = match operator.to_ascii_lowercase().as_str() {
            "eq" => Operator::Equals,
            "sw" => Operator::StartsWith,
            "co" => Operator::Contains,
            "ew" => Operator::EndsWith,
            other => {
                return Err(refused(&format!(
                    "the operator \"{other}\" is not supported"
                )));
            }
        };
        let (value, rest) = quoted(rest.trim_start())?;
        if !rest.trim().is_empty() {
            return Err(refused("only a single comparison is supported"));
        }
        Ok(Self {
            attribute: without_core_urn(attribute).to_ascii_lowercase(),
            operator,
            value,
        })
    }

    pub(crate) fn accepts(&self, candidate: &str) -> bool {
        match self.operator {
            Operator::Equals => candidate == self.value,
            Operator::StartsWith => candidate.starts_with(&self.value),
            Operator::Contains => candidate.contains(&self.value),
            Operator::EndsWith => candidate.ends_with(&self.value),
        }
    }

    pub(crate) fn unsupported_attribute(&self) -> ScimError {
        refused(&format!(
            "the attribute \"{}\" cannot be filtered on",
            self.attribute
        ))
    }
}

fn refused(reason: &str) -> ScimError {
    ScimError::bad_request(
        "invalidFilter",
        format!("The filter is not valid: {reason}."),
    )
}

fn word(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    text.split_at(text.find(char::is_whitespace).unwrap_or(text.len()))
}

/// The quoted text at the beginning, and what follows it.
fn quoted(text: &str) -> Result<(String, &str), ScimError> {
    match text.chars().next() {
        Some('"') => json_string(text),
        Some('\'') => single_quoted(&text[1..]),
        _ => Err(refused("the value has to stand in quotes")),
    }
}

/// RFC 7644, section 3.4.2.2: a value is a JSON string.
fn json_string(text: &str) -> Result<(String, &str), ScimError> {
    let mut strings = serde_json::Deserializer::from_str(text).into_iter::<String>();
    match strings.next() {
        Some(Ok(value)) => Ok((value, &text[strings.byte_offset()..])),
        _ => Err(refused("the value is not a JSON string")),
    }
}

/// Not in the RFC, but in the service's samples. That a backslash escapes what follows is a guess.
fn single_quoted(text: &str) -> Result<(String, &str), ScimError> {
    let mut rest = text.chars();
    let mut value = String::new();
    while let Some(next) = rest.next() {
        match next {
            '\'' => return Ok((value, rest.as_str())),
            '\\' => value.extend(rest.next()),
            other => value.push(other),
        }
    }
    Err(refused("the closing quote is missing"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_both_quote_styles_and_escapes() {
        for (text, value) in [
            (r#"userName eq "a b""#, "a b"),
            ("USERNAME Eq 'a b'", "a b"),
            (r#"  userName   eq   "it's" "#, "it's"),
            (r#"userName eq "say \"hi\" \\""#, r#"say "hi" \"#),
        ] {
            let filter = Filter::parse(text).unwrap();
            assert_eq!(
                (filter.attribute.as_str(), filter.value.as_str()),
                ("username", value),
                "{text}"
            );
        }
    }

    #[test]
    fn compares_with_regard_to_case() {
        let filter = |text| Filter::parse(text).unwrap();
        assert!(filter("userName sw 'an'").accepts("ana"));
        assert!(!filter("userName sw 'An'").accepts("ana"));
        assert!(filter("userName co 'n'").accepts("ana"));
        assert!(filter("userName ew 'na'").accepts("ana"));
        assert!(!filter("userName eq 'na'").accepts("ana"));
    }

    #[test]
    fn refuses_everything_else() {
        for text in [
            "",
            "userName",
            "userName eq",
            "userName eq ana",
            "userName eq 'ana",
            "userName ne 'ana'",
            "userName pr",
            "userName eq 'a' and active eq true",
            "not (userName eq 'a')",
        ] {
            assert!(Filter::parse(text).is_err(), "{text}");
        }
    }
}
