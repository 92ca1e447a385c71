//! How deeply a JSON text is nested. The parser of views goes one call deeper for each level, and so would whoever reads
//! them, until the stack ends: a text that is nested too deeply is refused before it is parsed.
//!
//! Every list is looked at, so this is done for 64 bytes at a time, with one bit for each of them.

use memchr::memchr2_iter;
use wide::u8x16;

/// Levels that are taken, as many as serde_json does. The service needs six.
pub(crate) const MOST: usize = 128;

const BLOCK: usize = 64;

/// Whether more than [`MOST`] arrays and objects stand within each other, up to where the text ceases to be JSON: no parser
/// comes further.
pub(crate) fn is_too_deep(json: &[u8]) -> bool {
    // What begins so few levels altogether, in texts or not, has not more of them within each other: nearly every answer
    // that is no list.
    if memchr2_iter(b'[', b'{', json).nth(MOST).is_none() {
        return false;
    }
    let (blocks, rest) = json.as_chunks();
    let mut last = [b' '; BLOCK];
    last[..rest.len()].copy_from_slice(rest);
    let mut scan = Scan::default();
    for block in blocks.iter().chain([&last]) {
        if let Err(end) = scan.take(block) {
            return end == End::TooDeep;
        }
    }
    false
}

/// What is known at the end of a block.
#[derive(Default)]
struct Scan {
    depth: usize,
    /// All ones within a text, else zero.
    inside: u64,
    /// One when the next byte is escaped, else zero.
    escaped: u64,
}

#[derive(PartialEq, Eq)]
enum End {
    TooDeep,
    /// More levels end than began.
    NoJson,
}

impl Scan {
    fn take(&mut self, block: &[u8; BLOCK]) -> Result<(), End> {
        let mut brackets = self.brackets(block);
        while brackets != 0 {
            let at = brackets.trailing_zeros() as usize;
            brackets &= brackets - 1;
            self.depth = match block[at] {
                b'[' | b'{' if self.depth == MOST => return Err(End::TooDeep),
                b'[' | b'{' => self.depth + 1,
                b']' | b'}' => self.depth.checked_sub(1).ok_or(End::NoJson)?,
                _ => return Err(End::NoJson),
            };
        }
        Ok(())
    }

    /// A bit for each bracket outside of texts. `Y`, `_`, `y` and the control character 127 have one, too: none of them stands
    /// outside of texts in JSON.
    fn brackets(&mut self, block: &[u8; BLOCK]) -> u64 {
        let lanes = lanes(block);
        let quotes = equal(&lanes, b'"') & !self.escapes(&lanes);
        let texts = self.inside ^ running_parity(quotes);
        self.inside = if texts >> 63 == 0 { 0 } else { u64::MAX };
        // In these bits the four brackets differ, and in no others.
        let lanes = lanes.map(|lane| lane | u8x16::splat(0x26));
        equal(&lanes, 0x7f) & !texts
    }

    /// The bytes after a backslash that is not escaped itself.
    fn escapes(&mut self, lanes: &[u8x16; 4]) -> u64 {
        let mut escaped = std::mem::take(&mut self.escaped);
        if !has(lanes, b'\\') {
            return escaped;
        }
        let mut rest = equal(lanes, b'\\') & !escaped;
        while rest != 0 {
            let first = rest & rest.wrapping_neg();
            escaped |= first << 1;
            self.escaped = first >> 63;
            rest &= !(first | first << 1);
        }
        escaped
    }
}

fn lanes(block: &[u8; BLOCK]) -> [u8x16; 4] {
    let (lanes, _) = block.as_chunks();
    [0, 1, 2, 3].map(|lane| u8x16::new(lanes[lane]))
}

/// Whether one of them is this byte. Mostly no backslash is, and then nobody asks where.
fn has(lanes: &[u8x16; 4], byte: u8) -> bool {
    let [a, b, c, d] = lanes.map(|lane| lane.simd_eq(u8x16::splat(byte)));
    (a | b | c | d).to_bitmask() != 0
}

/// A bit for each byte that is this one.
fn equal(lanes: &[u8x16; 4], byte: u8) -> u64 {
    let bits = |lane: usize| {
        u64::from(lanes[lane].simd_eq(u8x16::splat(byte)).to_bitmask()) << (16 * lane)
    };
    bits(0) | bits(1) | bits(2) | bits(3)
}

/// Of each place, whether the bits up to there are odd in number: with quotes, whether it is within a text.
const fn running_parity(bits: u64) -> u64 {
    let bits = bits ^ bits << 1;
    let bits = bits ^ bits << 2;
    let bits = bits ^ bits << 4;
    let bits = bits ^ bits << 8;
    let bits = bits ^ bits << 16;
    bits ^ bits << 32
}
