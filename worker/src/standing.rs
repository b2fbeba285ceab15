//! Whether a batch is held, looked at once more before a call that comes late after its claim.

use std::time::Instant;

use moka::future::Cache;
use stet_domain::batch::SEEN_RUNNING_FOR;
use stet_domain::ids::{BatchId, OrgId};
use stet_ops::Ops;

/// Batches whose standing is kept for a moment.
const KEPT: u64 = 1_024;

/// How batches stand, read once a moment for all their cells.
#[derive(Clone)]
pub(crate) struct Standing {
    ops: Ops,
    paused: Cache<(OrgId, BatchId), bool>,
}

impl Standing {
    pub(crate) fn new(ops: Ops) -> Self {
        Self { ops, paused: Cache::builder().max_capacity(KEPT).time_to_live(SEEN_RUNNING_FOR).build() }
    }

    /// Whether a call must not begin: its batch was paused since somebody saw it run at `seen_running`, or that cannot be found out.
    pub(crate) async fn holds_back(&self, org: &OrgId, batch: BatchId, seen_running: Instant) -> bool {
        if seen_running.elapsed() < SEEN_RUNNING_FOR {
            return false;
        }
        let read = self.paused.try_get_with((org.clone(), batch), self.ops.is_paused(org, batch));
        match read.await {
            Ok(paused) => paused,
            Err(error) => {
                tracing::warn!(%org, %batch, %error, "whether a batch was paused cannot be read: its cell waits");
                true
            }
        }
    }
}
