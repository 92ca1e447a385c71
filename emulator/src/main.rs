//! The emulator as a program. Everything it does is in the library's [`cli`](cyberark_identity_emulator::cli).

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(cyberark_identity_emulator::cli::run(std::env::args_os()))
}
