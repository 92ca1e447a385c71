//! What a fault does, read from its JSON form.

use std::fmt;
use std::time::Duration;

use http::{HeaderValue, StatusCode};
use serde::Deserialize;
use serde_json::Value;

use super::bucket::RateLimit;

/// One fault: perhaps late, and then an effect.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Written")]
pub(crate) struct Fault {
    pub(crate) delay: Option<Duration>,
    pub(crate) effect: Effect,
    /// Carry the request out although the client will not see its answer.
    pub(crate) apply: bool,
}

/// What happens to the request.
#[derive(Clone, Debug)]
pub(crate) enum Effect {
    /// Handled as usual; the fault is only a delay.
    Nothing,
    Status(StatusFault),
    Hang,
    CloseBefore,
    CloseInBody,
    CloseAfter,
    Html200,
    SuccessFalse(Option<String>),
    Unauthorized,
    ExpireTokens,
    /// Handled as usual, and sent under this media type.
    WrongContentType(HeaderValue),
    /// Handled as usual, and sent compressed whether or not that was asked for.
    Gzip,
    /// Refused when too many have come. The rule keeps the count.
    RateLimit(RateLimit),
}

/// An answer made up by a fault.
#[derive(Clone, Debug)]
pub(crate) struct StatusFault {
    pub(crate) status: StatusCode,
    pub(crate) retry_after: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) body: Option<Value>,
}

/// The two ways to write an action.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Name(String),
    // Read by hand below: an untagged enum would report every mistake as "did not match any variant".
    Members(Value),
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Members {
    delay_ms: Option<u64>,
    apply: bool,
    status: Option<u16>,
    retry_after: Option<Value>,
    content_type: Option<String>,
    body: Option<Value>,
    hang: bool,
    close_before: bool,
    close_in_body: bool,
    close_after: bool,
    html_200: bool,
    success_false: Option<Value>,
    unauthorized: bool,
    expire_tokens: bool,
    wrong_content_type: Option<Value>,
    gzip: bool,
    rate_limit: Option<RateLimit>,
}

impl TryFrom<Written> for Fault {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let members = match written {
            Written::Name(name) => serde_json::json!({ name: true }),
            Written::Members(members) => members,
        };
        serde_json::from_value::<Members>(members)
            .map_err(|error| error.to_string())?
            .into_fault()
    }
}

impl Members {
    fn into_fault(self) -> Result<Fault, String> {
        if self.status.is_none()
            && (self.retry_after.is_some() || self.content_type.is_some() || self.body.is_some())
        {
            return Err("retry_after, content_type and body belong to status".to_owned());
        }
        let delay = self.delay_ms.map(Duration::from_millis);
        let apply = self.apply;
        let mut effects = self.into_effects()?;
        let effect = match (effects.pop(), effects.is_empty(), delay) {
            (Some(effect), true, _) => effect,
            (None, _, Some(_)) => Effect::Nothing,
            _ => return Err("an action needs exactly one effect, or delay_ms alone".to_owned()),
        };
        Ok(Fault {
            delay,
            effect,
            apply,
        })
    }

    fn into_effects(self) -> Result<Vec<Effect>, String> {
        let mut effects: Vec<Effect> = [
            (self.hang, Effect::Hang),
            (self.close_before, Effect::CloseBefore),
            (self.close_in_body, Effect::CloseInBody),
            (self.close_after, Effect::CloseAfter),
            (self.html_200, Effect::Html200),
            (self.unauthorized, Effect::Unauthorized),
            (self.expire_tokens, Effect::ExpireTokens),
            (self.gzip, Effect::Gzip),
        ]
        .into_iter()
        .filter_map(|(wanted, effect)| wanted.then_some(effect))
        .collect();
        match self.success_false {
            None | Some(Value::Bool(false)) => {}
            Some(Value::Bool(true)) => effects.push(Effect::SuccessFalse(None)),
            Some(Value::String(text)) => effects.push(Effect::SuccessFalse(Some(text))),
            Some(_) => return Err("success_false takes true or the message".to_owned()),
        }
        match self.wrong_content_type {
            None | Some(Value::Bool(false)) => {}
            Some(Value::Bool(true)) => {
                let plain = HeaderValue::from_static("text/plain; charset=utf-8");
                effects.push(Effect::WrongContentType(plain));
            }
            Some(Value::String(kind)) => {
                let kind = HeaderValue::from_str(&kind)
                    .map_err(|_| format!("{kind:?} cannot stand in a header"))?;
                effects.push(Effect::WrongContentType(kind));
            }
            Some(_) => return Err("wrong_content_type takes true or the media type".to_owned()),
        }
        if let Some(limit) = self.rate_limit {
            if let Some(mistake) = limit.mistake() {
                return Err(mistake.to_owned());
            }
            effects.push(Effect::RateLimit(limit));
        }
        if let Some(code) = self.status {
            effects.push(Effect::Status(StatusFault {
                status: final_status(code)?,
                retry_after: self.retry_after.map(retry_after).transpose()?,
                content_type: self.content_type,
                body: self.body,
            }));
        }
        Ok(effects)
    }
}

fn final_status(code: u16) -> Result<StatusCode, String> {
    StatusCode::from_u16(code)
        .ok()
        .filter(|status| !status.is_informational())
        .ok_or_else(|| format!("{code} is not the status of an answer"))
}

/// Seconds, or a date as it is to be sent.
fn retry_after(value: Value) -> Result<String, String> {
    match value {
        Value::Number(seconds) if seconds.is_u64() => Ok(seconds.to_string()),
        Value::String(text) => Ok(text),
        other => Err(format!("retry_after takes seconds or a date, not {other}")),
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(delay) = self.delay {
            write!(f, "delay {} ms, ", delay.as_millis())?;
        }
        if self.apply {
            f.write_str("apply, ")?;
        }
        match &self.effect {
            Effect::Nothing => f.write_str("answer"),
            Effect::Status(fault) => write!(f, "status {}", fault.status.as_u16()),
            Effect::Hang => f.write_str("hang"),
            Effect::CloseBefore => f.write_str("close_before"),
            Effect::CloseInBody => f.write_str("close_in_body"),
            Effect::CloseAfter => f.write_str("close_after"),
            Effect::Html200 => f.write_str("html_200"),
            Effect::SuccessFalse(_) => f.write_str("success_false"),
            Effect::Unauthorized => f.write_str("unauthorized"),
            Effect::ExpireTokens => f.write_str("expire_tokens"),
            Effect::WrongContentType(_) => f.write_str("wrong_content_type"),
            Effect::Gzip => f.write_str("gzip"),
            Effect::RateLimit(limit) => write!(
                f,
                "rate_limit {} per second, {} at once",
                limit.per_second(),
                limit.burst()
            ),
        }
    }
}
