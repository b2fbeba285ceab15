//! Where log lines go: standard error, so that standard output stays for results.

use std::io::IsTerminal;

use anyhow::Context;
use tracing_subscriber::EnvFilter;

use crate::args::Verb;
use crate::settings::{LogFormat, Settings};

/// Starts the log: servers tell what they do, all else only what is wrong, unless `STET_LOG` says otherwise.
pub(crate) fn start(settings: &Settings, verb: &Verb) -> anyhow::Result<()> {
    let serves = matches!(verb, Verb::Serve(_) | Verb::Worker | Verb::Scheduler | Verb::Simulator(_));
    let directives = settings.log.as_deref().unwrap_or(if serves { "info" } else { "warn" });
    let filter = EnvFilter::builder()
        .parse(directives)
        .with_context(|| format!("STET_LOG {directives:?} is no filter"))?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match settings.log_format {
        LogFormat::Json => lines.json().try_init(),
        LogFormat::Text => lines.with_ansi(std::io::stderr().is_terminal()).with_target(false).try_init(),
    };
    started.map_err(|error| anyhow::anyhow!("the log cannot start: {error}"))
}
