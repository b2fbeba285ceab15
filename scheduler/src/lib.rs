//! What is due: sweep of expired leases, sealing of ended runs, clean-up.
//!
//! Any number of schedulers may run: each duty is a set of row changes that a second scheduler finds already done.

mod duty;
mod seal;

use std::time::Duration;

use stet_domain::ids::Incarnation;
use stet_domain::metric::Metric;
use stet_ops::{Ops, Swept};
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
}

impl SchedulerOptions {
    /// The intervals that go with a lease of that length.
    #[must_use]
    pub fn for_lease(lease_seconds: u32) -> Self {
        Self {
            sweep_every: Duration::from_secs(u64::from(lease_seconds)) / 4,
            prune_every: Duration::from_mins(1),
            seal_every: Duration::from_secs(15),
        }
    }
}

/// Does every duty at its interval until `stop`; `woken` is called whenever rows became due again.
pub async fn run(
    ops: Ops,
    incarnation: Incarnation,
    options: SchedulerOptions,
    woken: impl Fn() + Send + Sync + 'static,
    stop: CancellationToken,
) {
    let sealer = seal::Sealer::default();
    let duties = async {
        tokio::join!(
            duty::repeat("sweep", options.sweep_every, || async {
                loop {
                    let swept = ops.sweep(&incarnation).await?;
                    report(&swept);
                    if swept.reclaimed > 0 {
                        woken();
                    }
                    if !swept.more {
                        return Ok(());
                    }
                }
            }),
            duty::repeat("prune", options.prune_every, || async {
                let pruned = ops.prune().await?;
                if pruned > 0 {
                    tracing::debug!(records = pruned, "expired idempotency records were removed");
                }
                Ok(())
            }),
            duty::repeat("seal", options.seal_every, || sealer.round(&ops)),
        )
    };
    tokio::select! {
        () = stop.cancelled() => {}
        _ = duties => {}
    }
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
