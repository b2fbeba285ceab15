//! Looks at the canary prompts.

use async_trait::async_trait;
use stet_domain::ids::{BatchId, Fence};
use stet_store::{CanaryLookRow, CanaryLooks, SealedCanaryLook, StoreError};

use super::batches::read_seal;
use super::{Columns, Row, Transaction, queries};

#[async_trait]
impl CanaryLooks for Transaction {
    async fn insert_canary_look(
        &mut self,
        batch: BatchId,
        look: &SealedCanaryLook,
    ) -> Result<(), StoreError> {
        let row = &look.row;
        let query = self
            .scoped(queries::INSERT_CANARY_LOOK)
            .bind(batch.to_bytes().to_vec())
            .bind(row.preflight_fence.0)
            .bind(row.lock_epoch)
            .bind(row.outcomes.clone())
            .bind(row.observed_at.0)
            .bind(look.sealed_exchanges.clone())
            .bind(look.seal.hmac.to_vec())
            .bind(look.seal.key_id.clone());
        self.run(query).await?;
        Ok(())
    }

    async fn list_canary_looks(&mut self, batch: BatchId) -> Result<Vec<SealedCanaryLook>, StoreError> {
        let query = self.scoped(queries::LIST_CANARY_LOOKS).bind(batch.to_bytes().to_vec());
        self.all(query).await?.iter().map(read_look).collect()
    }
}

fn read_look(row: &Row) -> Result<SealedCanaryLook, StoreError> {
    let columns = Columns::of("canary_looks", row);
    Ok(SealedCanaryLook {
        row: CanaryLookRow {
            preflight_fence: Fence(columns.get("preflight_fence")?),
            lock_epoch: columns.get("lock_epoch")?,
            outcomes: columns.bytes("outcomes")?,
            observed_at: columns.time("observed_at_us")?,
        },
        sealed_exchanges: columns.bytes("sealed_exchanges")?,
        seal: read_seal(columns)?,
    })
}
