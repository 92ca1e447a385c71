//! Notes for the table of operations and languages that `make test` prints.

use std::{fs::OpenOptions, io::Write};

/// Notes that the operation was called, in the file that the environment names; nothing where it names none.
///
/// # Panics
/// When the file cannot be written: the table would be wrong.
#[allow(clippy::expect_used)]
pub fn note(operation: &str) {
    let Ok(path) = std::env::var("SCENARIO_COVERAGE") else {
        return;
    };
    let file = OpenOptions::new().create(true).append(true).open(path);
    file.and_then(|mut file| writeln!(file, "rust {operation}"))
        .expect("coverage notes");
}
