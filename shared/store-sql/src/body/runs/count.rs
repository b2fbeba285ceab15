//! How many runs of a filter stand where.

use stet_domain::run::RunStatus;
use stet_store::{RunFilter, RunsOf, StoreError};

use super::list::bind_filter;
use super::{Columns, Transaction, queries};

pub(super) async fn count_runs(
    tx: &mut Transaction,
    filter: &RunFilter,
) -> Result<Vec<(RunStatus, u64)>, StoreError> {
    let sql = match filter.of {
        RunsOf::Batch(_) | RunsOf::BatchOfTemplate(..) => queries::COUNT_RUNS_OF_BATCH,
        RunsOf::Template(_) => queries::COUNT_RUNS_OF_TEMPLATE,
    };
    let query = tx.scoped(sql).bind(filter.created_before.map_or(i64::MAX, |at| at.0));
    let row = tx.optional(bind_filter(query, filter)).await?;
    let mut counts = Vec::new();
    if let Some(row) = row {
        let columns = Columns::of("runs", &row);
        for status in RunStatus::ALL.iter().copied() {
            let count = columns.number(status.as_str())?;
            if count > 0 {
                counts.push((status, count));
            }
        }
    }
    Ok(counts)
}
