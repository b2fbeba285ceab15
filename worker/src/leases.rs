//! The claims that this process holds, and their renewal.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use stet_domain::ids::{Fence, OrgId, RunId};
use stet_ops::Ops;
use tokio_util::sync::CancellationToken;

use crate::options::WorkerOptions;

/// A claim by its org, run and fence.
pub(crate) type ClaimKey = (OrgId, RunId, Fence);

struct Held {
    renewed_at: Instant,
    stop: CancellationToken,
}

/// The table of claims held; whoever works under one watches its token and writes nothing once it is cancelled.
#[derive(Clone, Default)]
pub(crate) struct Leases {
    held: Arc<Mutex<HashMap<ClaimKey, Held>>>,
}

impl Leases {
    /// Enters a claim made at `claimed_at` (taken before the claim was asked for, so that the lease is never trusted too long).
    pub(crate) fn hold(&self, key: ClaimKey, claimed_at: Instant) -> CancellationToken {
        let stop = CancellationToken::new();
        self.lock().insert(key, Held { renewed_at: claimed_at, stop: stop.clone() });
        stop
    }

    /// Takes a claim out: its run is committed, given back or lost.
    pub(crate) fn drop_claim(&self, key: &ClaimKey) {
        self.lock().remove(key);
    }

    /// The claims held now.
    pub(crate) fn keys(&self) -> Vec<ClaimKey> {
        self.lock().keys().cloned().collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<ClaimKey, Held>> {
        // A panic elsewhere cannot leave this map half-written: every change to it is one call.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn renewed(&self, org: &OrgId, asked: &[(RunId, Fence)], still_held: &[RunId], asked_at: Instant) {
        let mut held = self.lock();
        for &(run, fence) in asked {
            let key = (org.clone(), run, fence);
            let Some(claim) = held.get_mut(&key) else { continue };
            if still_held.contains(&run) {
                claim.renewed_at = asked_at;
            } else {
                claim.stop.cancel();
            }
        }
    }

    fn stop_stale(&self, trust_for: Duration) {
        for claim in self.lock().values() {
            if claim.renewed_at.elapsed() >= trust_for {
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
                Ok(still_held) => leases.renewed(&org, &claims, &still_held, asked_at),
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
        leases.stop_stale(options.trust_lease_for());
    }
}
