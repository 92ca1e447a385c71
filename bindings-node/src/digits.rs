//! Whole numbers that JavaScript would round are handed over as strings of digits. A program can see that a string is not an
//! ordinary number, while a number with wrong digits looks like any other and would be sent back to the service.

/// The largest whole number up to which `JSON.parse` is exact (`Number.MAX_SAFE_INTEGER`), either side of zero.
const LARGEST_EXACT: u64 = (1 << 53) - 1;
/// How many digits it has.
const DIGITS: usize = 16;

/// The same JSON with such numbers in quotes; none if there are none. Invalid JSON stays invalid.
pub(crate) fn quoted(json: &[u8]) -> Option<Vec<u8>> {
    if !has_long_number(json) {
        return None;
    }
    let mut text = Vec::with_capacity(json.len() + 64);
    let (mut at, mut copied) = (0, 0);
    while let Some(byte) = json.get(at) {
        let end = match byte {
            b'"' => end_of_text(json, at),
            b'-' | b'0'..=b'9' => end_of_number(json, at),
            _ => at + 1,
        };
        if is_rounded(&json[at..end]) && !is_name(&json[end..]) {
            text.extend_from_slice(&json[copied..at]);
            text.push(b'"');
            text.extend_from_slice(&json[at..end]);
            text.push(b'"');
            copied = end;
        }
        at = end;
    }
    text.extend_from_slice(&json[copied..]);
    (copied > 0).then_some(text)
}

/// Whether that many digits stand together anywhere. Such a run covers a position that is a multiple of its length, so only one
/// byte in sixteen is checked where there are none: this runs for every answer.
fn has_long_number(json: &[u8]) -> bool {
    let places = (DIGITS - 1..json.len()).step_by(DIGITS);
    places.into_iter().any(|place| {
        let is_digit = |byte: &&u8| byte.is_ascii_digit();
        let after = json[place..].iter().take(DIGITS).take_while(is_digit);
        let after = after.count();
        if after == 0 {
            return false;
        }
        let before = json[..place].iter().rev().take(DIGITS);
        before.take_while(is_digit).count() + after >= DIGITS
    })
}

fn end_of_text(json: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(byte) = json.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    json.len()
}

fn end_of_number(json: &[u8], start: usize) -> usize {
    let of_number = |byte: &&u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
    start + json[start..].iter().take_while(of_number).count()
}

/// Whether it is a whole number, written as JSON writes them, beyond what is exact.
fn is_rounded(word: &[u8]) -> bool {
    let digits = word.strip_prefix(b"-").unwrap_or(word);
    if digits.len() < DIGITS || digits[0] == b'0' || !digits.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let value = std::str::from_utf8(digits).map(str::parse::<u64>);
    // One with more digits is larger as well.
    !matches!(value, Ok(Ok(value)) if value <= LARGEST_EXACT)
}

/// Whether it stands in the place of a name, where a string would be valid and a number is not.
fn is_name(rest: &[u8]) -> bool {
    rest.trim_ascii_start().first() == Some(&b':')
}
