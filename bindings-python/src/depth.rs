//! How deeply a JSON text is nested. The parser of views goes one call deeper for each level, and so would whoever reads
//! them, until the stack ends: a text that is nested too deeply is refused before it is parsed.

use memchr::memchr2;

/// Levels that are taken, as many as serde_json does. The service needs six.
pub(crate) const MOST: usize = 128;

/// Whether more than [`MOST`] arrays and objects stand within each other.
pub(crate) fn is_too_deep(json: &[u8]) -> bool {
    // Each level has a beginning and an end.
    if json.len() <= 2 * MOST {
        return false;
    }
    let mut depth = 0_usize;
    let mut rest = json.iter();
    while let Some(byte) = rest.next() {
        match byte {
            b'[' | b'{' if depth == MOST => return true,
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'"' => rest = after_text(rest.as_slice()).iter(),
            _ => {}
        }
    }
    false
}

/// What follows the text whose inside this begins with.
fn after_text(mut inside: &[u8]) -> &[u8] {
    while let Some(place) = memchr2(b'"', b'\\', inside) {
        let is_end = inside[place] == b'"';
        let next = if is_end { place + 1 } else { place + 2 };
        inside = inside.get(next..).unwrap_or_default();
        if is_end {
            return inside;
        }
    }
    &[]
}
