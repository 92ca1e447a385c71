//! `cargo xtask gen` writes every surface that follows from the registry; `gen --check` fails when one is out of step.

mod docs;
mod ir;
mod openapi;
mod output;
mod python;
mod typescript;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Tasks of the workspace.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Writes the generated files.
    Gen {
        /// Writes nothing, and fails when a file differs from what would be written.
        #[arg(long)]
        check: bool,
    },
}

fn main() -> ExitCode {
    let Task::Gen { check } = Arguments::parse().task;
    match generate(check) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("gen: {error}");
            ExitCode::FAILURE
        }
    }
}

fn generate(check: bool) -> Result<(), String> {
    let api = ir::read()?;
    let mut files = docs::files(&api);
    files.push(openapi::file(&api)?);
    files.extend(python::files(&api));
    files.extend(typescript::files(&api));
    output::settle(files, check)
}
