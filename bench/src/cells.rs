//! Cells through rows: what submitting and draining cost where the provider costs nothing.

mod copy;
mod database;
mod drain;
mod fleet;
mod grow;
mod pace;
mod pgbench;
mod provider;
mod singles;
mod submit;
mod system;
mod world;

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, ensure};
use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};

use fleet::QueueKind;

use crate::machine::{self, Machine};
use crate::report::{Figure, Report, Section};
use crate::spread::Spread;

/// What each locale of a measured grid is multiplied with before replicates: [`world::LOCALES`] × two modes.
const CELLS_PER_REPLICATE: u32 = 50;

/// Cells that are drained before and beside a history.
const GROWN_CELLS: u32 = 10_000;

#[derive(Args)]
pub(crate) struct Options {
    /// Cells that are drained, a multiple of 50.
    #[arg(long, default_value_t = 20_000, value_parser = cells)]
    cells: u32,
    /// Cells that are submitted in the other measurement, a multiple of 50; 0 leaves it out.
    #[arg(long, default_value_t = 100_000, value_parser = cells)]
    submitted: u32,
    /// Rounds, each in a process and a database of its own.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    #[command(flatten)]
    round: RoundOptions,
}

#[derive(Args)]
struct RoundOptions {
    /// Cells in flight at once; the default is the server's.
    #[arg(long, default_value_t = 256, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    concurrency: u32,
    /// How long the provider takes to answer, in milliseconds.
    #[arg(long, default_value_t = 0)]
    latency_ms: u64,
    /// Single runs that are timed one after the other once the batch is drained; 0 leaves them out.
    #[arg(long, default_value_t = 200)]
    singles: u32,
    /// A superuser's address of a PostgreSQL server, such as `postgres://postgres@127.0.0.1:5432/postgres`: databases are made there, and not as SQLite files.
    #[arg(long, value_name = "URL")]
    postgres: Option<String>,
    /// Where hints wait: nowhere (one process), in apalis-postgres or in apalis-redis; the last two on PostgreSQL.
    #[arg(long, value_enum, default_value_t = QueueKind::None)]
    queue: QueueKind,
    /// A Redis server's address, such as `redis://127.0.0.1:6379`, for `--queue redis`.
    #[arg(long, value_name = "URL")]
    redis: Option<String>,
    /// Measures beside it how long cells wait that fall due so many a second; on PostgreSQL.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    pace: Option<u32>,
    /// Measures beside it what a history of so many runs costs; on PostgreSQL.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=5_000_000))]
    history: Option<u32>,
    /// Where databases are made; each is removed after its round.
    #[arg(long, default_value_os_t = std::env::temp_dir())]
    dir: PathBuf,
}

/// One round, as it is asked of a process.
#[derive(Args)]
pub(crate) struct Round {
    what: What,
    cells: u32,
    #[command(flatten)]
    options: RoundOptions,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    Submit,
    Drain,
    Pace,
    Grow,
}

impl What {
    const fn name(self) -> &'static str {
        match self {
            Self::Submit => "submit",
            Self::Drain => "drain",
            Self::Pace => "pace",
            Self::Grow => "grow",
        }
    }
}

/// One figure of one round.
#[derive(Debug, Serialize, Deserialize)]
struct Measured {
    name: String,
    unit: String,
    value: f64,
}

/// Figures of one round, in order.
#[derive(Default)]
struct Figures(Vec<Measured>);

impl Figures {
    fn add(&mut self, name: &str, unit: &str, value: f64) {
        self.0.push(Measured { name: name.to_owned(), unit: unit.to_owned(), value });
    }
}

