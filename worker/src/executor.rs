//! The worker: looks at the rows, claims what is due, and keeps the cells going until it is told to stop.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use stet_domain::ids::{Incarnation, OrgId, RunId};
use stet_ops::rows::{ClaimedRun, ReleaseRow};
use stet_ops::{OpError, Ops};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::cell::Cells;
use crate::doorbell::Doorbell;
use crate::leases::{self, Leases};
use crate::options::WorkerOptions;
use crate::preflight::Preflights;
use crate::providers::Providers;
use crate::recorder::{self, End, Ended};
use crate::templates::Templates;

/// Preflights under way at once: each is one small call.
const PREFLIGHTS_MAX: usize = 16;
/// The wait after a failed look at the rows.
const AFTER_FAILURE: Duration = Duration::from_secs(1);

/// One process's executor of cells.
pub struct Worker {
    ops: Ops,
    doorbell: Doorbell,
    incarnation: Incarnation,
    options: WorkerOptions,
    cells: Cells,
    preflights: Preflights,
    leases: Leases,
    slots: Arc<Semaphore>,
    preflight_slots: Arc<Semaphore>,
    /// Ended when the grace period of a drain is over: cells hand their claims back.
    halt: CancellationToken,
    running: TaskTracker,
}

impl Worker {
    /// A worker that is not running yet.
    #[must_use]
    pub fn new(
        ops: Ops,
        providers: Providers,
        doorbell: Doorbell,
        incarnation: Incarnation,
        options: WorkerOptions,
    ) -> Self {
        let templates = Templates::new(ops.clone());
        let slots = Arc::new(Semaphore::new(options.concurrency as usize));
        Self {
            cells: Cells::new(ops.clone(), providers.clone(), templates.clone()),
            preflights: Preflights::new(ops.clone(), providers, templates),
            ops,
            doorbell,
            incarnation,
            options,
            leases: Leases::default(),
            slots,
            preflight_slots: Arc::new(Semaphore::new(PREFLIGHTS_MAX)),
            halt: CancellationToken::new(),
            running: TaskTracker::new(),
        }
    }

    /// Works until `stop`; then claims nothing more, lets what is in flight finish within the grace period (or until `hasten`), hands the rest back,
    /// and returns when everything is written (reliability.md rule 12).
    pub async fn run(self, stop: CancellationToken, hasten: CancellationToken) {
        let (ends, received) = mpsc::channel(WorkerOptions::COMMIT_MAX * 2);
        let recorder = tokio::spawn(recorder::record(self.ops.clone(), received, self.doorbell.clone()));
        let renewal_stop = CancellationToken::new();
        let renewal = tokio::spawn(leases::keep(
            self.ops.clone(),
            self.leases.clone(),
            self.options.clone(),
            renewal_stop.clone(),
        ));

        self.work(&ends, &stop).await;
        drop(ends);
        self.running.close();
        let in_flight = self.running.len();
        if in_flight > 0 {
            tracing::info!(in_flight, grace_seconds = self.options.shutdown_grace.as_secs(), "draining");
        }
        tokio::select! {
            () = self.running.wait() => {}
            () = hasten.cancelled() => {}
            () = tokio::time::sleep(self.options.shutdown_grace) => {}
        }
        self.halt.cancel();
        self.running.wait().await;
        if let Err(error) = recorder.await {
            tracing::error!(%error, "the recorder ended badly; what it held is done again after its leases");
        }
        renewal_stop.cancel();
        if let Err(error) = renewal.await {
            tracing::error!(%error, "the renewal of leases ended badly");
        }
    }

