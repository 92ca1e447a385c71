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

/// JSON for JavaScript, in Latin-1: taken over without being decoded, which takes V8 as long as parsing.
struct Text(Bytes);

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
        array.insert(env.create_string_latin1(&self.value.0)?)?;
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
        let value = match payload.value.is_ascii() {
            true => payload.value.clone(),
            false => {
                let text = std::str::from_utf8(&payload.value);
                latin1(text.map_err(|error| payload.unreadable(error))?).into()
            }
        };
        match value.len() > LONGEST {
            true => Err(payload.unreadable("it is longer than a JavaScript text can be")),
            false => Ok(Self(value)),
        }
    }
}

/// JSON in Latin-1, with other characters escaped. What is no JSON does not become any.
fn latin1(json: &str) -> Vec<u8> {
    let mut text = Vec::with_capacity(json.len() + json.len() / 4);
    let mut rest = json;
    while let Some(place) = rest.bytes().position(|byte| !byte.is_ascii()) {
        let (ascii, others) = rest.split_at(place);
        text.extend_from_slice(ascii.as_bytes());
        let end = others.bytes().position(|byte| byte.is_ascii());
        let (others, after) = others.split_at(end.unwrap_or(others.len()));
        let backslashes = ascii.bytes().rev().take_while(|byte| *byte == b'\\');
        if backslashes.count() % 2 == 1 {
            // No escape has such a letter. It must not make one with the backslash of its own.
            text.push(b'?');
        }
        others
            .chars()
            .for_each(|other| push_latin1(&mut text, other));
        rest = after;
    }
    text.extend_from_slice(rest.as_bytes());
    text
}

fn push_latin1(text: &mut Vec<u8>, other: char) {
    if let Ok(byte) = u8::try_from(other) {
        return text.push(byte);
    }
    for unit in other.encode_utf16(&mut [0; 2]) {
        let digit = |place: u32| b"0123456789abcdef"[usize::from(*unit >> (4 * place) & 15)];
        text.extend_from_slice(&[b'\\', b'u', digit(3), digit(2), digit(1), digit(0)]);
    }
}

fn header(payload: &Payload, name: &str) -> Option<String> {
    let value = payload.headers.get(name)?.to_str().ok()?;
    Some(value.to_owned())
}
