//! A batch, drained: claims, attempts, calls, seals, commits, until the batch is completed.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use stet_domain::batch::BatchStatus;
use stet_domain::ids::BatchId;
use stet_ops::{Actor, Moment, Ops};
use stet_store::{BatchView, PageRequest, RunFilter};
use tokio_util::sync::CancellationToken;

use super::pgbench::Grouping;
use super::world::{World, actor, canaries, submission};
use super::{Figures, RoundOptions, pgbench, singles};
use crate::process::{cpu_seconds, forget_peak_rss, peak_rss_mib, rss_mib, written_mib};

/// How often the batch is looked at meanwhile: the error of the time, and a small part of the CPU.
const LOOK: Duration = Duration::from_millis(20);
/// After this a drain counts as stuck.
const LONGEST: Duration = Duration::from_mins(30);
/// Cells that are verified afterwards.
const SAMPLE: u32 = 200;

pub(super) async fn measure(cells: u32, options: &RoundOptions) -> anyhow::Result<Figures> {
    let world = World::new(options).await?;
    let (actor, submission) = (actor()?, submission(cells)?);
    let id = world.ops.submit_batch(&actor, world.template, &submission, None).await?.value.row.id;
    let (rss_before, written) = (rss_mib()?, written_mib()?);
    forget_peak_rss()?;
    let (server_cpu, redis_cpu) = (world.database.server_cpu_seconds()?, world.database.redis_cpu_seconds()?);
    let (cpu, start) = (cpu_seconds(), Instant::now());
    let stop = CancellationToken::new();
    let parts = world.work(options.concurrency, &stop);
    let batch = completed(&world.ops, &actor, id).await?;
    let (ended, cpu) = (Instant::now(), cpu_seconds() - cpu);
    let seconds = ended.duration_since(start).as_secs_f64();
    let server_cpu = server_cpu.zip(world.database.server_cpu_seconds()?).map(|(from, to)| to - from);
    let redis_cpu = redis_cpu.zip(world.database.redis_cpu_seconds()?).map(|(from, to)| to - from);
    let (peak, written) = (peak_rss_mib()?, written_mib()? - written);
    check(&world, &actor, &batch, cells).await?;
    audit(&world.ops, &actor, cells).await?;
    let count = f64::from(cells);
    let call = Duration::from_millis(options.latency_ms);
    let ideal = call.as_secs_f64() * f64::from(cells.div_ceil(options.concurrency));
    let mut figures = Figures::default();
    figures.add("drained in", "s", seconds);
    figures.add("rate", "cells/s", count / seconds);
    if options.latency_ms > 0 {
        let begun = world.double.first_cell(1 + canaries()?).context("no cell was called for")?;
        let took = ended.duration_since(begun).as_secs_f64();
        figures.add("from the first cell's call to the end", "s", took);
        figures.add("ideal: its rounds of the provider's time", "s", ideal);
        figures.add("over the ideal", "%", 100.0 * (took / ideal - 1.0));
    }
    figures.add("CPU per 1,000 cells", "ms", cpu * 1_000_000.0 / count);
    if let Some(server_cpu) = server_cpu {
        figures.add("PostgreSQL's CPU per 1,000 cells", "ms", server_cpu * 1_000_000.0 / count);
    }
    if let Some(redis_cpu) = redis_cpu {
        figures.add("Redis's CPU per 1,000 cells", "ms", redis_cpu * 1_000_000.0 / count);
    }
    figures.add("cores in use", "", cpu / seconds);
    figures.add("peak RSS", "MiB", peak);
    figures.add("RSS before", "MiB", rss_before);
    figures.add("written to disk per cell", "KiB", written * 1024.0 / count);
    figures.add("database per cell", "KiB", world.database.size_mib()? * 1024.0 / count);
    if let Some(server) = world.database.as_server() {
        for grouping in Grouping::ALL {
            figures.add(grouping.name(), "cells/s", pgbench::measure(server, grouping, cells)?);
        }
    }
    singles::measure(&world, &actor, options.singles, &mut figures).await?;
    stop.cancel();
    parts.join_all().await;
    world.close().await?;
    Ok(figures)
}

pub(super) async fn completed(ops: &Ops, actor: &Actor, id: BatchId) -> anyhow::Result<BatchView> {
    let deadline = Instant::now() + LONGEST;
    loop {
        let batch = ops.get_batch(actor, id).await?;
        match batch.control.status {
            BatchStatus::Completed => return Ok(batch),
            BatchStatus::Preflight | BatchStatus::Running => {}
            BatchStatus::Paused | BatchStatus::Cancelled | BatchStatus::Failed => {
                anyhow::bail!("the batch is {}: {:?}", batch.control.status, batch.control.reason)
            }
        }
        ensure!(Instant::now() < deadline, "the batch is not completed after {LONGEST:?}");
        tokio::time::sleep(LOOK).await;
    }
}

/// What `stet audit --at-rest` looks at, of every row: states, counters, calls, results, seals.
async fn audit(ops: &Ops, actor: &Actor, cells: u32) -> anyhow::Result<()> {
    let mut findings = ops.audit_rows(&actor.org, Moment::AtRest, |_check, _rows| ()).await?;
    findings.push(ops.audit_seals(&actor.org, |_proved| ()).await?);
    for found in &findings {
        ensure!(found.violations == 0, "{} is broken: {:?}", found.invariant.name(), found.offences);
    }
    let proved = findings.last().map_or(0, |seals| seals.looked);
    ensure!(proved >= u64::from(cells), "{proved} seals were proved of {cells} cells");
    Ok(())
}

/// A figure for a drain that lost, doubled or falsified a cell would be worth nothing.
async fn check(world: &World, actor: &Actor, batch: &BatchView, cells: u32) -> anyhow::Result<()> {
    let succeeded = batch.counters.succeeded;
    ensure!(succeeded == u64::from(cells), "{succeeded} of {cells} cells succeeded");
    // One call a cell, and the preflight's: its probe and its canary prompts.
    let (asked, wanted) = (world.double.calls(), u64::from(cells) + 1 + canaries()?);
    ensure!(asked == wanted, "{asked} calls, {wanted} are called for");
    let filter = RunFilter::of_batch(batch.row.id);
    let page = PageRequest { after: None, limit: SAMPLE };
    for run in world.ops.list_runs(actor, &filter, page).await?.items {
        let verification = world.ops.verify_run(actor, run.id).await?;
        ensure!(verification.is_intact(), "{}: {:?}", run.id, verification.disagreement);
        let attempts = world.ops.list_attempts(actor, run.id).await?;
        let first = attempts.first().context("a run without an attempt")?;
        ensure!(
            attempts.len() == 1 && first.exchanges.len() == 1,
            "{}: not one attempt and exchange",
            run.id
        );
    }
    Ok(())
}
