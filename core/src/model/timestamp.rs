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
            None => text.parse().ok().map(|at| Some(Self(at))),
        }
    }
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
