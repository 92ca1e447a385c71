//! Faults on demand: which request goes wrong, and how.

mod action;
mod bucket;

use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};

pub(crate) use action::{Effect, Fault, StatusFault};
use bucket::Bucket;

/// A list of fault rules.
///
/// A rule says which requests it meets and what happens to them:
///
/// ```json
/// {"match": {"method": "GET", "path": "/scim/Users", "nth": 2, "times": 1},
///  "action": {"status": 503, "retry_after": 1}}
/// ```
///
/// `match` may be left out (every request). `path` is a part of the path, `prefix` its beginning; both ignore letter
/// case. Without `nth` a rule applies from the first match on, `times` times or for ever; with `nth` it applies from
/// that match on, `times` times or once. With `every`, that repeats after so many matches: `{"every": 100, "times": 5}`
/// meets the first five of each hundred. The first rule that applies wins, and the rules behind it do not count that
/// request: several rules with `"times": 1` are a sequence.
///
/// An action is one of these members, or its name as a plain string where no value is needed; `delay_ms` may stand
/// beside any of them:
///
/// | member | what happens |
/// | --- | --- |
/// | `"delay_ms": 200` | the request is handled that much later |
/// | `"status": 503` | answered with this status; also `retry_after`, `body` (text or JSON), `content_type` |
/// | `"hang": true` | never answered; the record shows when the client goes away |
/// | `"close_before": true` | the connection is closed without an answer |
/// | `"close_in_body": true` | the answer announces its full length and the connection is closed half-way; without a body it is closed before |
/// | `"close_after": true` | a complete answer that leaves the connection open, and then the idle connection is closed |
/// | `"html_200": true` | an HTML page with status 200 |
/// | `"success_false": "text"` | a failure envelope with status 200 (`true` for a standard text) |
/// | `"unauthorized": true` | refused as if the token were not known |
/// | `"expire_tokens": true` | every issued token expires; then the request is handled as usual |
/// | `"wrong_content_type": "text/html"` | the usual answer under this media type (`true` for plain text) |
/// | `"gzip": true` | the usual answer, compressed whether or not the client asked for it |
/// | `"rate_limit": {"per_second": 5, "burst": 10}` | 429 once more have come than the bucket holds; see below |
///
/// A rate limit is a bucket that holds `burst` requests, as many as pass in a second unless it is said, and fills by
/// the tenant's clock. A request that passes goes on to the rules behind; one that does not is told in `Retry-After`
/// when to come back, unless `"retry_after": false` stands beside. As the bucket belongs to the rule, the header of a
/// single request cannot ask for one.
///
/// `"apply": true` beside `status`, `hang`, `close_before`, `html_200` or `success_false` carries the request out
/// first, so that the client meets the fault although the change was made.
#[derive(Clone, Debug, Default)]
pub struct FaultScript {
    rules: Vec<Rule>,
}

/// Why a fault script was refused.
#[derive(Debug)]
pub struct FaultScriptError(String);

impl std::fmt::Display for FaultScriptError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the fault script is not usable: {}", self.0)
    }
}

impl std::error::Error for FaultScriptError {}

impl FaultScript {
    /// Reads one rule or an array of rules from JSON.
    ///
    /// # Errors
    /// When the text is not JSON, names something unknown, or an action contradicts itself.
    pub fn from_json(text: &str) -> Result<Self, FaultScriptError> {
        let value: serde_json::Value =
            serde_json::from_str(text).map_err(FaultScriptError::from_display)?;
        let documents = match value {
            serde_json::Value::Array(items) => items,
            single => vec![single],
        };
        let rules = documents
            .into_iter()
            .map(|document| {
                serde_json::from_value(document).map_err(FaultScriptError::from_display)
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { rules })
    }
}

impl FaultScriptError {
    fn from_display(error: impl std::fmt::Display) -> Self {
        Self(error.to_string())
    }
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
struct Matcher {
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prefix: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nth: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    times: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    every: Option<u64>,
}

impl Matcher {
    fn meets(&self, method: &Method, folded_path: &str) -> bool {
        let same = |wanted: &Option<String>, test: &dyn Fn(&str) -> bool| {
            wanted
                .as_ref()
                .is_none_or(|wanted| test(&wanted.to_ascii_lowercase()))
        };
        self.method
            .as_ref()
            .is_none_or(|wanted| wanted.eq_ignore_ascii_case(method.as_str()))
            && same(&self.path, &|wanted| folded_path.contains(wanted))
            && same(&self.prefix, &|wanted| folded_path.starts_with(wanted))
    }

