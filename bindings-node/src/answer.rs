//! What came of a call, in the form in which JavaScript takes it over.

use bytes::Bytes;
use cyberark_identity::{Error, Payload};
use napi::{
    Env,
    bindgen_prelude::{Array, Uint8Array},
};

use crate::failure;

/// What came of a call.
pub(crate) enum Outcome {
    Success(Answer),
    /// It is done, and there is nothing to tell.
    Done,
    /// JSON of the error.
    Failure(String),
    /// The call ended by a panic, so there is nothing to tell but that.
    Lost,
}

/// A proven success.
pub(crate) struct Answer {
    status: u16,
    request_id: Option<String>,
    value: Text,
    whole: Option<Whole>,
}

/// The rest of an answer, for callers that ask for it.
struct Whole {
    /// JSON: a list of pairs, in the order of the answer.
    headers: String,
    body: Bytes,
    recovered: bool,
}

/// Text for JavaScript. One that is ASCII is taken over without being decoded.
enum Text {
    Ascii(Bytes),
    Unicode(String),
}

impl Outcome {
    /// `whole`: with headers and body.
    pub(crate) fn of(result: Result<Payload, Error>, whole: bool) -> Self {
        match result.and_then(|payload| Answer::of(payload, whole)) {
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
    fn of(payload: Payload, whole: bool) -> Result<Self, Error> {
        let request_id = header(&payload, "x-cfy-tx-id");
        let whole = whole.then(|| Whole::of(&payload));
        let status = payload.status.as_u16();
        let value = Text::of(&payload)?;
        Ok(Self {
            status,
            request_id,
            value,
            whole,
        })
    }

    fn fill<'env>(self, env: &'env Env, array: &mut Array<'env>) -> napi::Result<()> {
        array.insert(self.status)?;
        match &self.value {
            Text::Ascii(bytes) => array.insert(env.create_string_latin1(bytes)?)?,
            Text::Unicode(text) => array.insert(env.create_string(text)?)?,
        }
        array.insert(self.request_id)?;
        if let Some(whole) = self.whole {
            array.insert(whole.headers)?;
            array.insert(Uint8Array::from(Vec::from(whole.body)))?;
            array.insert(whole.recovered)?;
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

/// Longest text that JavaScript can hold (V8, 64 bit).
const LONGEST: usize = (1 << 29) - 24;

impl Text {
    fn of(payload: &Payload) -> Result<Self, Error> {
        if payload.value.len() > LONGEST {
            return Err(payload.unreadable("it is longer than a JavaScript text can be"));
        }
        if payload.value.is_ascii() {
            return Ok(Self::Ascii(payload.value.clone()));
        }
        match std::str::from_utf8(&payload.value) {
            Ok(text) => Ok(Self::Unicode(text.to_owned())),
            Err(error) => Err(payload.unreadable(error)),
        }
    }
}

fn header(payload: &Payload, name: &str) -> Option<String> {
    let value = payload.headers.get(name)?.to_str().ok()?;
    Some(value.to_owned())
}
