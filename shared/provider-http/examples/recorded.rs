//! Reads a folder of recorded answers and prints where a reading differs from the expected one.
//!
//! `cargo run -p stet-provider-http --example recorded -- DIR`; ends with 1 where there is a disagreement.
#![expect(clippy::print_stdout, reason = "a command line tool speaks through it")]

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

#[path = "../tests/it/recorded/mod.rs"]
mod recorded;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).ok_or("usage: recorded DIR")?;
    let report = recorded::read(&PathBuf::from(folder))?;
    println!("{}", report.table());
    Ok(if report.agrees() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
