//! The one binary stet: settings, wiring, shutdown and client verbs.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line tool speaks through these")]

mod als;
mod args;
mod audit;
mod canon;
mod client;
mod config;
mod demo;
mod exit;
mod fleet;
mod log;
mod metrics;
mod screen;
mod secrets;
mod serve;
mod server;
mod settings;
mod signals;
mod simulator;
mod system;

use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;

use args::{Als, Cli, Config, Verb};
use client::Client;
use exit::{Exit, or_undetermined};
use screen::Screen;
use settings::Settings;

/// Ends of many cells are made and written at once: what the system's allocator does about that took a fifth of a worker's time (docs/decisions/0027-cost-of-a-cell.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match start(cli) {
        Ok(exit) => exit.into(),
        // A reader that went away, such as `| head`, is no failure worth words.
        Err(error) if broken_pipe(&error) => Exit::Done.into(),
        Err(error) => {
            eprintln!("error: {}", told(&error));
            Exit::Error.into()
        }
    }
}

fn start(cli: Cli) -> anyhow::Result<Exit> {
    // Canonical forms need no settings: they work where nothing is configured.
    if let Verb::Canon(verb) = &cli.verb {
        return canon::run(verb);
    }
    let settings = Settings::load(cli.config.as_deref(), environment()?)?;
    log::start(&settings, &cli.verb)?;
    // Both HTTP clients of this process use the same cryptography; a second installation only means that it is there.
    drop(rustls::crypto::ring::default_provider().install_default());
    let runtime = tokio::runtime::Runtime::new().context("the runtime cannot be started")?;
    runtime.block_on(run(cli, settings))
}

/// The environment as far as it is text; what is none can be no setting, and a setting may not be such.
fn environment() -> anyhow::Result<Vec<(String, String)>> {
    let mut pairs = Vec::new();
    for (name, value) in std::env::vars_os() {
        let Ok(name) = name.into_string() else { continue };
        match value.into_string() {
            Ok(value) => pairs.push((name, value)),
            Err(_) if settings::TABLE.iter().any(|setting| setting.name == name) => {
                anyhow::bail!("{name} is no UTF-8 text: correct it")
            }
            Err(_) => {}
        }
    }
    Ok(pairs)
}

async fn run(cli: Cli, settings: Settings) -> anyhow::Result<Exit> {
    let screen = Screen::new(cli.json);
    match cli.verb {
        Verb::Canon(verb) => canon::run(&verb),
        Verb::Serve(options) => serve::run(settings, screen, &options).await,
        Verb::Worker => fleet::worker(&settings, screen).await,
        Verb::Scheduler => fleet::scheduler(&settings, screen).await,
        Verb::Demo(options) => demo::run(settings, screen, &options).await,
        Verb::Simulator(options) => simulator::run(screen, &options).await,
        Verb::Migrate => {
            let ran = server::migrate(&settings).await?;
            screen.say(&format!("{ran} migrations ran; the schema serves this build"));
            Ok(Exit::Done)
        }
        Verb::Config(Config::Check) => config::check(&settings, screen),
        Verb::Als(Als::Render { template, locale }) => als::render(&settings, &template, &locale),
        Verb::Verify(options) => {
            or_undetermined(client::verify::run(&Client::new(&settings)?, screen, options.ids).await)
        }
        Verb::Audit(options) => audit::run(&settings, screen, &options).await,
        Verb::Template(verb) => client::template::run(&Client::new(&settings)?, screen, verb).await,
        Verb::Batch(verb) => client::batch::run(&Client::new(&settings)?, screen, verb).await,
        Verb::Schedule(verb) => client::schedule::run(&Client::new(&settings)?, screen, verb).await,
        Verb::Run(verb) => client::run::run(&Client::new(&settings)?, screen, verb).await,
        Verb::Provider(verb) => client::provider::run(&Client::new(&settings)?, screen, verb).await,
        Verb::Fleet(options) => client::fleet::run(&Client::new(&settings)?, screen, options.once).await,
        Verb::Key(verb) => client::key::run(&Client::new(&settings)?, screen, verb).await,
    }
}

/// The error and its causes in one text, each thing said once: some causes repeat what the next one says.
fn told(error: &anyhow::Error) -> String {
    error.chain().fold(String::new(), |told, cause| match cause.to_string() {
        said if told.contains(&said) => told,
        said if told.is_empty() => said,
        said => format!("{told}: {said}"),
    })
}

fn broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<std::io::Error>()
            .is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
    })
}
