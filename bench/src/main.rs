//! Benchmarks, run by hand: see the README beside this crate for what each figure means and leaves out.

mod canon;
mod cells;
mod machine;
mod process;
mod report;
mod spread;

use clap::{Parser, Subcommand};

/// As in `stet` itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Benchmarks of Stet, run by hand.
#[derive(Parser)]
#[command(name = "stet-bench")]
struct Cli {
    /// Prints one JSON document instead of tables.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Canonical forms against `serde_json` over the same documents.
    Canon(canon::Options),
    /// Submits a large batch and drains another, on a SQLite file, with a provider in this process.
    Cells(cells::Options),
    /// One round in a process of its own; what `cells` starts.
    #[command(hide = true)]
    Round(cells::Round),
}

fn main() -> anyhow::Result<()> {
    let cli = Cli::parse();
    match cli.verb {
        Verb::Canon(options) => report::show(cli.json, &canon::run(&options)?),
        Verb::Cells(options) => report::show(cli.json, &cells::run(&options)?),
        Verb::Round(round) => cells::round(&round),
    }
}
