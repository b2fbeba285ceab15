//! The window of hints: runs that are due and that nobody was told of are rung for (system.md, "A batch" 3; reliability.md rule 6).

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use stet_domain::Provider;
use stet_domain::bell::Bell;
use stet_domain::ids::{OrgId, RunId};
use stet_domain::metric::Metric;
use stet_ops::Ops;
use stet_ops::rows::Wanted;
use tokio::sync::Mutex;

use crate::duty::DutyError;

/// Runs that are hinted at and not claimed at any moment, at most. What is rung for is what the rows offer first, in turn over orgs and their batches; once it is
/// claimed, others come to stand there.
const WINDOW: u32 = 1_000;
/// Nobody rings while so many hints wait: the fleet has more than it can take, or is not there.
const WAITING_MAX: u64 = 100;
/// A run that was rung for and is still due after so long is rung for again: its hint is lost, or whoever heard it is busy.
const AGAIN_AFTER: Duration = Duration::from_secs(10);

/// Rings for what is due. What it remembers spares the queue repetitions and holds no work: a process that takes over rings once more for the same runs, and their
/// claims are fenced.
pub(crate) struct Ringer {
    bell: Arc<dyn Bell>,
    rung: Mutex<HashMap<(OrgId, RunId), Instant>>,
}

impl Ringer {
    pub(crate) fn new(bell: Arc<dyn Bell>) -> Self {
        Self { bell, rung: Mutex::default() }
    }

    pub(crate) async fn round(&self, ops: &Ops) -> Result<(), DutyError> {
        let waiting = self.bell.waiting().await?;
        #[expect(clippy::cast_precision_loss, reason = "the count stops short of a thousand or so")]
        metrics::gauge!(Metric::HintsWaiting.name()).set(waiting as f64);
        if waiting >= WAITING_MAX {
            return Ok(());
        }
        let providers = open_providers(ops).await?;
        let offered = ops.offered_runs(&Wanted { providers, after: None, limit: WINDOW }).await?;
        let mut rung = self.rung.lock().await;
        let now = Instant::now();
        rung.retain(|_, at| now.duration_since(*at) < AGAIN_AFTER);
        let due: Vec<(OrgId, RunId)> =
            offered.into_iter().map(|run| (run.org, run.id)).filter(|run| !rung.contains_key(run)).collect();
        if due.is_empty() {
            return Ok(());
        }
        self.bell.ring(&due).await?;
        tracing::debug!(runs = due.len(), waiting, "runs that are due were rung for");
        rung.extend(due.into_iter().map(|run| (run, now)));
        Ok(())
    }
}

/// The providers that nobody was told to wait for: what cannot be called is not rung for.
async fn open_providers(ops: &Ops) -> Result<Vec<Provider>, DutyError> {
    let gates = ops.gates().read().await?;
    let closed = |provider: &Provider| {
        gates.iter().any(|gate| gate.provider == *provider && gate.blocked_until > gate.now)
    };
    Ok(Provider::ALL.iter().filter(|provider| !closed(provider)).copied().collect())
}
