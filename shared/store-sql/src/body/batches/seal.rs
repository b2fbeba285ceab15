//! Seals of batches and of their lock epochs.

use stet_domain::ids::BatchId;
use stet_domain::record::Seal;
use stet_store::StoreError;

use super::{Columns, Transaction, queries};

pub(super) async fn get_batch_seal(tx: &mut Transaction, id: BatchId) -> Result<Option<Seal>, StoreError> {
    let query = tx.scoped(queries::GET_BATCH_SEAL).bind(id.to_bytes().to_vec());
    tx.optional(query).await?.map(|row| read_seal(Columns::of("batches", &row))).transpose()
}

pub(in super::super) fn read_seal(columns: Columns<'_>) -> Result<Seal, StoreError> {
    Ok(Seal { hmac: columns.array("record_hmac")?, key_id: columns.text("record_key_id")? })
}