pub(crate) fn run(options: &Options) -> anyhow::Result<Report> {
    let machine = Machine::look();
    let dir = &options.round.dir;
    let kind = machine::file_system(&dir.canonicalize().with_context(|| dir.display().to_string())?);
    let mut sections = Vec::new();
    if let Some(spread) = machine::sync_ms(dir)? {
        let figures =
            vec![Figure { name: "append 8 KiB and fdatasync".to_owned(), unit: "ms".to_owned(), spread }];
        sections.push(Section { title: format!("the disk ({kind})"), rounds: 1, figures });
    }
    let RoundOptions { pace, history, .. } = options.round;
    let measured = [
        (What::Submit, options.submitted, true),
        (What::Drain, options.cells, true),
        (What::Pace, options.cells, pace.is_some()),
        (What::Grow, GROWN_CELLS, history.is_some()),
    ];
    for (what, cells, wanted) in measured {
        if wanted && cells > 0 {
            sections.push(section(what, cells, options)?);
        }
    }
    Ok(Report { machine, sections })
}

/// In the process that `cells` started: measures and writes one line of JSON.
pub(crate) fn round(round: &Round) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Runtime::new().context("the runtime cannot be started")?;
    let mut figures = runtime.block_on(async {
        match round.what {
            What::Submit => submit::measure(round.cells, &round.options).await,
            What::Drain => drain::measure(round.cells, &round.options).await,
            What::Pace => pace::measure(round.cells, &round.options).await,
            What::Grow => grow::measure(round.cells, &round.options).await,
        }
    })?;
    figures.add("load over the last minute", "", machine::load_1m());
    serde_json::to_writer(std::io::stdout().lock(), &figures.0)?;
    Ok(())
}

fn section(what: What, cells: u32, options: &Options) -> anyhow::Result<Section> {
    let mut rounds = Vec::new();
    for _ in 0..options.rounds {
        rounds.push(start_round(what, cells, &options.round)?);
    }
    let first = rounds.first().context("no round was measured")?;
    let figures = first.iter().enumerate().map(|(place, measured)| {
        let values: Vec<f64> = rounds.iter().filter_map(|round| round.get(place)).map(|m| m.value).collect();
        let spread = Spread::of(&values).context("no value was measured")?;
        Ok(Figure { name: measured.name.clone(), unit: measured.unit.clone(), spread })
    });
    let figures = figures.collect::<anyhow::Result<_>>()?;
    let RoundOptions { concurrency, latency_ms, queue, .. } = options.round;
    let title = match what {
        What::Submit => format!("submit of {cells} cells in one batch"),
        What::Drain => format!(
            "drain of {cells} cells, {concurrency} at once, provider {latency_ms} ms, queue: {}",
            queue.name()
        ),
        What::Pace => format!("{cells} cells that fall due at a pace"),
        What::Grow => format!("drain of {cells} cells in a new database, and beside a history"),
    };
    Ok(Section { title, rounds: rounds.len(), figures })
}

fn start_round(what: What, cells: u32, options: &RoundOptions) -> anyhow::Result<Vec<Measured>> {
    let output = Command::new(std::env::current_exe()?)
        .args(["round", what.name(), &cells.to_string()])
        .args(["--concurrency", &options.concurrency.to_string()])
        .args(["--latency-ms", &options.latency_ms.to_string()])
        .args(["--singles", &options.singles.to_string()])
        .args(options.pace.iter().flat_map(|pace| ["--pace".to_owned(), pace.to_string()]))
        .args(options.history.iter().flat_map(|history| ["--history".to_owned(), history.to_string()]))
        .args(options.postgres.iter().flat_map(|url| ["--postgres", url]))
        .args(["--queue", options.queue.name()])
        .args(options.redis.iter().flat_map(|url| ["--redis", url]))
        .arg("--dir")
        .arg(&options.dir)
        .stderr(std::process::Stdio::inherit())
        .output()?;
    ensure!(output.status.success(), "a round ended with {}", output.status);
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn cells(text: &str) -> Result<u32, String> {
    let cells: u32 = text.parse().map_err(|error| format!("{error}"))?;
    if cells.is_multiple_of(CELLS_PER_REPLICATE) && cells <= 100_000 {
        Ok(cells)
    } else {
        Err(format!("{cells} cells: a multiple of {CELLS_PER_REPLICATE}, at most 100000, is allowed"))
    }
}
