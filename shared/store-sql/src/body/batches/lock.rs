//! Lock epochs.

use stet_domain::ids::BatchId;
use stet_domain::lock::{Lock, Observation};
use stet_store::{LockRow, StoreError};

use super::{Columns, Transaction, queries};

pub(super) async fn insert_lock(tx: &mut Transaction, id: BatchId, row: &LockRow) -> Result<(), StoreError> {
    let query = tx
        .scoped(queries::INSERT_LOCK)
        .bind(id.to_bytes().to_vec())
        .bind(row.lock.epoch)
        .bind(row.lock.observed.model_version.clone())
        .bind(row.lock.observed.model_fingerprint.clone())
        .bind(row.lock_version.clone())
        .bind(row.service_tier.clone())
        .bind(row.echo_sha256.map(|digest| digest.to_bytes().to_vec()))
        .bind(row.observed_at.0);
    tx.run(query).await?;
    Ok(())
}

pub(in super::super) fn read_lock(columns: Columns<'_>) -> Result<LockRow, StoreError> {
    Ok(LockRow {
        lock: Lock {
            epoch: columns.get("epoch")?,
            observed: Observation {
                model_version: columns.text("model_version")?,
                model_fingerprint: columns.get("lock_fingerprint")?,
            },
        },
        lock_version: columns.get("lock_version")?,
        service_tier: columns.get("service_tier")?,
        echo_sha256: columns.digest_if("echo_sha256")?,
        observed_at: columns.time("observed_at_us")?,
    })
}
