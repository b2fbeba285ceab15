//! A large batch, accepted: validation, one transaction with every cell in it.

use std::time::Instant;

use anyhow::ensure;

use super::copy;
use super::world::{World, actor, submission};
use super::{Figures, RoundOptions};
use crate::process::{cpu_seconds, forget_peak_rss, peak_rss_mib, rss_mib};

pub(super) async fn measure(cells: u32, options: &RoundOptions) -> anyhow::Result<Figures> {
    let world = World::new(options).await?;
    let (actor, submission) = (actor()?, submission(cells)?);
    let rss_before = rss_mib()?;
    forget_peak_rss()?;
    let (cpu, start) = (cpu_seconds(), Instant::now());
    let batch = world.ops.submit_batch(&actor, world.template, &submission, None).await?.value;
    let (seconds, cpu) = (start.elapsed().as_secs_f64(), cpu_seconds() - cpu);
    let peak = peak_rss_mib()?;
    ensure!(batch.counters.pending == u64::from(cells), "{} cells are pending", batch.counters.pending);
    let count = f64::from(cells);
    let mut figures = Figures::default();
    figures.add("accepted in", "s", seconds);
    figures.add("rate", "cells/s", count / seconds);
    figures.add("CPU per 1,000 cells", "ms", cpu * 1_000_000.0 / count);
    figures.add("peak RSS", "MiB", peak);
    figures.add("RSS before", "MiB", rss_before);
    figures.add("database", "MiB", world.database.size_mib()?);
    if let Some(server) = world.database.as_server() {
        let seconds_copied = copy::again(server, cells)?;
        figures.add("COPY of the same rows, by the server", "s", seconds_copied);
        figures.add("COPY rate", "cells/s", count / seconds_copied);
        figures.add("share of the COPY rate", "%", 100.0 * seconds_copied / seconds);
    }
    world.close().await?;
    Ok(figures)
}
