//! Runs that are to be tried again.

use std::collections::BTreeMap;

use stet_domain::batch::BatchEvent;
use stet_domain::ids::{BatchId, OrgId};
use stet_domain::storable::storable;
use stet_store::{Commits, RetryRow};

use super::pause::pause_batch;
use crate::{OpError, Ops};

/// One attempt that ended in an error another may not meet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunRetry {
    /// The run's batch.
    pub batch: Option<BatchId>,
    /// Whether the provider cannot serve until a person acts: the batch pauses with `provider_outage` (providers.md, Decoding 5).
    pub outage: bool,
    /// What is written.
    pub row: RetryRow,
}

impl Ops {
    /// Sends runs back to `pending`, due after their delay, under their fences; an outage pauses the batch in the same transaction.
    ///
    /// # Errors
    /// [`OpError::Store`]: nothing was written.
    pub async fn retry_runs(&self, org: &OrgId, retries: Vec<RunRetry>) -> Result<Commits, OpError> {
        if retries.is_empty() {
            return Ok(Commits::default());
        }
        let (outage_of, rows): (Vec<Option<BatchId>>, Vec<RetryRow>) = retries
            .into_iter()
            .map(|RunRetry { batch, outage, row }| {
                let error_detail = storable(row.error_detail);
                (batch.filter(|_| outage), RetryRow { error_detail, ..row })
            })
            .unzip();
        let mut tx = self.store().begin(org).await?;
        let done = tx.retry_runs(&rows).await?;
        let mut outages: BTreeMap<BatchId, String> = BTreeMap::new();
        // What was written before has paused its batch before.
        let is_new = |row: &RetryRow| done.written.contains(&row.run) && !done.recognised.contains(&row.run);
        for (batch, row) in outage_of.iter().zip(&rows).filter(|(_, row)| is_new(row)) {
            if let Some(batch) = batch {
                outages.entry(*batch).or_insert_with(|| format!("{}: {}", row.error_code, row.error_detail));
            }
        }
        for (batch, reason) in outages {
            pause_batch(self, &mut *tx, batch, BatchEvent::Outage, reason).await?;
        }
        tx.commit().await?;
        Ok(done)
    }
}
