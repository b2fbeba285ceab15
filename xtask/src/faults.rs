//! Faults: real processes and servers, what breaks them, and what must hold all the same (docs/spec/reliability.md, "Fault scenarios").

mod api;
mod audit;
mod calls;
mod cannot_run;
mod disk;
mod fleet;
mod member;
mod outcome;
mod relay;
mod scenarios;
mod schedule;
mod simulator;
mod sql;
mod verdict;
mod wait;
mod work;

use std::time::{Duration, Instant};

use anyhow::bail;
use rand::rngs::{StdRng, SysRng};
use rand::{SeedableRng as _, TryRng as _};

use crate::shell;
use cannot_run::CannotRun;
use outcome::Outcome;
use scenarios::{SCENARIOS, Scenario};

/// What to run.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// What every moment is drawn from; a new one is drawn and printed where it is not given.
    #[arg(long)]
    seed: Option<u64>,
    /// Begins again with the next seed until so many minutes are over.
    #[arg(long)]
    minutes: Option<u64>,
    /// Only scenarios of these numbers.
    #[arg(long = "scenario", value_name = "N")]
    scenarios: Vec<u32>,
    /// Few faults each, as the test command runs them.
    #[arg(long)]
    short: bool,
}

/// How much of a scenario is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scale {
    /// A few faults, in seconds.
    Short,
    /// As many as the specification says.
    Whole,
}

/// What a scenario may draw from and how far it goes.
pub(crate) struct Draw {
    pub(crate) rng: StdRng,
    pub(crate) scale: Scale,
}

impl Draw {
    /// One figure for the test command, another for the whole.
    fn of<T>(&self, short: T, whole: T) -> T {
        match self.scale {
            Scale::Short => short,
            Scale::Whole => whole,
        }
    }
}

/// Runs what is asked for and prints what came of it.
pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let chosen: Vec<&Scenario> = SCENARIOS
        .iter()
        .filter(|scenario| options.scenarios.is_empty() || options.scenarios.contains(&scenario.number))
        .collect();
    if chosen.is_empty() {
        bail!("no scenario has that number: {}", numbers(SCENARIOS));
    }
    let scale = if options.short { Scale::Short } else { Scale::Whole };
    let first = match options.seed {
        Some(seed) => seed,
        None => SysRng.try_next_u64()?,
    };
    let until = options.minutes.map(|minutes| Instant::now() + Duration::from_secs(minutes * 60));
    for seed in first.. {
        round(&chosen, seed, scale)?;
        if until.is_none_or(|until| Instant::now() >= until) {
            break;
        }
    }
    Ok(())
}

/// The scenarios of the test command, as far as they end within minutes.
pub(crate) fn short() -> anyhow::Result<()> {
    let chosen: Vec<&Scenario> = SCENARIOS.iter().filter(|scenario| scenario.in_test_command).collect();
    round(&chosen, SysRng.try_next_u64()?, Scale::Short)
}

fn round(chosen: &[&Scenario], seed: u64, scale: Scale) -> anyhow::Result<()> {
    let form = if scale == Scale::Short { " --short" } else { "" };
    println!("seed {seed}: play it again by `cargo xtask faults{form} --seed {seed}`");
    shell::run("cargo", &["build", "--quiet", "--package", "stet-cli"])?;
    let begun = Instant::now();
    let mut outcomes: Vec<(&Scenario, anyhow::Result<Outcome>)> = Vec::new();
    for scenario in chosen {
        println!("… {:>2} {}", scenario.number, scenario.fault);
        // Each draws for itself: one that is played alone draws the same.
        let rng = StdRng::seed_from_u64(seed.wrapping_add(u64::from(scenario.number)));
        let started = Instant::now();
        let ended = (scenario.run)(&mut Draw { rng, scale });
        match &ended {
            Ok(_) => println!("  {:>2} held, {:.0} s", scenario.number, started.elapsed().as_secs_f64()),
            Err(error) if CannotRun::is(error) => {
                println!("  {:>2} could not be run: {error:#}", scenario.number);
            }
            Err(error) => println!("  {:>2} BROKEN: {error:#}", scenario.number),
        }
        outcomes.push((scenario, ended));
    }
    println!("{}", outcome::table(&outcomes));
    println!("in all {:.0} s", begun.elapsed().as_secs_f64());
    let broken: Vec<u32> =
        outcomes.iter().filter(|(_, ended)| is_broken(ended)).map(|(scenario, _)| scenario.number).collect();
    if !broken.is_empty() {
        bail!("with seed {seed}, these scenarios did not hold: {broken:?}");
    }
    Ok(())
}

fn is_broken(ended: &anyhow::Result<Outcome>) -> bool {
    ended.as_ref().is_err_and(|error| !CannotRun::is(error))
}

fn numbers(scenarios: &[Scenario]) -> String {
    scenarios.iter().map(|scenario| scenario.number.to_string()).collect::<Vec<_>>().join(", ")
}