    /// Claims and starts until `stop`, which never cuts a claim short: a claim that nobody works on would count as a crash of its run.
    async fn work(&self, ends: &mpsc::Sender<Ended>, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            let wait = match self.look(ends, stop).await {
                Ok(wait) => wait,
                Err(error) => {
                    tracing::warn!(%error, "the rows could not be looked at, trying again");
                    AFTER_FAILURE
                }
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.doorbell.rung() => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// One look at the rows: starts what is due, and says how long nothing will be.
    async fn look(&self, ends: &mpsc::Sender<Ended>, stop: &CancellationToken) -> Result<Duration, OpError> {
        loop {
            // In every turn: a batch's first probe needs none of the cells' slots, and must not wait until another org's cells run out.
            self.start_preflights().await?;
            let slots = tokio::select! {
                () = stop.cancelled() => return Ok(Duration::ZERO),
                slots = self.free_slots() => slots,
                () = tokio::time::sleep(WorkerOptions::POLL) => continue,
            };
            let asked = u32::try_from(slots.len()).unwrap_or(u32::MAX).min(WorkerOptions::CLAIM_MAX);
            let due = self.ops.due_runs(asked).await?;
            if due.is_empty() {
                break;
            }
            if self.claim(due, slots, ends).await? == 0 {
                // Somebody else was faster, or a batch's own bound is reached: looking again at once would only spin.
                return Ok(WorkerOptions::POLL / 10);
            }
        }
        let next = self.ops.next_due().await?.unwrap_or(WorkerOptions::POLL);
        // What is due by now and was not a moment ago, or has no slot: looking again at once would only spin.
        Ok(if next.is_zero() { WorkerOptions::POLL / 10 } else { next.min(WorkerOptions::POLL) })
    }

    /// Waits for a free slot, then a moment more, so that slots that are freed together are filled by one claim.
    async fn free_slots(&self) -> Vec<OwnedSemaphorePermit> {
        let first = Arc::clone(&self.slots).acquire_owned().await.expect("the semaphore is never closed");
        if self.slots.available_permits() == 0 {
            tokio::time::sleep(WorkerOptions::CLAIM_WINDOW).await;
        }
        let mut slots = vec![first];
        while slots.len() < WorkerOptions::CLAIM_MAX as usize {
            let Ok(slot) = Arc::clone(&self.slots).try_acquire_owned() else { break };
            slots.push(slot);
        }
        slots
    }

    /// Claims runs, one transaction an org, and starts a task for each; answers how many.
    async fn claim(
        &self,
        due: Vec<(OrgId, RunId)>,
        mut slots: Vec<OwnedSemaphorePermit>,
        ends: &mpsc::Sender<Ended>,
    ) -> Result<usize, OpError> {
        let mut by_org: BTreeMap<OrgId, Vec<RunId>> = BTreeMap::new();
        for (org, run) in due {
            by_org.entry(org).or_default().push(run);
        }
        let mut claimed = 0;
        for (org, ids) in by_org {
            // Taken before the claim is asked for: the lease is never trusted for longer than the database grants it.
            let claimed_at = Instant::now();
            for run in self.ops.claim_runs(&org, &ids, &self.incarnation).await? {
                let slot = slots.pop().expect("no more is asked for than there are slots");
                claimed += 1;
                self.start(run, slot, claimed_at, ends.clone());
            }
        }
        Ok(claimed)
    }

    fn start(
        &self,
        run: ClaimedRun,
        slot: OwnedSemaphorePermit,
        claimed_at: Instant,
        ends: mpsc::Sender<Ended>,
    ) {
        let held = self.leases.hold((run.row.org.clone(), run.row.id, run.row.fence), claimed_at);
        let (cells, halt, ops) = (self.cells.clone(), self.halt.clone(), self.ops.clone());
        self.running.spawn(async move {
            let end = tokio::select! {
                biased;
                () = held.lost() => None,
                // A panic in here ends the task; the claim then leaves the table with `held`, and the sweep counts a crash.
                end = cells.execute(&run) => end,
                () = halt.cancelled() => {
                    Some(End::Release(ReleaseRow { run: run.row.id, fence: run.row.fence, at: ops.clock().now() }))
                }
            };
            // Without an end nothing may be written: the lease has passed on, or will, and the next claim does the work.
            let Some(end) = end else { return };
            if ends.send(Ended { held, end, slot }).await.is_err() {
                tracing::error!("the recorder is gone; the run is done again after its lease");
            }
        });
    }

    async fn start_preflights(&self) -> Result<(), OpError> {
        let free = self.preflight_slots.available_permits();
        if free == 0 {
            return Ok(());
        }
        for (org, batch) in self.ops.due_preflights(u32::try_from(free).unwrap_or(1)).await? {
            let Ok(slot) = Arc::clone(&self.preflight_slots).try_acquire_owned() else { break };
            let Some(claim) = self.ops.claim_preflight(&org, batch, &self.incarnation).await? else {
                continue;
            };
            let (preflights, halt, doorbell) =
                (self.preflights.clone(), self.halt.clone(), self.doorbell.clone());
            let deadline = self.options.trust_lease_for();
            self.running.spawn(async move {
                tokio::select! {
                    biased;
                    () = preflights.execute(&org, &claim) => {}
                    () = halt.cancelled() => preflights.give_back(&org, &claim).await,
                    () = tokio::time::sleep(deadline) => preflights.time_out(&org, &claim, deadline).await,
                }
                doorbell.ring();
                drop(slot);
            });
        }
        Ok(())
    }
}
