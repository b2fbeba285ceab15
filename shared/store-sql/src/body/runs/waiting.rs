//! Cells that wait.

use stet_domain::ids::{BatchId, RunId};
use stet_store::StoreError;

use super::{Transaction, queries, read_ids};

pub(super) async fn waiting_cells(
    tx: &mut Transaction,
    batch: BatchId,
    limit: u32,
) -> Result<Vec<RunId>, StoreError> {
    let query = tx.scoped(queries::WAITING_CELLS).bind(batch.to_bytes().to_vec()).bind(i64::from(limit));
    read_ids(&tx.all(query).await?)
}