    /// Whether the rule applies to its match with this number, counted from 1.
    fn applies_to(&self, match_number: u64) -> bool {
        let first = self.nth.unwrap_or(1);
        let once = self.nth.is_some() || self.every.is_some();
        let times = self.times.unwrap_or(if once { 1 } else { u64::MAX });
        let period = self.every.unwrap_or(u64::MAX).max(1);
        match_number >= first && (match_number - first) % period < times
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    #[serde(default, rename = "match")]
    matcher: Matcher,
    action: Fault,
}

#[derive(Debug)]
struct Armed {
    id: u64,
    rule: Rule,
    matched: u64,
    applied: u64,
    /// For a rate limit, from its first request on.
    bucket: Option<Bucket>,
}

impl Armed {
    /// The fault that the rule has for a request that it meets, if any.
    fn strike(&mut self, now_ms: i64) -> Option<Fault> {
        self.matched += 1;
        if !self.rule.matcher.applies_to(self.matched) {
            return None;
        }
        let mut fault = self.rule.action.clone();
        if let Effect::RateLimit(limit) = fault.effect {
            let bucket = self
                .bucket
                .get_or_insert_with(|| Bucket::new(limit, now_ms));
            let empty = bucket.take(now_ms).err()?;
            fault.effect = Effect::Status(StatusFault {
                status: StatusCode::TOO_MANY_REQUESTS,
                retry_after: empty.retry_after.map(|seconds| seconds.to_string()),
                content_type: None,
                body: None,
            });
        }
        self.applied += 1;
        Some(fault)
    }
}

/// A rule as it is listed.
#[derive(Debug, Serialize)]
pub(crate) struct Listed {
    pub(crate) id: u64,
    #[serde(rename = "match")]
    matcher: Matcher,
    pub(crate) action: String,
    pub(crate) matched: u64,
    pub(crate) applied: u64,
}

impl Listed {
    /// Which requests the rule is for, in short.
    pub(crate) fn meets(&self) -> String {
        let Matcher {
            method,
            path,
            prefix,
            nth,
            every,
            times,
        } = &self.matcher;
        let path = path.as_ref().map(|part| format!("…{part}…"));
        let parts = [
            Some(method.clone().unwrap_or_else(|| "any".to_owned())),
            path.or_else(|| prefix.as_ref().map(|prefix| format!("{prefix}…"))),
            nth.map(|nth| format!("from match {nth} on")),
            every.map(|every| format!("one in {every}")),
            times.map(|times| format!("{times} times")),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

/// The rules in force.
#[derive(Debug, Default)]
pub(crate) struct FaultTable {
    last_id: u64,
    armed: Vec<Armed>,
}

impl FaultTable {
    /// Adds the rules of a script behind those in force and tells their numbers.
    pub(crate) fn arm(&mut self, script: FaultScript) -> Vec<u64> {
        script
            .rules
            .into_iter()
            .map(|rule| {
                self.last_id += 1;
                self.armed.push(Armed {
                    id: self.last_id,
                    rule,
                    matched: 0,
                    applied: 0,
                    bucket: None,
                });
                self.last_id
            })
            .collect()
    }

    pub(crate) fn disarm_all(&mut self) {
        self.armed.clear();
    }

    pub(crate) fn disarm(&mut self, id: u64) -> bool {
        let before = self.armed.len();
        self.armed.retain(|armed| armed.id != id);
        self.armed.len() < before
    }

    pub(crate) fn list(&self) -> Vec<Listed> {
        self.armed
            .iter()
            .map(|armed| Listed {
                id: armed.id,
                matcher: armed.rule.matcher.clone(),
                action: armed.rule.action.to_string(),
                matched: armed.matched,
                applied: armed.applied,
            })
            .collect()
    }

    /// The fault of the first rule that applies. Every rule up to there counts the request.
    pub(crate) fn strike(&mut self, method: &Method, path: &str, now_ms: i64) -> Option<Fault> {
        if self.armed.is_empty() {
            return None;
        }
        let folded = path.to_ascii_lowercase();
        self.armed
            .iter_mut()
            .filter(|armed| armed.rule.matcher.meets(method, &folded))
            .find_map(|armed| armed.strike(now_ms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(script: &str) -> FaultTable {
        let mut table = FaultTable::default();
        table.arm(FaultScript::from_json(script).unwrap());
        table
    }

    fn strikes(table: &mut FaultTable, path: &str, calls: usize) -> Vec<bool> {
        (0..calls)
            .map(|_| table.strike(&Method::GET, path, 0).is_some())
            .collect()
    }

    #[test]
    fn nth_and_times_count_matching_requests_only() {
        let mut table =
            table(r#"{"match":{"path":"/users","nth":2,"times":2},"action":{"status":503}}"#);
        assert!(table.strike(&Method::GET, "/other", 0).is_none());
        assert_eq!(
            strikes(&mut table, "/scim/Users", 5),
            [false, true, true, false, false]
        );
    }

    #[test]
    fn nth_alone_means_once_and_neither_means_always() {
        let mut once = table(r#"{"match":{"nth":2},"action":"hang"}"#);
        assert_eq!(strikes(&mut once, "/", 4), [false, true, false, false]);
        let mut always = table(r#"{"action":"hang"}"#);
        assert_eq!(strikes(&mut always, "/", 3), [true, true, true]);
        let mut first_two = table(r#"{"match":{"times":2},"action":"hang"}"#);
        assert_eq!(strikes(&mut first_two, "/", 3), [true, true, false]);
    }

    #[test]
    fn every_repeats_what_nth_and_times_say() {
        let mut table = table(r#"{"match":{"nth":2,"times":2,"every":4},"action":"hang"}"#);
        let expected = [
            false, true, true, false, false, true, true, false, false, true,
        ];
        assert_eq!(strikes(&mut table, "/", 10), expected);
        let mut third = self::table(r#"{"match":{"every":3},"action":"hang"}"#);
        assert_eq!(strikes(&mut third, "/", 4), [true, false, false, true]);
    }

    #[test]
    fn mistakes_are_named() {
        for (script, part) in [
            ("[", "EOF"),
            (r#"{"action":"explode"}"#, "explode"),
            (r#"{"action":{"status":503,"hang":true}}"#, "one"),
            (r#"{"action":{}}"#, "one"),
            (r#"{"action":{"status":99}}"#, "99"),
            (r#"{"match":{"verb":"GET"},"action":"hang"}"#, "verb"),
            (r#"{"action":{"retry_after":3,"hang":true}}"#, "status"),
            (
                r#"{"action":{"rate_limit":{"per_second":0}}}"#,
                "per_second above 0",
            ),
            (
                r#"{"action":{"rate_limit":{"per_second":1,"burst":0}}}"#,
                "at least 1",
            ),
            (r#"{"action":{"rate_limit":{"rate":1}}}"#, "rate"),
            (r#"{"action":{"wrong_content_type":5}}"#, "media type"),
            (
                r#"{"action":{"wrong_content_type":"a\nb"}}"#,
                "cannot stand in a header",
            ),
        ] {
            let error = FaultScript::from_json(script).unwrap_err().to_string();
            assert!(error.contains(part), "{script}: {error}");
        }
    }
}
