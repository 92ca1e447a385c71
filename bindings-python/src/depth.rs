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
        let brackets = scan.brackets(block);
        match scan.depth.after(brackets) {
            Ok(depth) => scan.depth = depth,
            Err(end) => return end == End::TooDeep,
        }
    }
    false
}

/// What is known at the end of a block.
#[derive(Default)]
struct Scan {
    depth: Depth,
    /// All ones within a text, else zero.
    inside: u64,
    /// One when the next byte is escaped, else zero.
    escaped: u64,
}

/// Where levels begin and end in a block.
#[derive(Clone, Copy)]
struct Brackets {
    open: u64,
    close: u64,
}

#[derive(Default, Clone, Copy)]
struct Depth(usize);

#[derive(PartialEq, Eq)]
enum End {
    TooDeep,
    /// More levels end than began.
    NoJson,
}

impl Scan {
    fn brackets(&mut self, block: &[u8; BLOCK]) -> Brackets {
        let lanes = lanes(block);
        let quotes = equal(&lanes, b'"') & !self.escapes(equal(&lanes, b'\\'));
        let texts = self.inside ^ running_parity(quotes);
        self.inside = if texts >> 63 == 0 { 0 } else { u64::MAX };
        // This bit alone tells `[` from `{` and `]` from `}`.
        let lanes = lanes.map(|lane| lane | u8x16::splat(0x20));
        Brackets {
            open: equal(&lanes, b'{') & !texts,
            close: equal(&lanes, b'}') & !texts,
        }
    }

    /// The bytes after a backslash that is not escaped itself.
    fn escapes(&mut self, backslashes: u64) -> u64 {
        let mut escaped = std::mem::take(&mut self.escaped);
        let mut rest = backslashes & !escaped;
        while rest != 0 {
            let first = rest & rest.wrapping_neg();
            escaped |= first << 1;
            self.escaped = first >> 63;
            rest &= !(first | first << 1);
        }
        escaped
    }
}

impl Depth {
    fn after(self, Brackets { open, close }: Brackets) -> Result<Self, End> {
        let opened = self.0 + open.count_ones() as usize;
        if opened > MOST {
            return self.one_by_one(open, close);
        }
        let depth = opened.checked_sub(close.count_ones() as usize);
        depth.map(Self).ok_or(End::NoJson)
    }

    fn one_by_one(self, open: u64, close: u64) -> Result<Self, End> {
        let mut depth = self.0;
        let mut rest = open | close;
        while rest != 0 {
            let first = rest & rest.wrapping_neg();
            depth = match open & first {
                0 => depth.checked_sub(1).ok_or(End::NoJson)?,
                _ if depth == MOST => return Err(End::TooDeep),
                _ => depth + 1,
            };
            rest ^= first;
        }
        Ok(Self(depth))
    }
}

fn lanes(block: &[u8; BLOCK]) -> [u8x16; 4] {
    let (lanes, _) = block.as_chunks();
    [0, 1, 2, 3].map(|lane| u8x16::new(lanes[lane]))
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
