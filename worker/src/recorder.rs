//! Grouped commits: what several cells ended with goes into one transaction (reliability.md rule 5).

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use stet_domain::ids::OrgId;
use stet_ops::{OpError, Ops};
use stet_store::{CommitRow, ReleaseRow, RetryRow};
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio_util::sync::CancellationToken;

use crate::leases::{ClaimKey, Leases};
use crate::options::WorkerOptions;

/// The first wait after a failed write, and the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// How one attempt ended.
pub(crate) enum End {
    /// With a result to record.
    Commit(Box<CommitRow>),
    /// With an error that another try may mend.
    Retry(Box<RetryRow>),
    /// Unfinished, because this process stops.
    Release(ReleaseRow),
}

/// An attempt's end on its way into the database. The slot is held until it is there, so that results wait in bounded number.
pub(crate) struct Ended {
    pub(crate) claim: ClaimKey,
    pub(crate) end: End,
    /// Cancelled when the claim no longer holds: then nothing may be written.
    pub(crate) stop: CancellationToken,
    pub(crate) slot: OwnedSemaphorePermit,
}

/// Takes ends until every sender is gone, and writes them group by group.
pub(crate) async fn record(ops: Arc<Ops>, leases: Leases, mut ends: mpsc::Receiver<Ended>) {
    let mut group = Vec::new();
    while ends.recv_many(&mut group, WorkerOptions::COMMIT_MAX).await > 0 {
        let deadline = tokio::time::Instant::now() + WorkerOptions::COMMIT_WINDOW;
        while group.len() < WorkerOptions::COMMIT_MAX {
            let room = WorkerOptions::COMMIT_MAX - group.len();
            match tokio::time::timeout_at(deadline, ends.recv_many(&mut group, room)).await {
                Ok(received) if received > 0 => {}
                Ok(_closed) => break,
                Err(_window_over) => break,
            }
        }
        let mut by_org: HashMap<OrgId, Group> = HashMap::new();
        for ended in group.drain(..) {
            by_org.entry(ended.claim.0.clone()).or_default().add(ended);
        }
        for (org, group) in by_org {
            group.write(&ops, &leases, &org).await;
        }
    }
}

/// What protects one end until it is written.
struct Guard {
    claim: ClaimKey,
    stop: CancellationToken,
    slot: OwnedSemaphorePermit,
}

/// One org's ends.
#[derive(Default)]
struct Group {
    guards: Vec<Guard>,
    commits: Vec<CommitRow>,
    retries: Vec<RetryRow>,
    releases: Vec<ReleaseRow>,
}

impl Group {
    fn add(&mut self, ended: Ended) {
        match ended.end {
            End::Commit(row) => self.commits.push(*row),
            End::Retry(row) => self.retries.push(*row),
            End::Release(row) => self.releases.push(row),
        }
        self.guards.push(Guard { claim: ended.claim, stop: ended.stop, slot: ended.slot });
    }

    /// Writes the group, again and again while the database is away: an end is given up only when its claim stops to hold.
    async fn write(mut self, ops: &Ops, leases: &Leases, org: &OrgId) {
        let mut pause = FIRST_PAUSE;
        loop {
            self.give_up_lost_claims(leases);
            if self.guards.is_empty() {
                return;
            }
            match self.write_once(ops, org).await {
                Ok(()) => break,
                Err(error) => {
                    tracing::warn!(%org, %error, ends = self.guards.len(), "results could not be written, trying again");
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
        for guard in self.guards {
            leases.drop_claim(&guard.claim);
            drop(guard.slot);
        }
    }

    fn give_up_lost_claims(&mut self, leases: &Leases) {
        for guard in self.guards.extract_if(.., |guard| guard.stop.is_cancelled()) {
            let (org, run, fence) = &guard.claim;
            tracing::warn!(%org, %run, "a result was given up: its claim no longer holds");
            leases.drop_claim(&guard.claim);
            self.commits.retain(|row| (row.run, row.fence) != (*run, *fence));
            self.retries.retain(|row| (row.run, row.fence) != (*run, *fence));
            self.releases.retain(|row| (row.run, row.fence) != (*run, *fence));
        }
    }

    /// Writing a group a second time is harmless: what its own fence wrote before is recognised (reliability.md rule 4).
    async fn write_once(&self, ops: &Ops, org: &OrgId) -> Result<(), OpError> {
        let mut fenced = 0;
        if !self.commits.is_empty() {
            fenced += ops.commit_runs(org, &self.commits).await?.fenced.len();
        }
        if !self.retries.is_empty() {
            fenced += ops.retry_runs(org, &self.retries).await?.fenced.len();
        }
        if !self.releases.is_empty() {
            ops.release_runs(org, &self.releases).await?;
        }
        if fenced > 0 {
            tracing::warn!(%org, fenced, "results came after their claims had passed on; nothing was written");
        }
        Ok(())
    }
}
