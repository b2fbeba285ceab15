//! Claims (reliability.md rule 2).

use std::collections::HashSet;

use stet_domain::drift::DriftPolicy;
use stet_domain::ids::{Incarnation, RunId};
use stet_domain::trace::TraceParent;
use stet_store::{ClaimedRun, LastLives, StoreError};

use super::batches::read_lock;
use super::row::read_run;
use super::sweep::lose_attempts;
use super::{BEFORE_CLAIM, CLAIMS_WHOLE, Columns, Row, Transaction, pack_ids, queries, read_ids};

pub(super) async fn claim_runs(
    tx: &mut Transaction,
    ids: &[RunId],
    worker: &Incarnation,
    lease_seconds: u32,
    last_lives: LastLives,
) -> Result<Vec<ClaimedRun>, StoreError> {
    let lease = i64::from(lease_seconds);
    let (from_crashes, most) = (i64::from(last_lives.from_crashes), i64::from(last_lives.most));
    if let Some(hold) = BEFORE_CLAIM {
        tx.bulk(hold, pack_ids(ids)?).await?;
    }
    let rows = tx
        .bulk_with(queries::CLAIM_RUNS, pack_ids(ids)?, |query| {
            let query = query.bind(lease).bind(from_crashes).bind(most);
            if CLAIMS_WHOLE { query.bind(worker.0.clone()) } else { query }
        })
        .await?;
    if CLAIMS_WHOLE {
        return rows.iter().map(read_claim).collect();
    }
    begin_attempts(tx, ids, &rows, worker).await
}

pub(super) async fn claim_poisoned(
    tx: &mut Transaction,
    ids: &[RunId],
    worker: &Incarnation,
    crash_limit: u32,
    lease_seconds: u32,
) -> Result<Vec<ClaimedRun>, StoreError> {
    let rows = tx
        .bulk_with(queries::CLAIM_POISONED, pack_ids(ids)?, |query| {
            query.bind(i64::from(crash_limit)).bind(i64::from(lease_seconds))
        })
        .await?;
    lose_attempts(tx, &read_ids(&rows)?).await?;
    begin_attempts(tx, ids, &rows, worker).await
}

/// Writes the attempt rows of what was claimed, and reads what the claimant needs, in the order in which it was asked for.
async fn begin_attempts(
    tx: &mut Transaction,
    asked: &[RunId],
    claimed: &[Row],
    worker: &Incarnation,
) -> Result<Vec<ClaimedRun>, StoreError> {
    let mut claimed: HashSet<RunId> = read_ids(claimed)?.into_iter().collect();
    let ids: Vec<RunId> = asked.iter().copied().filter(|id| claimed.remove(id)).collect();
    tx.bulk_with(queries::INSERT_ATTEMPTS, pack_ids(&ids)?, |query| query.bind(worker.0.clone())).await?;
    let rows = tx.bulk(queries::SELECT_CLAIMS, pack_ids(&ids)?).await?;
    rows.iter().map(read_claim).collect()
}

fn read_claim(row: &Row) -> Result<ClaimedRun, StoreError> {
    let columns = Columns::of("runs", row);
    let locked = columns.get::<Option<i64>>("epoch")?.is_some();
    Ok(ClaimedRun {
        row: read_run(row)?,
        inputs: columns.bytes("inputs")?,
        batch_sha256: columns.digest_if("batch_sha256")?,
        drift_policy: columns.named_if("drift_policy", DriftPolicy::named)?,
        trace: columns.named_if("traceparent", TraceParent::parse)?,
        lock: if locked { Some(read_lock(Columns::of("lock_epochs", row))?) } else { None },
    })
}
