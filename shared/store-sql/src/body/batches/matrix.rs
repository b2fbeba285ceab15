//! What a batch brought, by locale and mode.

use stet_domain::ids::BatchId;
use stet_store::{MatrixRow, StoreError};

use super::{Columns, Row, Transaction, queries};

pub(super) async fn list_matrix(tx: &mut Transaction, id: BatchId) -> Result<Vec<MatrixRow>, StoreError> {
    let query = tx.scoped(queries::LIST_MATRIX).bind(id.to_bytes().to_vec());
    tx.all(query).await?.iter().map(read_matrix).collect()
}

fn read_matrix(row: &Row) -> Result<MatrixRow, StoreError> {
    let columns = Columns::of("runs", row);
    Ok(MatrixRow {
        locale: columns.text("locale")?,
        grounding_mode: columns.named("grounding_mode", |text| text.parse().ok())?,
        lock_epoch: columns.get("lock_epoch")?,
        replicates: columns.number("replicates")?,
        succeeded: columns.number("succeeded")?,
        failed: columns.number("failed")?,
        cancelled: columns.number("cancelled")?,
        quarantined: columns.number("quarantined")?,
        drifted: columns.number("drifted")?,
        json_judged: columns.number("json_judged")?,
        json_valid: columns.number("json_valid")?,
        grounded_judged: columns.number("grounded_judged")?,
        grounded: columns.number("grounded")?,
        distinct_outputs: columns.number("distinct_outputs")?,
        modal_output: columns.digest_if("response_output_sha256")?,
        modal_runs: columns.number("modal_runs")?,
        citing: columns.number("citing")?,
        distinct_domains: columns.number("distinct_domains")?,
        mentions: columns.number("mentions")?,
        echoes: columns.number("echoes")?,
    })
}
