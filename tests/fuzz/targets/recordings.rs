#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| cyberark_identity_tests::fuzz::recordings(bytes));
