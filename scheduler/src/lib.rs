//! What is due: batches of schedules, sweep of expired leases, sealing of ended runs, audit, clean-up, renewal of model lists, and hints at runs that wait.
//!
//! Any number of schedulers may run. Each duty is a set of row changes that a second scheduler finds already done, and in a fleet a row says whose tick
//! it is.

mod audit;
mod duty;
mod ring;
mod schedules;
mod seal;
mod ticks;
mod versions;
mod window;

use std::sync::Arc;
use std::time::Duration;

use ring::Ringer;
use stet_coord::SingleFlight;
use stet_domain::bell::Bell;
use stet_domain::ids::Incarnation;
use stet_domain::metric::Metric;
use stet_ops::{Ops, Swept};
use ticks::Ticks;
use tokio_util::sync::CancellationToken;

/// How often the duties are done.
#[derive(Debug, Clone)]
pub struct SchedulerOptions {
    /// The sweep of expired leases and lost completions; a quarter of the lease, 15 s of 60 (reliability.md rule 6).
    pub sweep_every: Duration,
    /// The clean-up of idempotency records.
    pub prune_every: Duration,
    /// The sealing of terminal runs into segments.
    pub seal_every: Duration,
    /// The audit of the rows.
    pub audit_every: Duration,
    /// The look for schedules that are due.
    pub schedules_every: Duration,
    /// The look for model lists that near their end.
    pub versions_every: Duration,
    /// The look for tables that have grown, whose plans are made anew.
    pub sizes_every: Duration,
    /// The look for runs that are due and were not rung for, in a fleet.
    pub ring_every: Duration,
}

impl SchedulerOptions {
    /// The intervals that go with a lease of that length.
    #[must_use]
    pub fn for_lease(lease_seconds: u32) -> Self {
        Self {
            sweep_every: Duration::from_secs(u64::from(lease_seconds)) / 4,
            prune_every: Duration::from_mins(1),
            seal_every: Duration::from_secs(15),
            audit_every: Duration::from_hours(1),
            schedules_every: Duration::from_secs(1),
            versions_every: Duration::from_secs(30),
            sizes_every: Duration::from_secs(5),
            ring_every: Duration::from_millis(500),
        }
    }
}

/// What several schedulers over one database share, and whom they ring for work.
#[derive(Clone)]
pub struct Fleet {
    /// Rung for runs that are due.
    pub bell: Arc<dyn Bell>,
    /// Whose tick it is.
    pub flights: Arc<dyn SingleFlight>,
}

/// Does every duty of a process that is alone on its database, at its interval, until `stop`; `woken` is called whenever rows became due again.
pub async fn run(
    ops: Ops,
    incarnation: Incarnation,
    options: SchedulerOptions,
    woken: impl Fn() + Send + Sync + 'static,
    stop: CancellationToken,
) {
    let ticks = Ticks::alone();
    tokio::select! {
        () = stop.cancelled() => {}
        () = rows(&ops, &incarnation, &options, &ticks, woken) => {}
    }
}

/// Does the duties of a fleet beside any number of others, each tick of each duty once, until `stop`: those of the rows, and those of the queue.
pub async fn run_in_fleet(
    ops: Ops,
    incarnation: Incarnation,
    options: SchedulerOptions,
    fleet: Fleet,
    stop: CancellationToken,
) {
    let ticks = Ticks::shared(fleet.flights, incarnation.0.clone());
    let ringer = Ringer::new(Arc::clone(&fleet.bell));
    // The window has a lead of its own: who rings keeps in mind what it rang for.
    let every_tick = Ticks::alone();
    let queue = async {
        tokio::join!(
            duty::repeat("ring", options.ring_every, &every_tick, || async {
                if ticks.lead("ring").await? { ringer.round(&ops, options.ring_every).await } else { Ok(()) }
            }),
            duty::repeat("clear", options.prune_every, &ticks, || async {
                let removed = fleet.bell.prune().await?;
                tracing::debug!(rows = removed, "rows of the queue that are done with were removed");
                Ok(())
            }),
        )
    };
    tokio::select! {
        () = stop.cancelled() => {}
        // What became due again is rung for at the next tick.
        () = rows(&ops, &incarnation, &options, &ticks, || {}) => {}
        _ = queue => {}
    }
    if let Err(error) = ticks.give_up("ring").await {
        tracing::debug!(%error, "the lead was not given up; another takes it when it ends");
    }
}

/// The duties that the rows ask for.
async fn rows(
    ops: &Ops,
    incarnation: &Incarnation,
    options: &SchedulerOptions,
    ticks: &Ticks,
    woken: impl Fn() + Send + Sync,
) {
    let (sealer, renewer, woken) = (seal::Sealer::default(), versions::Renewer::default(), &woken);
    tokio::join!(
        duty::repeat("sweep", options.sweep_every, ticks, || async move {
            loop {
                let swept = ops.sweep(incarnation).await?;
                report(&swept);
                if swept.reclaimed > 0 {
                    woken();
                }
                if !swept.more {
                    return Ok(());
                }
            }
        }),
        duty::repeat("schedules", options.schedules_every, ticks, || async {
            Ok(schedules::round(ops).await?)
        }),
        duty::repeat("prune", options.prune_every, ticks, || async {
            let pruned = ops.prune().await?;
            if pruned > 0 {
                tracing::debug!(records = pruned, "expired idempotency records were removed");
            }
            Ok(())
        }),
        duty::repeat("versions", options.versions_every, ticks, || async {
            renewer.round(ops).await;
            Ok(())
        }),
        duty::repeat("sizes", options.sizes_every, ticks, || async {
            let looked_at = ops.learn_sizes().await?;
            if looked_at > 0 {
                tracing::debug!(tables = looked_at, "tables that have grown were looked at");
            }
            Ok(())
        }),
        duty::repeat("seal", options.seal_every, ticks, || async { Ok(sealer.round(ops).await?) }),
        duty::repeat("audit", options.audit_every, ticks, || async { Ok(audit::round(ops).await?) }),
    );
}

fn report(swept: &Swept) {
    metrics::counter!(Metric::RunsReclaimed.name()).increment(swept.reclaimed);
    metrics::counter!(Metric::RunsPoisoned.name()).increment(swept.poisoned.len() as u64);
    if swept.reclaimed > 0 {
        tracing::info!(runs = swept.reclaimed, "runs whose lease had expired were taken back");
    }
    for run in &swept.poisoned {
        tracing::warn!(%run, "a run was lost with its process too often and failed with POISON");
    }
    for batch in &swept.completed {
        tracing::info!(%batch, "a completion that was lost with its process was made up for");
    }
}
