//! `make chaos`: 100,000 creates and 1,000,000 reads while one request in twenty goes wrong.
//!
//! `chaos [CREATES READS LISTS]`

use std::process::ExitCode;

use cyberark_identity_tests::chaos::{self, Plan};

#[tokio::main]
async fn main() -> ExitCode {
    let mut sizes = std::env::args()
        .skip(1)
        .filter_map(|size| size.parse().ok());
    let mut size = |usual| sizes.next().unwrap_or(usual);
    let plan = Plan {
        creates: size(100_000),
        reads: size(1_000_000),
        lists: size(20),
        at_once: 64,
    };
    let report = match chaos::play(plan).await {
        Ok(report) => report,
        Err(error) => {
            eprintln!("chaos: {error}");
            return ExitCode::FAILURE;
        }
    };
    print!("{report}");
    let violations = report.violations();
    for violation in &violations {
        eprintln!("chaos: {violation}");
    }
    ExitCode::from(u8::from(!violations.is_empty()))
}
