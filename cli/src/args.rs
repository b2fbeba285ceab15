//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use stet_domain::ids::OrgId;

/// Runs immutable prompts over a grid of cells against pinned model versions, and proves what was run.
///
/// Exit status: 0 done, 1 error, 2 usage, 3 could not determine, 10 some cells failed, 20 paused for drift, 30 cancelled,
/// 130 interrupted.
#[derive(Debug, Parser)]
#[command(name = "stet", version, max_term_width = 100)]
pub(crate) struct Cli {
    /// A file of settings (TOML, names in lower case); the environment wins over it.
    #[arg(long, global = true, value_name = "FILE", env = "STET_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// Print JSON on standard output even on a terminal.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Serve the API and, in sync mode, execute the cells.
    Serve(Serve),
    /// Execute cells in a fleet: one of any number of processes beside `serve` (`EXECUTION_MODE=apalis`).
    Worker,
    /// Do what is due in a fleet: batches of schedules, sweep, seal, clear away, ring for what waits. Two or three for safety.
    Scheduler,
    /// Run a real batch end to end, offline: the first thing to try.
    Demo(Demo),
    /// Serve the offline simulator of the providers.
    Simulator(Simulator),
    /// Bring the database's schema up to this build.
    Migrate,
    /// Look at the settings.
    #[command(subcommand)]
    Config(Config),
    /// Print canonical bytes or their digest.
    #[command(subcommand)]
    Canon(Canon),
    /// Ambient location signals.
    #[command(subcommand)]
    Als(Als),
    /// Recompute hashes and HMACs of what is stored.
    Verify(Verify),
    /// Hold what is stored against the invariants: reads the database, not the API. Exit status 1 where one is broken, 3 where it could not be looked.
    Audit(Audit),
    /// Templates.
    #[command(subcommand)]
    Template(Template),
    /// Batches.
    #[command(subcommand)]
    Batch(Batch),
    /// Schedules: recurring batches.
    #[command(subcommand)]
    Schedule(Schedule),
    /// Runs.
    #[command(subcommand)]
    Run(Run),
    /// Providers and their model versions.
    #[command(subcommand)]
    Provider(Provider),
    /// Show who works, what waits, and how many workers would be useful.
    Fleet(Fleet),
    /// API keys.
    #[command(subcommand)]
    Key(Key),
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Where to listen, instead of `STET_LISTEN`.
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) listen: Option<SocketAddr>,
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// End after the verification instead of serving on.
    #[arg(long)]
    pub(crate) exit: bool,
    /// Where the demo keeps its database and secrets.
    #[arg(long, value_name = "FOLDER", default_value = "stet-data")]
    pub(crate) data_dir: PathBuf,
    /// The port of the API on the loopback address, 0 for a free one; without it 8080, or a free one where that is taken.
    #[arg(long)]
    pub(crate) port: Option<u16>,
    /// What the simulator's answers are drawn from.
    #[arg(long, default_value_t = 7)]
    pub(crate) seed: u64,
}

