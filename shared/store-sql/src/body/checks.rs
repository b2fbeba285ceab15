//! Checks of the rows against the invariants.

use async_trait::async_trait;
use stet_store::{Check, CheckWindow, Checked, Checks, StoreError};

use super::{Columns, Row, Transaction, queries};

/// Before every id: a key that is shorter comes first.
const BEFORE_ALL: &[u8] = &[0];

#[async_trait]
impl Checks for Transaction {
    async fn check(&mut self, check: Check, window: CheckWindow) -> Result<Checked, StoreError> {
        let after = window.after.map_or_else(|| BEFORE_ALL.to_vec(), |id| id.to_vec());
        let query = self
            .scoped(query_of(check))
            // Planned for the org that is looked at: what reads tables whole is not what one plan serves.
            .persistent(false)
            .bind(after)
            .bind(i64::from(window.width))
            .bind(i64::from(window.first));
        read_checked(&self.all(query).await?)
    }
}

const fn query_of(check: Check) -> &'static str {
    match check {
        Check::EndedRuns => queries::CHECK_ENDED_RUNS,
        Check::Reruns => queries::CHECK_RERUNS,
        Check::Results => queries::CHECK_RESULTS,
        Check::Fences => queries::CHECK_FENCES,
        Check::Counters => queries::CHECK_COUNTERS,
        Check::Cells => queries::CHECK_CELLS,
        Check::Calls => queries::CHECK_CALLS,
        Check::PreflightCalls => queries::CHECK_PREFLIGHT_CALLS,
        Check::Unfinished => queries::CHECK_UNFINISHED,
        Check::Pauses => queries::CHECK_PAUSES,
        Check::StraysOfRuns => queries::CHECK_STRAYS_OF_RUNS,
        Check::StraysOfBatches => queries::CHECK_STRAYS_OF_BATCHES,
    }
}

/// Each row has the figures of the window, and the id of one thing that breaks the invariant, or null where nothing does.
fn read_checked(rows: &[Row]) -> Result<Checked, StoreError> {
    let mut checked = Checked::default();
    for row in rows {
        let columns = Columns::of("checks", row);
        checked.looked = columns.number("looked")?;
        checked.last = columns.array_if("last_id")?;
        checked.violations = columns.number("violations")?;
        checked.first.extend(columns.array_if::<16>("id")?);
    }
    Ok(checked)
}
