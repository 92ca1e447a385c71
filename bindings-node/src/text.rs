//! JSON texts on their way to JavaScript.

use bytes::Bytes;
use cyberark_identity::{Error, Payload};
use napi::{Env, JsString};

use crate::digits;

/// JSON for JavaScript, in Latin-1: taken over without being decoded, which takes V8 as long as parsing. Numbers that V8 would
/// round are texts in it.
pub(crate) struct Text(Bytes);

/// Longest text that JavaScript can hold (V8, 64 bit).
const LONGEST: usize = (1 << 29) - 24;

impl Text {
    /// `json` is of this answer.
    pub(crate) fn of(payload: &Payload, json: &Bytes) -> Result<Self, Error> {
        let value = match json.is_ascii() {
            true => json.clone(),
            false => {
                let text = std::str::from_utf8(json);
                latin1(text.map_err(|error| payload.unreadable(error))?).into()
            }
        };
        let value = digits::quoted(&value).map_or(value, Bytes::from);
        match value.len() > LONGEST {
            true => Err(payload.unreadable("it is longer than a JavaScript text can be")),
            false => Ok(Self(value)),
        }
    }

    pub(crate) fn to_js<'env>(&self, env: &'env Env) -> napi::Result<JsString<'env>> {
        env.create_string_latin1(&self.0)
    }
}

/// JSON in Latin-1, with other characters escaped. What is no JSON does not become any.
fn latin1(json: &str) -> Vec<u8> {
    let mut text = Vec::with_capacity(json.len() + json.len() / 4);
    let mut rest = json;
    while let Some(place) = beyond_ascii(rest.as_bytes()) {
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

/// Where the first byte beyond ASCII stands. Most texts are ASCII for long stretches, which are looked at in blocks.
fn beyond_ascii(text: &[u8]) -> Option<usize> {
    let (blocks, rest) = text.as_chunks::<32>();
    let block = blocks.iter().position(|block| !block.is_ascii());
    let start = 32 * block.unwrap_or(blocks.len());
    let tail = block.map_or(rest, |place| &blocks[place]);
    let place = tail.iter().position(|byte| !byte.is_ascii())?;
    Some(start + place)
}
