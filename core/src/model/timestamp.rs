//! Points in time, in both of the service's encodings.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};

use super::read::{Lenient, Mode, Read, Refusal};

/// `/Date(ms)/` of the smallest .NET date, with which the service says "never".
const NEVER_MS: i64 = -62_135_596_800_000;

/// A point in time (UTC).
///
/// Platform calls write `/Date(milliseconds)/`, SCIM writes ISO 8601. The service's "never" is read as no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(jiff::Timestamp);

impl Timestamp {
    /// From milliseconds since 1970-01-01 UTC; none when out of range (years -9999 to 9999).
    #[must_use]
    pub fn from_milliseconds(ms: i64) -> Option<Self> {
        jiff::Timestamp::from_millisecond(ms).ok().map(Self)
    }

    /// Milliseconds since 1970-01-01 UTC.
    #[must_use]
    pub fn milliseconds(self) -> i64 {
        self.0.as_millisecond()
    }

    /// Microseconds since 1970-01-01 UTC.
    #[must_use]
    pub fn microseconds(self) -> i64 {
        self.0.as_microsecond()
    }

    /// Reads either encoding. `Some(None)` is the service's "never"; `None` is not a date at all.
    #[must_use]
    pub fn parse(text: &str) -> Option<Option<Self>> {
        let inner = text
            .strip_prefix("/Date(")
            .and_then(|rest| rest.strip_suffix(")/"));
        match inner {
            Some(ms) => match ms.parse().ok()? {
                NEVER_MS => Some(None),
                ms => Self::from_milliseconds(ms).map(Some),
            },
            None => {
                let at = plain(text).or_else(|| text.parse().ok());
                at.map(|at| Some(Self(at)))
            }
        }
    }
}

/// SCIM's form, such as `2024-11-07T17:20:00.0000000Z`, of which every user of a list has two. The library reads all forms that
/// ISO 8601 allows, which takes longer.
fn plain(text: &str) -> Option<jiff::Timestamp> {
    let (seconds, fraction) = text.as_bytes().split_first_chunk::<19>()?;
    let fraction = match fraction {
        b"Z" => b"0",
        [b'.', digits @ .., b'Z'] if digits.len() <= 9 => digits,
        _ => return None,
    };
    let signs = [4, 7, 10, 13, 16].map(|at| seconds[at]);
    if signs != *b"--T::" {
        return None;
    }
    let two = |at: usize| number(&seconds[at..at + 2])?.try_into().ok();
    let nanoseconds = number(fraction)? * 10_i32.pow(9 - u32::try_from(fraction.len()).ok()?);
    let civil = jiff::civil::DateTime::new(
        number(&seconds[..4])?.try_into().ok()?,
        two(5)?,
        two(8)?,
        two(11)?,
        two(14)?,
        two(17)?,
        nanoseconds,
    );
    jiff::tz::Offset::UTC.to_timestamp(civil.ok()?).ok()
}

/// Of at most nine digits, and of nothing else.
fn number(digits: &[u8]) -> Option<i32> {
    let mut number = (!digits.is_empty()).then_some(0)?;
    for digit in digits {
        number = number * 10 + i32::from(digit.is_ascii_digit().then(|| digit - b'0')?);
    }
    Some(number)
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl Lenient for Timestamp {
    const EXPECTING: &'static str = "a date";
    const REFUSAL: Refusal = Refusal::TextValue;

    fn text(v: &str, _: Mode) -> Option<Read<Self>> {
        Some(match Self::parse(v)? {
            Some(at) => Read::Value(at),
            None => Read::Absent,
        })
    }
}

impl JsonSchema for Timestamp {
    fn schema_name() -> Cow<'static, str> {
        "Timestamp".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date-time" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scim_s_form_is_read_as_the_library_reads_it() {
        let mut understood = 0;
        for date in [
            "2024-02-29",
            "2023-02-29",
            "0001-01-01",
            "9999-12-31",
            "2024-13-01",
            "2024-1-01",
            "+024-01-01",
        ] {
            for time in [
                "00:00:00", "23:59:59", "23:59:60", "24:00:00", "12:60:00", "12-00-00", "1 :00:00",
            ] {
                for end in [
                    "Z",
                    "z",
                    "",
                    ".Z",
                    ".7Z",
                    ".0000001Z",
                    ".123456789Z",
                    ".1234567890Z",
                    ".12 Z",
                    ",5Z",
                    "+01:00",
                    "ZZ",
                ] {
                    let text = format!("{date}T{time}{end}");
                    let read = Timestamp::parse(&text).flatten().map(|at| at.0);
                    assert_eq!(read, text.parse().ok(), "{text}");
                    understood += usize::from(plain(&text).is_some());
                }
            }
        }
        // The last date is beyond what the library can hold.
        assert_eq!(understood, 2 * 2 * 4, "the others are left to it");
    }

    #[test]
    fn both_encodings_name_the_same_instant() {
        let platform = Timestamp::parse("/Date(1731000000000)/");
        let scim = Timestamp::parse("2024-11-07T17:20:00.0000000Z");
        assert!(platform.is_some());
        assert_eq!(platform, scim);
    }

    #[test]
    fn never_is_none_and_nonsense_is_refused() {
        assert_eq!(Timestamp::parse("/Date(-62135596800000)/"), Some(None));
        assert_eq!(Timestamp::parse("/Date(soon)/"), None);
        assert_eq!(Timestamp::parse("tomorrow"), None);
    }
}
