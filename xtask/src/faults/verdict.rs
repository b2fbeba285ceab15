//! What must hold after every scenario: by the rows, and by the receipts of the provider.

use anyhow::ensure;

use super::audit::audit;
use super::fleet::Fleet;
use super::work::Batch;

/// The figures of a fleet that has come to rest.
#[derive(Debug, Clone, Default)]
pub(super) struct Verdict {
    pub(super) cells: u64,
    /// Accepted cells whose current run has not ended.
    pub(super) lost: i64,
    /// Results recorded beyond one a run.
    pub(super) duplicates: i64,
    /// Calls beyond the first of a cell.
    pub(super) extra_calls: u64,
    pub(super) attempts_lost: i64,
    pub(super) attempts_fenced: i64,
    pub(super) audited: u64,
}

/// Judges a fleet whose batches have ended.
pub(super) fn judge(fleet: &Fleet, batches: &[Batch]) -> anyhow::Result<Verdict> {
    let cells: u64 = batches.iter().map(|batch| batch.cells).sum();
    let number = |query: &str| fleet.sql.number(query);
    let counts = fleet.simulator.counts()?;
    let attempts = number("SELECT count(*) FROM attempts")?;
    let looked_again =
        number("SELECT count(*) - count(DISTINCT (org_id, batch_id)) FROM preflight_attempts")?;
    let verdict = Verdict {
        cells,
        lost: number("SELECT count(*) FROM runs WHERE finished_at_us IS NULL")?,
        duplicates: number("SELECT count(*) FROM attempts WHERE outcome = 'recorded'")?
            - number("SELECT count(*) FROM runs WHERE status IN ('succeeded', 'failed', 'quarantined')")?,
        // Each look at the model for a batch is the same exchange again.
        extra_calls: counts.extra().saturating_sub(u64::try_from(looked_again)?),
        attempts_lost: number("SELECT count(*) FROM attempts WHERE outcome = 'lost'")?,
        attempts_fenced: number("SELECT count(*) FROM attempts WHERE outcome = 'fenced'")?,
        audited: audit(fleet, true)?.looked,
    };
    ensure!(verdict.lost == 0, "{} cells have not ended", verdict.lost);
    ensure!(verdict.duplicates == 0, "{} results were recorded twice", verdict.duplicates);
    // I6, by the provider's side: every generation call that it received has an attempt.
    let probes = number("SELECT count(*) FROM preflight_attempts")?;
    let accounted = u64::try_from(attempts + probes)?;
    ensure!(
        counts.received <= accounted,
        "the provider received {} calls, and {accounted} attempts are written",
        counts.received
    );
    Ok(verdict)
}

impl Verdict {
    /// That nobody was called twice.
    pub(super) fn called_once(self) -> anyhow::Result<Self> {
        ensure!(self.extra_calls == 0, "{} calls were made again", self.extra_calls);
        Ok(self)
    }

    /// That so many calls were made again, for they were asked for again, and no other.
    pub(super) fn extra_exactly(self, asked: u64) -> anyhow::Result<Self> {
        ensure!(
            self.extra_calls == asked,
            "{} calls were made again, and {asked} were asked for",
            self.extra_calls
        );
        Ok(self)
    }

    /// That no more than so many calls were made again.
    pub(super) fn extra_at_most(self, most: u64) -> anyhow::Result<Self> {
        ensure!(self.extra_calls <= most, "{} calls were made again, at most {most} may", self.extra_calls);
        Ok(self)
    }
}
