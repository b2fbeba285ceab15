//! Outcomes added to the counters of their batches, in the transaction that made them.

use std::collections::BTreeMap;

use serde::Serialize;
use stet_domain::run::RunStatus;
use stet_store::StoreError;

use super::params::{Hex, integer, pack};
use super::{Columns, Row, Transaction, queries};

/// What to add, by batch.
#[derive(Default)]
pub(super) struct Outcomes {
    by_batch: BTreeMap<[u8; 16], Added>,
}

#[derive(Default, Clone, Copy, Serialize)]
struct Added {
    succeeded: i64,
    failed: i64,
    cancelled: i64,
    quarantined: i64,
    finished_at_us: i64,
}

#[derive(Serialize)]
struct AddedTo {
    batch: Hex<[u8; 16]>,
    #[serde(flatten)]
    added: Added,
}

impl Outcomes {
    /// `count` runs of a batch that became `status`, the last of them at `finished_at_us`.
    pub(super) fn add(&mut self, batch: [u8; 16], status: RunStatus, count: u64, finished_at_us: i64) {
        let added = self.by_batch.entry(batch).or_default();
        let counter = match status {
            RunStatus::Succeeded => &mut added.succeeded,
            RunStatus::Failed => &mut added.failed,
            RunStatus::Cancelled => &mut added.cancelled,
            RunStatus::Quarantined => &mut added.quarantined,
            RunStatus::Pending | RunStatus::Queued | RunStatus::Running => return,
        };
        *counter += integer(count);
        added.finished_at_us = added.finished_at_us.max(finished_at_us);
    }

    /// A run that became terminal, as its statement returned it; a single run has no batch to count in.
    pub(super) fn add_row(&mut self, row: &Row) -> Result<(), StoreError> {
        let columns = Columns::of("runs", row);
        if let Some(batch) = columns.array_if("batch_id")? {
            self.add(batch, columns.named("status", RunStatus::named)?, 1, columns.get("finished_at_us")?);
        }
        Ok(())
    }

    /// Writes them: one statement, one update a batch.
    pub(super) async fn write(self, tx: &mut Transaction) -> Result<(), StoreError> {
        let rows = self.by_batch.into_iter().map(|(batch, added)| AddedTo { batch: Hex(batch), added });
        tx.bulk(queries::ADD_TO_COUNTERS, pack(rows)?).await?;
        Ok(())
    }
}
