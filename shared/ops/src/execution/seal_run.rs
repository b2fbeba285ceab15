//! A result, sealed: its identity and the HMAC over its record.

use stet_domain::Digest;
use stet_domain::clock::Timestamp;
use stet_domain::record::{Record as _, sealed_exchanges};
use stet_domain::run::RunStatus;
use stet_domain::storable::storable;
use stet_store::{ClaimedRun, CommitRow, ExchangeRow, OutputRow, RunEnd};

use crate::record::{RunParts, exchange_records, run_record};
use crate::{OpError, Ops};

/// What a claim came to, before it is sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunResult {
    /// `Succeeded`, `Failed` or `Quarantined`.
    pub status: RunStatus,
    /// The typed columns; `run_sha256`, `record_hmac` and `record_key_id` are the seal's.
    pub end: RunEnd,
    /// The large columns, with the canonical bytes that `run_sha256` covers.
    pub output: OutputRow,
    /// The attempt's exchanges.
    pub exchanges: Vec<ExchangeRow>,
    /// When the attempt ended.
    pub finished_at: Timestamp,
}

impl Ops {
    /// The commit of a result: identity and HMAC are made here, whatever stood in their place.
    ///
    /// # Errors
    /// [`OpError::Internal`] for a result that holds what no run has.
    pub fn seal_run(&self, claimed: &ClaimedRun, result: RunResult) -> Result<CommitRow, OpError> {
        let RunResult { status, mut end, output, exchanges, finished_at } = result;
        end.error_detail = end.error_detail.map(storable);
        end.run_sha256 = Some(Digest::of(&output.provenance));
        let sealed = sealed_exchanges(&exchange_records(&exchanges));
        let parts = RunParts {
            row: &claimed.row,
            inputs: &claimed.inputs,
            status,
            end: &end,
            output: &output,
            exchanges: &sealed,
            finished_at,
        };
        let seal = run_record(parts)
            .map_err(|unsealable| OpError::internal("sealing a run", &unsealable))?
            .seal(&self.parts.record_keys);
        end.record_hmac = Some(seal.hmac);
        end.record_key_id = Some(seal.key_id);
        Ok(CommitRow {
            batch: claimed.row.batch,
            run: claimed.row.id,
            fence: claimed.row.fence,
            status,
            end,
            output,
            exchanges,
            sealed_exchanges: sealed,
            finished_at,
        })
    }
}
