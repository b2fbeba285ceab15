//! Why a run is not running.

use stet_coord::{Pace, ProviderGate};
use stet_domain::Provider;
use stet_domain::batch::{BatchStatus, PauseReason};
use stet_domain::clock::Timestamp;
use stet_domain::code::ErrorCode;
use stet_domain::ids::RunId;
use stet_domain::provider_limits::{ProviderGateKind, ProviderLimits};
use stet_domain::run::RunStatus;
use stet_store::BatchView;

use super::required_run;
use crate::template::required_template;
use crate::{Actor, OpError, Operation, Ops};

/// One thing that a run waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunBlocker {
    /// Its batch's model has not been looked at yet.
    Preflight,
    /// Its batch is paused.
    Paused {
        /// Why.
        cause: PauseReason,
        /// By whom.
        by: String,
        /// Since when.
        since: Timestamp,
        /// In words.
        reason: Option<String>,
    },
    /// It is to be tried again later.
    Retry {
        /// When it is due.
        at: Timestamp,
    },
    /// Its batch has as many cells under way as it may.
    MaxParallel {
        /// `max_parallel`.
        most: u32,
    },
    /// A gate before its provider is closed.
    Provider {
        /// The provider.
        provider: Provider,
        /// Which gate.
        gate: ProviderGateKind,
        /// Until when; `None` where another call has to end first.
        until: Option<Timestamp>,
        /// The answer that closed it, where one did.
        reason: Option<ErrorCode>,
    },
    /// It is due, and waits for its turn and a worker's free slot.
    Slot,
}

/// Where a run stands and what it waits for; nothing where it runs or has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunBlockers {
    /// The run.
    pub run: RunId,
    /// Where it stands.
    pub status: RunStatus,
    /// All that it waits for.
    pub blockers: Vec<RunBlocker>,
}

impl Ops {
    /// What the run waits for: its batch, its moment, its provider's gates, or a slot (api.md, "Endpoints").
    ///
    /// # Errors
    /// [`OpError::NotFound`], for a run of another org too; [`OpError::Coordination`] where the gates cannot be read; [`OpError::Store`].
    pub async fn run_blockers(&self, actor: &Actor, id: RunId) -> Result<RunBlockers, OpError> {
        actor.may(Operation::RunBlockers)?;
        let (row, batch, provider) = {
            let mut tx = self.store().read(&actor.org).await?;
            let row = required_run(&mut *tx, id).await?.row;
            let batch = match row.batch {
                Some(batch) => tx.get_batch(batch).await?,
                None => None,
            };
            let provider = required_template(&mut *tx, row.template).await?.provider;
            (row, batch, provider)
        };
        let mut blockers = Vec::new();
        if matches!(row.status, RunStatus::Pending | RunStatus::Queued) {
            blockers.extend(batch.as_ref().and_then(by_batch));
            let now = self.store().now().await?;
            blockers.extend((row.available_at > now).then_some(RunBlocker::Retry { at: row.available_at }));
            let gates = self.parts.gates.read().await.map_err(|error| OpError::Coordination(error.into()))?;
            let gate = gates.into_iter().find(|gate| gate.provider == provider);
            let limits = self.provider_limits(provider);
            blockers.extend(gate.iter().flat_map(|gate| by_gate(gate, &limits)));
            if blockers.is_empty() {
                blockers.push(RunBlocker::Slot);
            }
        }
        Ok(RunBlockers { run: id, status: row.status, blockers })
    }
}

fn by_batch(view: &BatchView) -> Option<RunBlocker> {
    let control = &view.control;
    match control.status {
        BatchStatus::Preflight => Some(RunBlocker::Preflight),
        BatchStatus::Paused => Some(RunBlocker::Paused {
            cause: control.pause_reason.unwrap_or(PauseReason::Operator),
            by: control.changed_by.clone(),
            since: control.changed_at,
            reason: control.reason.clone(),
        }),
        BatchStatus::Running => view
            .row
            .max_parallel
            .filter(|most| view.counters.running >= u64::from(*most))
            .map(|most| RunBlocker::MaxParallel { most }),
        BatchStatus::Completed | BatchStatus::Cancelled | BatchStatus::Failed => None,
    }
}

/// The gates that are closed now.
fn by_gate(gate: &ProviderGate, limits: &ProviderLimits) -> Vec<RunBlocker> {
    let closed = |kind, until: Timestamp, reason| {
        (until > gate.now).then_some(RunBlocker::Provider {
            provider: gate.provider,
            gate: kind,
            until: Some(until),
            reason,
        })
    };
    let requests = limits.requests_per_minute.and_then(|rate| {
        let opens = Pace::requests(rate).opens_at(gate.requests_until.0, 1);
        closed(ProviderGateKind::Requests, Timestamp(opens), None)
    });
    let tokens = limits.tokens_per_minute.and_then(|rate| {
        let opens = Pace::tokens(rate).opens_at(gate.tokens_until.0, 1);
        closed(ProviderGateKind::Tokens, Timestamp(opens), None)
    });
    let full = limits.max_concurrency.filter(|most| gate.slots >= *most).map(|_| RunBlocker::Provider {
        provider: gate.provider,
        gate: ProviderGateKind::Concurrency,
        until: None,
        reason: None,
    });
    let blocked = closed(ProviderGateKind::Blocked, gate.blocked_until, gate.reason);
    [blocked, requests, tokens, full].into_iter().flatten().collect()
}
