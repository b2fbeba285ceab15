//! Lock epochs.

use stet_domain::echo::EchoDigests;
use stet_domain::ids::{BatchId, Fence};
use stet_domain::lock::{Listed, Lock, Observation};
use stet_store::{LockRow, SealedLock, StoreError};

use super::seal::read_seal;
use super::{Columns, Transaction, queries};

pub(super) async fn insert_lock(
    tx: &mut Transaction,
    id: BatchId,
    lock: &SealedLock,
) -> Result<(), StoreError> {
    let row = &lock.row;
    let query = tx
        .scoped(queries::INSERT_LOCK)
        .bind(id.to_bytes().to_vec())
        .bind(row.lock.epoch)
        .bind(row.lock.observed.model_version.clone())
        .bind(row.lock.observed.model_fingerprint.clone())
        .bind(row.lock_version.clone())
        .bind(row.service_tier.clone())
        .bind(row.echo.settings.map(|digest| digest.to_bytes().to_vec()))
        .bind(row.echo.tools.map(|digest| digest.to_bytes().to_vec()))
        .bind(row.listed.as_ref().map(Listed::as_str))
        .bind(row.listed.as_ref().and_then(Listed::mark).map(str::to_owned))
        .bind(row.canary_sha256.map(|digest| digest.to_bytes().to_vec()))
        .bind(row.observed_at.0)
        .bind(lock.preflight_fence.0)
        .bind(lock.sealed_exchanges.clone())
        .bind(lock.seal.hmac.to_vec())
        .bind(lock.seal.key_id.clone());
    tx.run(query).await?;
    Ok(())
}

pub(super) async fn list_sealed_locks(
    tx: &mut Transaction,
    id: BatchId,
) -> Result<Vec<SealedLock>, StoreError> {
    let query = tx.scoped(queries::LIST_SEALED_LOCKS).bind(id.to_bytes().to_vec());
    let rows = tx.all(query).await?;
    rows.iter()
        .map(|row| {
            let columns = Columns::of("lock_epochs", row);
            Ok(SealedLock {
                row: read_lock(columns)?,
                preflight_fence: Fence(columns.get("preflight_fence")?),
                sealed_exchanges: columns.bytes("sealed_exchanges")?,
                seal: read_seal(columns)?,
            })
        })
        .collect()
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
        echo: EchoDigests {
            settings: columns.digest_if("echo_sha256")?,
            tools: columns.digest_if("tools_echo_sha256")?,
        },
        listed: read_listed(columns)?,
        canary_sha256: columns.digest_if("canary_sha256")?,
        observed_at: columns.time("observed_at_us")?,
    })
}

fn read_listed(columns: Columns<'_>) -> Result<Option<Listed>, StoreError> {
    let mark: Option<String> = columns.get("listed_mark")?;
    match (columns.get::<Option<String>>("listed")?, mark) {
        (None, None) => Ok(None),
        (name, mark) => {
            let name = name.unwrap_or_default();
            let corrupt = || columns.corrupt("listed", &format!("{name:?} does not go with its mark"));
            Listed::named(&name, mark).map(Some).ok_or_else(corrupt)
        }
    }
}