#[derive(Debug, Args)]
pub(crate) struct Simulator {
    /// The port on the loopback address; 0 takes a free one and prints it.
    #[arg(long, default_value_t = 9090)]
    pub(crate) port: u16,
    /// A scenario: latency, faults, drift (docs/simulator.md).
    #[arg(long, value_name = "FILE")]
    pub(crate) scenario: Option<PathBuf>,
    /// What the answers are drawn from.
    #[arg(long, default_value_t = 7)]
    pub(crate) seed: u64,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Config {
    /// Check every setting and print what is in force, secrets masked.
    Check,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Canon {
    /// The canonical form of a JSON output.
    Output(CanonInput),
    /// The canonical form of a text.
    Text(CanonInput),
    /// The canonical form of a template's config; a whole template file is accepted.
    Template(CanonInput),
}

#[derive(Debug, Args)]
pub(crate) struct CanonInput {
    /// The files; `-` is standard input, and so is none.
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Print `<hex>  <file>` a line instead of the bytes.
    #[arg(long)]
    pub(crate) sha256: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Als {
    /// Print the block that a cell of a locale is sent.
    Render {
        /// A template file; its `als` decides catalogue, template id and key.
        #[arg(long, value_name = "FILE")]
        template: PathBuf,
        /// The locale, such as de-DE.
        #[arg(long)]
        locale: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// Templates, batches or runs, by id; `segments` for the sealed segments; without any, everything in the org.
    #[arg(value_name = "ID")]
    pub(crate) ids: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Audit {
    /// Only these orgs; all where none is named.
    #[arg(long = "org", value_name = "ORG")]
    pub(crate) orgs: Vec<OrgId>,
    /// Leave hashes and HMACs (I11) out: they take as long as there are records.
    #[arg(long)]
    pub(crate) skip_seals: bool,
    /// Everything should have ended (I7): what waits or runs in a batch that is not paused is an offence.
    #[arg(long)]
    pub(crate) at_rest: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Template {
    /// Create a template from a file; the same content again is no error.
    Create {
        /// `{"name": …, "config": {…}}`; `-` is standard input.
        #[arg(short, long, value_name = "FILE")]
        file: PathBuf,
        /// Makes a repetition safe.
        #[arg(long, value_name = "KEY")]
        idempotency_key: Option<String>,
    },
    /// List templates, newest first.
    List(Page),
    /// Show one template.
    Show {
        /// Its id.
        id: String,
    },
    /// Show what leads from one template to another, as an RFC 6902 patch.
    Diff {
        /// From this one.
        from: String,
        /// To this one.
        to: String,
    },
    /// List the runs of a template, newest first.
    Runs {
        /// Its id.
        id: String,
        #[command(flatten)]
        filter: RunFilter,
        #[command(flatten)]
        page: Page,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Page {
    /// At most so many; all pages are fetched up to it.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) limit: u32,
}

#[derive(Debug, Args)]
pub(crate) struct RunFilter {
    /// Only runs in this state.
    #[arg(long)]
    pub(crate) status: Option<String>,
    /// Only runs of this batch.
    #[arg(long)]
    pub(crate) batch: Option<String>,
    /// Only runs for this locale.
    #[arg(long)]
    pub(crate) locale: Option<String>,
    /// Only runs in this mode.
    #[arg(long, value_name = "MODE")]
    pub(crate) grounding_mode: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Batch {
    /// Submit a batch.
    Run(Box<BatchRun>),
    /// List batches, newest first.
    List(Page),
    /// Show one batch.
    Show {
        /// Its id.
        id: String,
    },
    /// List the attempts at a batch's preflight, oldest first.
    Attempts {
        /// Its id.
        id: String,
    },
    /// Watch a batch until it ends.
    Watch {
        /// Its id.
        id: String,
    },
    /// Show the locks of a batch beside what answered under each.
    Drift {
        /// Its id.
        id: String,
    },
    /// Show what a batch brought, by locale, mode and lock epoch.
    Matrix {
        /// Its id.
        id: String,
    },
    /// Pause a batch: no cell starts any more.
    Pause {
        /// Its id.
        id: String,
        /// Why.
        #[arg(long)]
        reason: Option<String>,
    },
    /// Take a paused batch up again, once a look at the model has shown what is asked for.
    Resume {
        /// Its id.
        id: String,
        /// Why.
        #[arg(long)]
        reason: String,
        /// Under a new lock, of what the model is now, instead of the one in force.
        #[arg(long)]
        new_lock: bool,
        /// The version that is accepted in the place of the template's.
        #[arg(long, value_name = "VERSION", requires = "new_lock")]
        accept_version: Option<String>,
    },
    /// Call a batch off: what has not started is cancelled.
    Cancel {
        /// Its id.
        id: String,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Run failed cells again, or quarantined ones.
    Retry {
        /// Its id.
        id: String,
        /// Why.
        #[arg(long)]
        reason: String,
        /// Which cells.
        #[arg(long, value_enum, default_value_t = Cells::Failed)]
        cells: Cells,
    },
    /// List the cells of a batch, newest first.
    Runs {
        /// Its id.
        id: String,
        #[command(flatten)]
        filter: RunFilter,
        #[command(flatten)]
        page: Page,
    },
}

#[derive(Debug, Args)]
pub(crate) struct BatchRun {
    /// The template's id.
    pub(crate) template: String,
    #[command(flatten)]
    pub(crate) submission: Submission,
    /// Show the plan and submit nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Watch the batch until it ends.
    #[arg(long)]
    pub(crate) watch: bool,
    /// Makes a repetition safe.
    #[arg(long, value_name = "KEY")]
    pub(crate) idempotency_key: Option<String>,
}

/// What a batch is made of.
#[derive(Debug, Args)]
pub(crate) struct Submission {
    /// The submission as a file; the options below win over it.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// Locales, such as de-DE,en-GB.
    #[arg(long, value_delimiter = ',', value_name = "LOCALE")]
    pub(crate) locales: Vec<String>,
    /// Modes: UNGROUNDED, PREFERRED, REQUIRED.
    #[arg(long, value_delimiter = ',', value_name = "MODE")]
    pub(crate) grounding_modes: Vec<String>,
    /// Replicates of each locale and mode.
    #[arg(long, value_name = "N")]
    pub(crate) replicates: Option<u64>,
    /// An input of the template.
    #[arg(long = "input", value_name = "NAME=VALUE", value_parser = input)]
    pub(crate) inputs: Vec<(String, String)>,
    /// What a drifted result leads to; `hard` where neither option nor file says.
    #[arg(long, value_enum)]
    pub(crate) drift_policy: Option<DriftPolicy>,
    /// At most so many cells at once.
    #[arg(long, value_name = "N")]
    pub(crate) max_parallel: Option<u64>,
    /// Refuse to run another plan than this one.
    #[arg(long, value_name = "SHA256")]
    pub(crate) expected_plan: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Schedule {
    /// Make a schedule: a batch at each due time, in the name of the API key that makes it.
    Create(Box<ScheduleCreate>),
    /// List schedules, newest first.
    List(Page),
    /// Show one schedule with its next due times and what became of the last ones.
    Show {
        /// Its id.
        id: String,
    },
    /// List what became of a schedule's due times, newest first.
    Fires {
        /// Its id.
        id: String,
        #[command(flatten)]
        page: Page,
    },
    /// Hold a schedule: its due times pass without a batch.
    Pause {
        /// Its id.
        id: String,
        /// Why.
        #[arg(long)]
        reason: Option<String>,
    },
    /// Let a paused schedule go on with its next due time.
    Resume {
        /// Its id.
        id: String,
        /// Why.
        #[arg(long)]
        reason: Option<String>,
    },
    /// End a schedule for good; the batches that it made stay.
    End {
        /// Its id.
        id: String,
        /// Why.
        #[arg(long)]
        reason: Option<String>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ScheduleCreate {
    /// The template's id.
    pub(crate) template: String,
    /// A name for people.
    #[arg(long)]
    pub(crate) name: String,
    /// Minute, hour, day of the month, month, day of the week, such as '30 6 * * MON-FRI'.
    #[arg(long, value_name = "EXPRESSION")]
    pub(crate) cron: String,
    /// Where that is: an IANA time zone name, such as Europe/Berlin.
    #[arg(long, value_name = "ZONE")]
    pub(crate) time_zone: String,
    /// What becomes of due times that passed while nobody looked.
    #[arg(long, value_enum, default_value_t = CatchUp::Latest)]
    pub(crate) catch_up: CatchUp,
    #[command(flatten)]
    pub(crate) submission: Submission,
    /// Makes a repetition safe.
    #[arg(long, value_name = "KEY")]
    pub(crate) idempotency_key: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum CatchUp {
    /// The last of them makes a batch.
    Latest,
    /// Each of them makes a batch.
    All,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Cells {
    /// Those that failed.
    Failed,
    /// Those that are kept apart for drift.
    Quarantined,
    /// Both.
    All,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum DriftPolicy {
    /// Quarantine the result and pause.
    Hard,
    /// Fail the run and go on.
    Fail,
    /// Keep the result, flagged.
    Warn,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Run {
    /// Run one cell and wait for it.
    Create {
        /// The template's id.
        template: String,
        /// The locale, such as de-DE, or none.
        #[arg(long)]
        locale: String,
        /// The mode.
        #[arg(long, default_value = "UNGROUNDED", value_name = "MODE")]
        grounding_mode: String,
        /// An input of the template.
        #[arg(long = "input", value_name = "NAME=VALUE", value_parser = input)]
        inputs: Vec<(String, String)>,
        /// Makes a repetition safe.
        #[arg(long, value_name = "KEY")]
        idempotency_key: Option<String>,
    },
    /// Show one run with its output and provenance.
    Show {
        /// Its id.
        id: String,
    },
    /// Show the attempts at a run.
    Attempts {
        /// Its id.
        id: String,
    },
    /// Show why a run is not running: a pause, its provider's gate, its moment, a slot.
    Blockers {
        /// Its id.
        id: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Provider {
    /// List the providers that the server knows.
    List,
    /// Show a provider's model versions.
    Versions {
        /// openai, gemini or vertex.
        provider: String,
        /// Ask the provider even if the cache holds.
        #[arg(long)]
        force_refresh: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Fleet {
    /// One look; without it a terminal shows the fleet live until it is interrupted. Elsewhere, and with `--json`, it is always one.
    #[arg(long)]
    pub(crate) once: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Key {
    /// Make a key; its secret is shown once.
    Create {
        /// viewer, submitter, operator or admin.
        #[arg(long)]
        role: String,
        /// A name for people.
        #[arg(long)]
        label: String,
        /// Makes a repetition safe; it answers the key without its secret.
        #[arg(long, value_name = "KEY")]
        idempotency_key: Option<String>,
    },
    /// List keys.
    List,
    /// End a key.
    Revoke {
        /// Its id.
        id: String,
    },
}

/// `NAME=VALUE`; the value is JSON where it reads as a number or a boolean, else text.
fn input(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or_else(|| format!("{text:?} is not NAME=VALUE"))?;
    Ok((name.to_owned(), value.to_owned()))
}
