//! Contents of files that are handed over beside the arguments, so that nothing copies them on the way.

use std::cell::RefCell;

use bytes::Bytes;

thread_local! {
    static SHELF: RefCell<Vec<Bytes>> = const { RefCell::new(Vec::new()) };
}

/// Reads arguments in which the `content` of a file may be a number: its place in `contents`.
pub fn with_contents<T>(contents: Vec<Bytes>, read: impl FnOnce() -> T) -> T {
    let _emptied = Emptied(SHELF.replace(contents));
    read()
}

/// The content at a place.
pub(super) fn at(place: u64) -> Option<Bytes> {
    let place = usize::try_from(place).ok()?;
    SHELF.with_borrow(|contents| contents.get(place).cloned())
}

/// Puts back what was there before, also when reading panics.
struct Emptied(Vec<Bytes>);

impl Drop for Emptied {
    fn drop(&mut self) {
        SHELF.set(std::mem::take(&mut self.0));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{Piece, Spelling, find};

    #[test]
    fn content_is_handed_over_without_a_copy() {
        let content = Bytes::from(vec![b'x'; 1000]);
        let upload = find("onboarding.upload_csv").unwrap();
        let arguments = || json!({ "Icon": { "content": 0, "name": "a.csv" } });
        let prepared = with_contents(vec![content.clone()], || {
            upload.prepare(arguments(), Spelling::Wire)
        });
        let body = prepared.unwrap().body.unwrap();
        let same = |piece: &Piece| matches!(piece, Piece::Bytes(bytes) if bytes.as_ptr() == content.as_ptr());
        assert!(body.pieces().iter().any(same));
        let error = upload.prepare(arguments(), Spelling::Wire).unwrap_err();
        assert!(error.to_string().contains("bytes or text"), "{error}");
    }
}
