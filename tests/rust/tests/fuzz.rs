//! What fuzzers found worth keeping: `tests/fuzz/corpus`.
// Clippy tells tests by their attribute, and so does not know their helpers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{collections::BTreeSet, fs};

use cyberark_identity_tests::{fuzz, tests_folder};

#[test]
fn what_is_in_the_corpus_holds() {
    for (name, target) in fuzz::TARGETS {
        let files = fs::read_dir(tests_folder("fuzz").join("corpus").join(name)).unwrap();
        let files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
        assert!(!files.is_empty(), "{name}");
        for file in files {
            let bytes = fs::read(&file).unwrap();
            let held = std::panic::catch_unwind(|| target(&bytes));
            assert!(held.is_ok(), "{}", file.display());
        }
    }
}

/// Every answer of the fixtures, whole and cut at every twentieth of it.
#[test]
fn recorded_answers_hold_wherever_they_are_cut() {
    for answer in fuzz::recorded_answers() {
        for cut in (0..=20).map(|part| answer.len() * part / 20) {
            fuzz::answers(&answer[..cut]);
        }
    }
}

#[test]
fn every_target_has_a_program() {
    let programs = fs::read_dir(tests_folder("fuzz").join("targets")).unwrap();
    let programs: BTreeSet<_> = programs
        .map(|file| file.unwrap().path().file_stem().unwrap().to_owned())
        .collect();
    let targets = fuzz::TARGETS.iter().map(|(name, _)| (*name).into());
    assert_eq!(programs, targets.collect());
}
