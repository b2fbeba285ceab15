//! Cells that are run again.

use serde::Serialize;
use stet_domain::clock::Timestamp;
use stet_domain::ids::{BatchId, RunId};
use stet_domain::run::RunStatus;
use stet_store::{Rerun, StoreError};

use super::params::{Hex, integer, json, pack};
use super::{Columns, Transaction, queries};

#[derive(Serialize)]
struct Follows {
    run: Hex<[u8; 16]>,
    follows: Hex<[u8; 16]>,
}

pub(super) async fn list_reruns(
    tx: &mut Transaction,
    id: BatchId,
    states: &[RunStatus],
) -> Result<Vec<RunId>, StoreError> {
    let states: Vec<&str> = states.iter().map(|state| state.as_str()).collect();
    let query = tx.scoped(queries::LIST_RERUNS).bind(id.to_bytes().to_vec()).bind(json(&states)?);
    let rows = tx.all(query).await?;
    rows.iter().map(|row| Columns::of("runs", row).array("run_id").map(RunId::from_bytes)).collect()
}

pub(super) async fn insert_reruns(
    tx: &mut Transaction,
    id: BatchId,
    reruns: &[Rerun],
    at: Timestamp,
    (failed, quarantined): (u64, u64),
) -> Result<(), StoreError> {
    let rows = reruns
        .iter()
        .map(|rerun| Follows { run: Hex(rerun.run.to_bytes()), follows: Hex(rerun.follows.to_bytes()) });
    tx.insert(queries::INSERT_RERUNS, pack(rows)?, reruns.len(), |query| query.bind(at.0)).await?;
    let query = tx
        .scoped(queries::TAKE_FROM_COUNTERS)
        .bind(id.to_bytes().to_vec())
        .bind(integer(failed))
        .bind(integer(quarantined));
    tx.run(query).await?;
    Ok(())
}
