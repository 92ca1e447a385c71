//! The password rule of the cloud directory.

use super::Failure;

/// 8 to 64 characters with an upper-case letter, a lower-case letter and a digit.
pub(crate) fn check(parameter: &str, password: &str) -> Result<(), Failure> {
    let length = password.chars().count();
    let has = |test: fn(char) -> bool| password.chars().any(test);
    let fits = (8..=64).contains(&length)
        && has(char::is_uppercase)
        && has(char::is_lowercase)
        && has(|letter| letter.is_ascii_digit());
    if fits {
        return Ok(());
    }
    Err(Failure::invalid(
        parameter,
        "a password has 8 to 64 characters, an upper-case and a lower-case letter and a digit.",
    ))
}
