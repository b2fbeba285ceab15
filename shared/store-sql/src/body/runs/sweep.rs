//! The sweeper: leases that ran out (reliability.md rule 6).

use stet_domain::ids::RunId;
use stet_store::{StoreError, SweptRuns};

use super::counters::Outcomes;
use super::{Transaction, pack_ids, queries, read_ids};

pub(super) async fn sweep_runs(
    tx: &mut Transaction,
    ids: &[RunId],
    crash_limit: u32,
) -> Result<SweptRuns, StoreError> {
    let limit = i64::from(crash_limit);
    let poisoned = tx.bulk_with(queries::POISONED_RUNS, pack_ids(ids)?, |query| query.bind(limit)).await?;
    let swept = tx.bulk_with(queries::SWEEP_RUNS, pack_ids(ids)?, |query| query.bind(limit)).await?;
    let reclaimed = read_ids(&swept)?;
    lose_attempts(tx, &reclaimed).await?;
    cancel_ended(tx, &reclaimed).await?;
    Ok(SweptRuns { reclaimed, poisoned: read_ids(&poisoned)? })
}

/// Marks the open attempts of the runs as lost with their process.
pub(super) async fn lose_attempts(tx: &mut Transaction, ids: &[RunId]) -> Result<(), StoreError> {
    tx.bulk(queries::LOSE_ATTEMPTS, pack_ids(ids)?).await?;
    Ok(())
}

/// Cancels those of the runs that came back to a batch which has ended meanwhile: nobody would start them again.
pub(super) async fn cancel_ended(tx: &mut Transaction, ids: &[RunId]) -> Result<(), StoreError> {
    let rows = tx.bulk(queries::CANCEL_ENDED_RUNS, pack_ids(ids)?).await?;
    let mut outcomes = Outcomes::default();
    for row in &rows {
        outcomes.add_row(row)?;
    }
    outcomes.write(tx).await
}
