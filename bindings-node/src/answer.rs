//! The outcome of a call, in the form in which JavaScript receives it.

use bytes::Bytes;
use cyberark_identity::{Error, Payload};
use napi::{
    Env,
    bindgen_prelude::{Array, Uint8Array},
};

use crate::{failure, parts::Parts, text::Text};

/// The outcome of a call.
pub(crate) enum Outcome {
    Success(Answer),
    /// It is done, and has no result.
    Done,
    /// It is done, with this result: JSON.
    Told(String),
    /// JSON of the error.
    Failure(String),
    /// The call ended in a panic.
    Lost,
}

/// A proven success.
pub(crate) struct Answer {
    status: u16,
    request_id: Option<String>,
    value: Text,
    more: More,
}

/// How much of an answer a caller asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Its value.
    Value,
    /// Headers and body as well.
    Whole,
    /// Its value, a page of a list, with the items in parts.
    Parts,
}

/// What is handed over along with the value.
enum More {
    Nothing,
    Whole(Whole),
    /// The items of the page, which are not in the value then.
    Parts(Parts),
}

/// The rest of an answer, for callers that ask for it.
struct Whole {
    /// JSON: a list of pairs, in the order of the answer.
    headers: String,
    body: Bytes,
    recovered: bool,
}

impl Outcome {
    pub(crate) fn of(result: Result<Payload, Error>, form: Form) -> Self {
        match result.and_then(|payload| Answer::of(payload, form)) {
            Ok(answer) => Self::Success(answer),
            Err(error) => Self::Failure(failure::to_json(&error)),
        }
    }

    pub(crate) fn done(result: Result<(), Error>) -> Self {
        match result {
            Ok(()) => Self::Done,
            Err(error) => Self::Failure(failure::to_json(&error)),
        }
    }

    /// The array that TypeScript knows as `Finished`.
    pub(crate) fn into_array(self, env: &Env, id: u32) -> napi::Result<Array<'_>> {
        let mut array = env.create_array(0)?;
        array.insert(id)?;
        match self {
            Self::Success(answer) => answer.fill(env, &mut array)?,
            Self::Done => array.insert(-1)?,
            Self::Told(json) => {
                array.insert(-1)?;
                array.insert(json)?;
            }
            Self::Failure(json) => {
                array.insert(0)?;
                array.insert(json)?;
            }
            Self::Lost => array.insert(0)?,
        }
        Ok(array)
    }
}

impl Answer {
    fn of(payload: Payload, form: Form) -> Result<Self, Error> {
        let (value, more) = match form {
            Form::Value => (Text::of(&payload, &payload.value)?, More::Nothing),
            Form::Whole => {
                let value = Text::of(&payload, &payload.value)?;
                (value, More::Whole(Whole::of(&payload)))
            }
            Form::Parts => {
                let (rest, parts) = Parts::of(&payload)?;
                (rest, More::Parts(parts))
            }
        };
        Ok(Self {
            status: payload.status.as_u16(),
            request_id: header(&payload, "x-cfy-tx-id"),
            value,
            more,
        })
    }

    fn fill<'env>(self, env: &'env Env, array: &mut Array<'env>) -> napi::Result<()> {
        array.insert(self.status)?;
        array.insert(self.value.to_js(env)?)?;
        array.insert(self.request_id)?;
        match self.more {
            More::Nothing => {}
            More::Whole(whole) => {
                array.insert(whole.headers)?;
                array.insert(Uint8Array::from(Vec::from(whole.body)))?;
                array.insert(whole.recovered)?;
            }
            More::Parts(parts) => array.insert(parts)?,
        }
        Ok(())
    }
}

impl Whole {
    fn of(payload: &Payload) -> Self {
        let headers: Vec<(&str, String)> = payload
            .headers
            .iter()
            .map(|(name, value)| {
                let value = String::from_utf8_lossy(value.as_bytes());
                (name.as_str(), value.into_owned())
            })
            .collect();
        Self {
            // Texts always have a JSON form.
            headers: serde_json::to_string(&headers).unwrap_or_default(),
            body: payload.body.clone(),
            recovered: payload.recovered,
        }
    }
}

fn header(payload: &Payload, name: &str) -> Option<String> {
    let value = payload.headers.get(name)?.to_str().ok()?;
    Some(value.to_owned())
}
