//! What the runs of a batch say of their cells.

use stet_domain::ids::{BatchId, RunId, TemplateId};
use stet_domain::run::RunStatus;
use stet_domain::verify::CellRecord;
use stet_store::StoreError;

use super::{Columns, Row, Transaction, queries};

/// Before this comes every cell.
const BEFORE_ALL: (i64, i64) = (-1, -1);

pub(super) async fn list_cells(
    tx: &mut Transaction,
    id: BatchId,
    after: Option<(u32, u32)>,
    limit: u32,
) -> Result<Vec<CellRecord>, StoreError> {
    let (index, rerun) = after.map_or(BEFORE_ALL, |(index, rerun)| (index.into(), rerun.into()));
    let query = tx
        .scoped(queries::LIST_CELLS)
        .bind(id.to_bytes().to_vec())
        .bind(index)
        .bind(rerun)
        .bind(i64::from(limit));
    tx.all(query).await?.iter().map(read_cell).collect()
}

fn read_cell(row: &Row) -> Result<CellRecord, StoreError> {
    let columns = Columns::of("runs", row);
    Ok(CellRecord {
        run: RunId::from_bytes(columns.array("run_id")?),
        template: TemplateId::from_bytes(columns.array("template_id")?),
        batch_run_index: columns.number("batch_run_index")?,
        rerun_index: columns.number("rerun_index")?,
        locale: columns.text("locale")?,
        locale_index: columns.number("locale_index")?,
        grounding_mode: columns.named("grounding_mode", |text| text.parse().ok())?,
        replicate_index: columns.number("replicate_index")?,
        inputs_sha256: columns.digest("inputs_sha256")?,
        status: columns.named("status", RunStatus::named)?,
    })
}
