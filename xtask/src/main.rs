//! The project's own checks: tidy, arrows, generated files, the test command.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line tool speaks through these")]

mod arrows;
mod bench;
mod faults;
mod fuzz;
mod generate;
mod owners;
mod recorded;
mod services;
mod shell;
mod test;
mod tidy;
mod tools;
mod wasm;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Checks of the Stet workspace.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Installs what is missing and runs everything: formatting, lints, docs, tests, walls, vectors, the demo end to end.
    Test(test::Options),
    /// Runs a command with the servers that tests need beside it, such as `cargo xtask services -- cargo nextest run -p stet-store-sql`.
    Services {
        /// The command and its arguments.
        #[arg(last = true, required = true)]
        command: Vec<String>,
    },
    /// Checks style's walls on the source: file and function lengths, reachable files, banned names and traces.
    Tidy,
    /// Checks the arrows between crates and the owners of third-party crates.
    Arrows,
    /// Writes the generated files again (`--check`: fails where they differ from the code).
    Generate {
        /// Compare only.
        #[arg(long)]
        check: bool,
    },
    /// Checks that the canonical forms compile for wasm32.
    Wasm,
    /// Runs every fuzz target for a while, where a nightly toolchain is present.
    Fuzz {
        /// How long each target runs.
        #[arg(long, default_value_t = 60)]
        seconds: u32,
    },
    /// Measures, on a quiet machine; bench/README.md says what each figure is.
    #[command(subcommand)]
    Bench(Bench),
    /// Breaks a running fleet in every way of the specification's table, and judges what came of it by the rows and by the provider's receipts.
    Faults(faults::Options),
    /// Reads recorded answers of the providers and prints where a reading differs from the expected one.
    Recorded {
        /// The folder.
        #[arg(default_value = recorded::FOLDER)]
        folder: PathBuf,
    },
}

#[derive(Subcommand)]
enum Bench {
    /// Cells through a durable PostgreSQL: submit, drain, due to start, a long history, many slow calls.
    Cells(bench::Options),
}

fn main() -> ExitCode {
    let done = match Cli::parse().verb {
        Verb::Test(options) => test::run(&options),
        Verb::Services { command } => services::run(&command),
        Verb::Tidy => tidy::check(),
        Verb::Arrows => arrows::check().and_then(|()| owners::check()),
        Verb::Generate { check } => generate::run(check),
        Verb::Wasm => wasm::check(),
        Verb::Fuzz { seconds } => fuzz::run(seconds),
        Verb::Bench(Bench::Cells(options)) => bench::cells(&options),
        Verb::Faults(options) => faults::run(&options),
        Verb::Recorded { folder } => recorded::run(&folder),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
