//! What answered the runs of a batch.

use stet_domain::drift::DriftKind;
use stet_domain::ids::{BatchId, RunId};
use stet_store::{ObservationRow, StoreError};

use super::{Columns, Row, Transaction, queries};

pub(super) async fn list_observations(
    tx: &mut Transaction,
    id: BatchId,
    limit: u32,
) -> Result<Vec<ObservationRow>, StoreError> {
    let query = tx.scoped(queries::LIST_OBSERVATIONS).bind(id.to_bytes().to_vec()).bind(i64::from(limit));
    tx.all(query).await?.iter().map(read_observation).collect()
}

fn read_observation(row: &Row) -> Result<ObservationRow, StoreError> {
    let columns = Columns::of("runs", row);
    Ok(ObservationRow {
        lock_epoch: columns.get("lock_epoch")?,
        model_version: columns.text("model_version_effective")?,
        model_fingerprint: columns.get("model_fingerprint")?,
        drift_kind: columns.named_if("drift_kind", DriftKind::named)?,
        runs: columns.number("runs")?,
        first_run: RunId::from_bytes(columns.array("run_id")?),
        batch_run_index: columns.number("batch_run_index")?,
        locale: columns.text("locale")?,
        grounding_mode: columns.named("grounding_mode", |text| text.parse().ok())?,
        replicate_index: columns.number("replicate_index")?,
        recorded_at: columns.time("recorded_at_us")?,
    })
}
