//! The definition of a batch, as read.

use stet_domain::drift::DriftPolicy;
use stet_domain::ids::{BatchId, TemplateId};
use stet_domain::mode::GroundingMode;
use stet_store::{BatchRow, StoreError};

use super::{Columns, Row};

pub(super) fn read_batch(row: &Row) -> Result<BatchRow, StoreError> {
    let columns = Columns::of("batches", row);
    let modes: Vec<String> = read_list(columns, "grounding_modes")?;
    let grounding_modes = modes
        .iter()
        .map(|mode| mode.parse::<GroundingMode>().map_err(|error| columns.corrupt("grounding_modes", &error)))
        .collect::<Result<_, _>>()?;
    Ok(BatchRow {
        org: columns.named("org_id", |text| text.parse().ok())?,
        id: BatchId::from_bytes(columns.array("batch_id")?),
        template: TemplateId::from_bytes(columns.array("template_id")?),
        batch_sha256: columns.digest("batch_sha256")?,
        plan_sha256: columns.digest("plan_sha256")?,
        locales: read_list(columns, "locales")?,
        grounding_modes,
        replicates: columns.number("replicates")?,
        cells: columns.number("cells")?,
        inputs: columns.bytes("inputs")?,
        inputs_sha256: columns.digest("inputs_sha256")?,
        drift_policy: columns.named("drift_policy", DriftPolicy::named)?,
        max_parallel: columns.number_if("max_parallel")?,
        created_by: columns.text("created_by")?,
        created_at: columns.time("created_at_us")?,
    })
}

fn read_list(columns: Columns<'_>, column: &str) -> Result<Vec<String>, StoreError> {
    serde_json::from_str(&columns.text(column)?).map_err(|error| columns.corrupt(column, &error))
}
