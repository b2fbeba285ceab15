//! Where log lines go: standard error, so that standard output stays for results.

use std::io::IsTerminal;

use anyhow::Context;
use tracing_subscriber::EnvFilter;

use crate::settings::{LogFormat, Settings};

pub(crate) fn start(settings: &Settings) -> anyhow::Result<()> {
    let filter = EnvFilter::builder()
        .parse(&settings.log)
        .with_context(|| format!("STET_LOG {:?} is no filter", settings.log))?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match settings.log_format {
        LogFormat::Json => lines.json().try_init(),
        LogFormat::Text => lines.with_ansi(std::io::stderr().is_terminal()).with_target(false).try_init(),
    };
    started.map_err(|error| anyhow::anyhow!("the log cannot start: {error}"))
}
