//! The claims that this process holds, and their renewal.

use std::collections::{HashMap, HashSet};
use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};

use stet_domain::ids::{Fence, OrgId, RunId};
use stet_ops::Ops;
use stet_ops::rows::Renewals;
use tokio_util::sync::CancellationToken;

use crate::meter::InFlight;
use crate::options::WorkerOptions;

/// A claim by its org, run and fence.
pub(crate) type ClaimKey = (OrgId, RunId, Fence);

/// How long a claim holds without anybody's word, as far as this process knows.
struct Trust {
    claimed_at: Instant,
    /// Milliseconds after that.
    renewed_ms: AtomicU64,
    lasts: Duration,
}

impl Trust {
    fn renew(&self, at: Instant) {
        let at = at.saturating_duration_since(self.claimed_at);
        self.renewed_ms.fetch_max(u64::try_from(at.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    fn is_over(&self) -> bool {
        let renewed = Duration::from_millis(self.renewed_ms.load(Ordering::Relaxed));
        self.claimed_at.elapsed() >= renewed + self.lasts
    }
}

struct Entry {
    trust: Arc<Trust>,
    stop: CancellationToken,
}

/// The table of claims held; whoever works under one watches its token and writes nothing once it is cancelled.
#[derive(Clone)]
pub(crate) struct Leases {
    held: Arc<Mutex<HashMap<ClaimKey, Entry>>>,
    /// How old a renewal may be.
    trusted_for: Duration,
}

/// A claim in the table, for as long as this lives: whatever becomes of the work under it, a panic too, its renewal ends with it.
pub(crate) struct Held {
    key: ClaimKey,
    trust: Arc<Trust>,
    stop: CancellationToken,
    leases: Leases,
    _counted: InFlight,
}

impl Held {
    /// Org, run and fence.
    pub(crate) const fn key(&self) -> &ClaimKey {
        &self.key
    }

    /// How long ago it was asked for.
    pub(crate) fn age(&self) -> Duration {
        self.trust.claimed_at.elapsed()
    }

    /// Waits until the claim no longer holds. Whoever waits beside it finds that out first whenever it is woken: a process that stood still goes on with no call.
    pub(crate) async fn lost(&self) {
        let mut stopped = pin!(self.stop.cancelled());
        poll_fn(
            |context| if self.trust.is_over() { Poll::Ready(()) } else { stopped.as_mut().poll(context) },
        )
        .await;
    }

    /// Whether the claim no longer holds: then nothing may be written under it.
    pub(crate) fn is_lost(&self) -> bool {
        self.stop.is_cancelled() || self.trust.is_over()
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.leases.lock().remove(&self.key);
    }
}

impl Leases {
    pub(crate) fn new(trusted_for: Duration) -> Self {
        Self { held: Arc::default(), trusted_for }
    }

    /// Enters a claim made at `claimed_at` (taken before the claim was asked for, so that the lease is never trusted too long).
    pub(crate) fn hold(&self, key: ClaimKey, claimed_at: Instant) -> Held {
        let stop = CancellationToken::new();
        let trust = Arc::new(Trust { claimed_at, renewed_ms: AtomicU64::new(0), lasts: self.trusted_for });
        self.lock().insert(key.clone(), Entry { trust: Arc::clone(&trust), stop: stop.clone() });
        Held { key, trust, stop, leases: self.clone(), _counted: InFlight::begin() }
    }

    /// The claims held now.
    fn keys(&self) -> Vec<ClaimKey> {
        self.lock().keys().cloned().collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<ClaimKey, Entry>> {
        // A panic elsewhere cannot leave this map half-written: every change to it is one call.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is in use is neither lost nor renewed: its own commit has the row, and if that takes too long, it is too old to trust like any other.
    fn renewed(&self, org: &OrgId, asked: &[(RunId, Fence)], renewals: &Renewals, asked_at: Instant) {
        // By hash: a process may hold ten thousand.
        let [renewed, in_use] = [&renewals.renewed, &renewals.in_use]
            .map(|runs| runs.iter().copied().collect::<HashSet<RunId>>());
        let mut held = self.lock();
        for &(run, fence) in asked {
            let key = (org.clone(), run, fence);
            let Some(claim) = held.get_mut(&key) else { continue };
            if renewed.contains(&run) {
                claim.trust.renew(asked_at);
            } else if !in_use.contains(&run) {
                claim.stop.cancel();
            }
        }
    }

    fn stop_stale(&self) {
        for claim in self.lock().values() {
            if claim.trust.is_over() {
                claim.stop.cancel();
            }
        }
    }
}

/// Keeps the claims of this process alive until `stop`, also while it drains: a claim without renewal would be taken over and its
/// call repeated. Work under a claim that no longer holds, or could not be renewed in time, is stopped.
pub(crate) async fn keep(ops: Ops, leases: Leases, options: WorkerOptions, stop: CancellationToken) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = renew(&ops, &leases, &options) => {}
        () = watch(&leases, &options) => {}
    }
}

async fn renew(ops: &Ops, leases: &Leases, options: &WorkerOptions) {
    let mut tick = tokio::time::interval(options.renew_every());
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        let mut by_org: HashMap<OrgId, Vec<(RunId, Fence)>> = HashMap::new();
        for (org, run, fence) in leases.keys() {
            by_org.entry(org).or_default().push((run, fence));
        }
        for (org, claims) in by_org {
            let asked_at = Instant::now();
            match ops.renew_leases(&org, &claims).await {
                Ok(renewals) => leases.renewed(&org, &claims, &renewals, asked_at),
                Err(error) => tracing::warn!(%org, %error, claims = claims.len(), "leases were not renewed"),
            }
        }
    }
}

/// A renewal may hang with its database, so staleness is watched apart from it, on the monotonic clock (reliability.md rule 9).
async fn watch(leases: &Leases, options: &WorkerOptions) {
    let mut tick = tokio::time::interval(options.lease() / 60);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        leases.stop_stale();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(run: u128) -> ClaimKey {
        ("default".parse().unwrap(), RunId(ulid::Ulid(run)), Fence(1))
    }

    fn leases() -> Leases {
        Leases::new(Duration::from_secs(50))
    }

    #[test]
    fn a_claim_leaves_the_table_with_its_holder() {
        let leases = leases();
        let held = leases.hold(key(1), Instant::now());
        assert_eq!(leases.keys(), vec![held.key().clone()]);
        drop(held);
        assert!(leases.keys().is_empty());
    }

    #[test]
    fn what_is_not_renewed_stops_and_only_that() {
        let leases = leases();
        let [kept, lost, in_use] = [1, 2, 3].map(|id| leases.hold(key(id), Instant::now()));
        let asked: Vec<_> = [&kept, &lost, &in_use].iter().map(|held| (held.key().1, held.key().2)).collect();
        let renewals = Renewals { renewed: vec![kept.key().1], in_use: vec![in_use.key().1] };
        leases.renewed(&kept.key().0, &asked, &renewals, Instant::now());
        assert!(!kept.is_lost() && !in_use.is_lost());
        assert!(lost.is_lost());
    }

    #[tokio::test]
    async fn a_renewal_too_old_to_trust_stops_the_work_at_once() {
        let leases = leases();
        let long_ago = Instant::now().checked_sub(Duration::from_secs(49)).unwrap();
        let [young, renewed] = [key(1), key(2)].map(|key| leases.hold(key, long_ago));
        let old = leases.hold(key(3), long_ago.checked_sub(Duration::from_secs(1)).unwrap());
        leases.stop_stale();
        assert!(!young.is_lost());
        assert!(old.is_lost() && old.stop.is_cancelled());
        // Before anybody has looked: who is woken finds out by itself.
        let old = leases.hold(key(4), long_ago.checked_sub(Duration::from_secs(1)).unwrap());
        old.lost().await;
        assert!(!old.stop.is_cancelled());
        let renewals = Renewals { renewed: vec![renewed.key().1], in_use: Vec::new() };
        leases.renewed(&renewed.key().0, &[(renewed.key().1, Fence(1))], &renewals, Instant::now());
        assert!(!renewed.trust.is_over());
        assert!(tokio::time::timeout(Duration::from_millis(20), renewed.lost()).await.is_err());
    }
}
