//! Writing a single run.

use stet_store::{SingleRun, StoreError};

use super::super::transaction::all_written;
use super::{Transaction, queries};

pub(super) async fn insert_single_run(tx: &mut Transaction, run: &SingleRun) -> Result<(), StoreError> {
    let query = tx
        .scoped(queries::INSERT_SINGLE_RUN)
        .bind(run.id.to_bytes().to_vec())
        .bind(run.template.to_bytes().to_vec())
        .bind(run.locale.clone())
        .bind(run.grounding_mode.as_str())
        .bind(run.inputs.clone())
        .bind(run.inputs_sha256.to_bytes().to_vec())
        .bind(run.created_by.clone())
        .bind(run.created_at.0)
        .bind(run.trace.as_ref().map(ToString::to_string));
    all_written(tx.run(query).await?, 1)
}
