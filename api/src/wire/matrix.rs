//! What a batch brought, by locale and mode.

use serde::{Deserialize, Serialize};
use stet_store::MatrixRow;
use utoipa::ToSchema;

use super::Lock;

/// The results of a batch so far.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Matrix {
    /// The lock epochs, oldest first.
    pub locks: Vec<Lock>,
    /// By locale, mode and lock epoch, in that order.
    pub places: Vec<MatrixPlace>,
}

/// The current runs of one locale and mode that one lock epoch judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MatrixPlace {
    /// The locale.
    pub locale: String,
    /// The mode.
    pub grounding_mode: String,
    /// The epoch that judged the runs; `null` for those that have not begun.
    pub lock_epoch: Option<i64>,
    /// How many runs: the current one of each cell.
    pub replicates: u64,
    /// Those that have not ended.
    pub open: u64,
    /// Those that succeeded.
    pub succeeded: u64,
    /// Those that failed.
    pub failed: u64,
    /// Those that were cancelled.
    pub cancelled: u64,
    /// Those that are kept apart for drift; they are pooled with nothing.
    pub quarantined: u64,
    /// Those that succeeded although the answer differed from its lock: under policy `warn`, or in what it echoes alone.
    pub drifted: u64,
    /// Different outputs of succeeded runs, by their hashes.
    pub distinct_outputs: u64,
    /// The hash of the output that came most often; of equals the least. `null` where none succeeded.
    pub modal_output_sha256: Option<String>,
    /// How often it came.
    pub modal_runs: u64,
    /// Its share of the succeeded runs, 0 to 1.
    pub modal_share: Option<f64>,
    /// Runs, succeeded or failed, whose output was asked to be JSON.
    pub json_judged: u64,
    /// The share of them whose output is valid, 0 to 1; `null` where there is none.
    pub json_valid_rate: Option<f64>,
    /// Runs, succeeded or failed, of which it was judged whether they rest on a search.
    pub grounded_judged: u64,
    /// The share of them that do, 0 to 1; `null` where there is none.
    pub grounded_rate: Option<f64>,
    /// Succeeded runs that cite at least one domain.
    pub citing: u64,
    /// Different domains that they cite.
    pub distinct_domains: u64,
    /// Of a domain that one run cites, the mean share of the other citing runs that cite it too: 1 where all cite the same domains, 0 where no two
    /// share one. `null` with fewer than two citing runs.
    pub domain_agreement: Option<f64>,
}

impl From<stet_ops::Matrix> for Matrix {
    fn from(matrix: stet_ops::Matrix) -> Self {
        Self {
            locks: matrix.locks.into_iter().map(Lock::from).collect(),
            places: matrix.rows.into_iter().map(MatrixPlace::from).collect(),
        }
    }
}

impl From<MatrixRow> for MatrixPlace {
    fn from(row: MatrixRow) -> Self {
        Self {
            open: row.open(),
            modal_share: row.modal_share(),
            json_valid_rate: row.json_valid_rate(),
            grounded_rate: row.grounded_rate(),
            domain_agreement: row.domain_agreement(),
            locale: row.locale,
            grounding_mode: row.grounding_mode.to_string(),
            lock_epoch: row.lock_epoch,
            replicates: row.replicates,
            succeeded: row.succeeded,
            failed: row.failed,
            cancelled: row.cancelled,
            quarantined: row.quarantined,
            drifted: row.drifted,
            distinct_outputs: row.distinct_outputs,
            modal_output_sha256: row.modal_output.map(|digest| digest.to_string()),
            modal_runs: row.modal_runs,
            json_judged: row.json_judged,
            grounded_judged: row.grounded_judged,
            citing: row.citing,
            distinct_domains: row.distinct_domains,
        }
    }
}
