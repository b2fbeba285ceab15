//! `cargo xtask bench cells`: the cell workload on a PostgreSQL server of its own, durable as in production.

use std::process::Command;

use clap::Args;

use crate::services::{DurableServer, Redis};
use crate::shell;

/// Cells in flight of one process in the measurement of many slow calls.
const IN_FLIGHT: &str = "10000";

#[derive(Args)]
pub(crate) struct Options {
    /// Rounds of each measurement, each in a process and a database of its own.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Cells that fall due a second in the measurement of how long they wait: half of what is to be drained.
    #[arg(long, default_value_t = 3_000, value_parser = clap::value_parser!(u32).range(1..))]
    pace: u32,
    /// Runs that stand beside the measured ones in the measurement of growth.
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(1..))]
    history: u32,
    /// Cells at once where the provider costs nothing.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    concurrency: u32,
}

/// Builds the benchmarks and runs each measurement in turn.
pub(crate) fn cells(options: &Options) -> anyhow::Result<()> {
    shell::run("cargo", &["build", "--release", "-p", "stet-bench"])?;
    let server = DurableServer::start()?;
    let redis = Redis::start()?;
    let Options { rounds, pace, history, concurrency } = options;
    let (rounds, concurrency) = (rounds.to_string(), concurrency.to_string());
    let (pace, history, redis) = (pace.to_string(), history.to_string(), redis.url());
    let concurrency = ["--concurrency", &concurrency];
    let in_postgres = ["--queue", "postgres"];
    // Submission, drain at zero latency, the pace and the history.
    let all = [concurrency, ["--pace", &pace], ["--history", &history], in_postgres];
    measure(&server, &rounds, &all.concat())?;
    // Where hints wait changes nothing of a submission; single runs were timed before.
    let drains = ["--submitted", "0", "--singles", "0"];
    let in_redis = ["--queue", "redis", "--redis", &redis];
    measure(&server, &rounds, &[&concurrency[..], &drains, &in_redis].concat())?;
    // Many calls in flight at once: one round of the provider's time is what it takes at best. Single runs one after the other would tell the provider's second
    // each time.
    let slow = ["--cells", IN_FLIGHT, "--concurrency", IN_FLIGHT, "--latency-ms", "1000"];
    measure(&server, &rounds, &[&slow[..], &drains, &in_postgres].concat())?;
    measure(&server, &rounds, &[&slow[..], &drains, &in_redis].concat())
}

fn measure(server: &DurableServer, rounds: &str, arguments: &[&str]) -> anyhow::Result<()> {
    let mut command: Command = shell::command("target/release/stet-bench", &["cells", "--rounds", rounds]);
    command.args(["--postgres", &server.url()]).args(arguments);
    shell::run_command(command)
}
