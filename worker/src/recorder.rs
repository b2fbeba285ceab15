//! Grouped commits: what several cells ended with goes into one transaction (reliability.md rule 5).

use std::collections::HashMap;
use std::sync::Arc;

use stet_domain::ids::OrgId;
use stet_ops::rows::{CommitRow, ReleaseRow};
use stet_ops::{OpError, Ops, RunRetry};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio_util::task::TaskTracker;

use crate::away::Pauses;
use crate::doorbell::Doorbell;
use crate::leases::Held;
use crate::meter;
use crate::options::WorkerOptions;
use crate::tally::Tally;

/// Groups that are written at once: one waits for the disk while the next is made. While all are busy, ends gather into larger groups.
const WRITERS: usize = 3;

/// How one attempt ended.
pub(crate) enum End {
    /// With a result to record.
    Commit(Box<CommitRow>),
    /// With an error that another try may mend.
    Retry(Box<RunRetry>),
    /// Unfinished, because this process stops.
    Release(ReleaseRow),
}

/// An attempt's end on its way into the database. The slot is held until it is there, so that results wait in bounded number.
pub(crate) struct Ended {
    pub(crate) held: Held,
    pub(crate) end: End,
    pub(crate) room: Room,
}

/// The room that an attempt takes up in its process.
pub(crate) struct Room {
    pub(crate) _slot: OwnedSemaphorePermit,
    /// Where the next crash is the run's last.
    pub(crate) _last_life: Option<OwnedSemaphorePermit>,
}

/// Takes ends until every sender is gone, and writes them group by group; each time the bell is rung, for a batch that was at its own bound
/// has room again.
pub(crate) async fn record(ops: Ops, mut ends: mpsc::Receiver<Ended>, doorbell: Doorbell, tally: Tally) {
    let (writers, writing) = (Arc::new(Semaphore::new(WRITERS)), TaskTracker::new());
    loop {
        let writer = Arc::clone(&writers).acquire_owned().await.expect("the semaphore is never closed");
        let group = gather(&mut ends).await;
        if group.is_empty() {
            break;
        }
        let (ops, doorbell, tally) = (ops.clone(), doorbell.clone(), tally.clone());
        writing.spawn(async move {
            let mut by_org: HashMap<OrgId, Group> = HashMap::new();
            for ended in group {
                by_org.entry(ended.held.key().0.clone()).or_default().add(ended);
            }
            for (org, group) in by_org {
                group.write(&ops, &org, &tally).await;
            }
            doorbell.ring();
            drop(writer);
        });
    }
    writing.close();
    writing.wait().await;
}

/// The ends of one moment; none when every sender is gone.
async fn gather(ends: &mut mpsc::Receiver<Ended>) -> Vec<Ended> {
    let mut group = Vec::new();
    if ends.recv_many(&mut group, WorkerOptions::COMMIT_MAX).await == 0 {
        return group;
    }
    let deadline = tokio::time::Instant::now() + WorkerOptions::COMMIT_WINDOW;
    while group.len() < WorkerOptions::COMMIT_MAX {
        let room = WorkerOptions::COMMIT_MAX - group.len();
        match tokio::time::timeout_at(deadline, ends.recv_many(&mut group, room)).await {
            Ok(received) if received > 0 => {}
            Ok(_closed) => break,
            Err(_window_over) => break,
        }
    }
    group
}

/// What protects one end until it is written.
struct Guard {
    held: Held,
    /// Free again when the end is written or given up.
    _room: Room,
}

/// One org's ends.
#[derive(Default)]
struct Group {
    guards: Vec<Guard>,
    commits: Vec<CommitRow>,
    retries: Vec<RunRetry>,
    releases: Vec<ReleaseRow>,
}

impl Group {
    fn add(&mut self, ended: Ended) {
        match ended.end {
            End::Commit(row) => self.commits.push(*row),
            End::Retry(row) => self.retries.push(*row),
            End::Release(row) => self.releases.push(row),
        }
        self.guards.push(Guard { held: ended.held, _room: ended.room });
    }

    /// Writes the group, again and again while the database is away: an end is given up only when its claim stops to hold. Where the database
    /// refuses the group for what is in it, its members are written one by one, so that one that cannot be written does not take others with it.
    async fn write(mut self, ops: &Ops, org: &OrgId, tally: &Tally) {
        let mut pauses = Pauses::default();
        loop {
            self.give_up_lost_claims();
            if self.guards.is_empty() {
                return;
            }
            match self.write_once(ops, org, tally).await {
                Ok(()) => return,
                Err(error) if error.is_transient() => {
                    tracing::warn!(%org, %error, ends = self.guards.len(), "results could not be written, trying again");
                    pauses.wait().await;
                }
                Err(error) if self.guards.len() > 1 => {
                    tracing::error!(%org, %error, ends = self.guards.len(), "a group was refused and is written one by one");
                    for single in self.split() {
                        Box::pin(single.write(ops, org, tally)).await;
                    }
                    return;
                }
                Err(error) => {
                    tracing::error!(%org, %error, run = %self.guards[0].held.key().1, "a result was refused; the sweep takes the run up");
                    return;
                }
            }
        }
    }

    /// A group for each end.
    fn split(self) -> Vec<Self> {
        let Self { guards, mut commits, mut retries, mut releases } = self;
        let single = |guard: Guard| {
            let &(_, run, fence) = guard.held.key();
            Self {
                commits: commits
                    .extract_if(.., |commit| (commit.run, commit.fence) == (run, fence))
                    .collect(),
                retries: retries
                    .extract_if(.., |retry| (retry.row.run, retry.row.fence) == (run, fence))
                    .collect(),
                releases: releases.extract_if(.., |row| (row.run, row.fence) == (run, fence)).collect(),
                guards: vec![guard],
            }
        };
        guards.into_iter().map(single).collect()
    }

    fn give_up_lost_claims(&mut self) {
        for guard in self.guards.extract_if(.., |guard| guard.held.is_lost()) {
            let &(ref org, run, fence) = guard.held.key();
            tracing::warn!(%org, %run, "a result was given up: its claim no longer holds");
            self.commits.retain(|commit| (commit.run, commit.fence) != (run, fence));
            self.retries.retain(|retry| (retry.row.run, retry.row.fence) != (run, fence));
            self.releases.retain(|row| (row.run, row.fence) != (run, fence));
        }
    }

    /// Writing a group a second time is harmless: what its own fence wrote before is recognised (reliability.md rule 4).
    async fn write_once(&self, ops: &Ops, org: &OrgId, tally: &Tally) -> Result<(), OpError> {
        let mut fenced = 0;
        if !self.commits.is_empty() {
            let done = ops.commit_runs(org, &self.commits).await?;
            fenced += done.fenced.len();
            meter::runs_ended(&self.commits, &done);
            for guard in self.guards.iter().filter(|guard| done.written.contains(&guard.held.key().1)) {
                tally.ended(guard.held.age());
            }
        }
        if !self.retries.is_empty() {
            let done = ops.retry_runs(org, self.retries.clone()).await?;
            fenced += done.fenced.len();
            meter::attempts_retried(&self.retries, &done);
        }
        if !self.releases.is_empty() {
            ops.release_runs(org, &self.releases).await?;
        }
        if fenced > 0 {
            meter::attempts_fenced(fenced);
            tracing::warn!(%org, fenced, "results came after their claims had passed on; nothing was written");
        }
        Ok(())
    }
}
