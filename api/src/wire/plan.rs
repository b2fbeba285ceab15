//! Plans: what a dry run shows.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::embedded;

/// A checked submission.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Plan {
    /// canonical.md §5.
    pub batch_sha256: String,
    /// canonical.md §5; what `expected_plan_sha256` is compared with.
    pub plan_sha256: String,
    /// Canonical locales, sorted.
    pub locales: Vec<String>,
    /// Modes in expansion order.
    pub grounding_modes: Vec<String>,
    /// Replicates of each (locale, mode).
    pub replicates: u32,
    /// How many cells that makes.
    pub cells: u64,
    /// The inputs, defaults filled in.
    #[schema(value_type = Object)]
    pub inputs: Box<RawValue>,
    /// canonical.md §5.
    pub inputs_sha256: String,
    /// What a drifted result leads to.
    pub drift_policy: String,
    /// At most so many cells at once.
    pub max_parallel: Option<u32>,
    /// The catalogue of the template's ALS.
    pub als_catalog_sha256: Option<String>,
    /// The first cells by number.
    pub first_cells: Vec<PlannedCell>,
    /// What it would read and write.
    pub estimated_tokens: EstimatedTokens,
    /// The lock that preflight would take.
    pub lock: PlannedLock,
}

/// One cell of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlannedCell {
    /// The cell's number.
    pub batch_run_index: u32,
    /// The canonical locale.
    pub locale: String,
    /// The mode.
    pub grounding_mode: String,
    /// From 0.
    pub replicate_index: u32,
}

/// Tokens of a whole batch, reckoned from the length of its prompts: an estimate, no bill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EstimatedTokens {
    /// Read.
    pub input: u64,
    /// Written at most; `null` where the template sets no `max_output_tokens`.
    pub output_max: Option<u64>,
}

/// What preflight would hold the model to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlannedLock {
    /// The template's constraint.
    pub model_version: String,
    /// Fingerprints that would be taken; empty for any.
    pub model_fingerprint_allowlist: Vec<String>,
}

impl From<stet_ops::Plan> for Plan {
    fn from(plan: stet_ops::Plan) -> Self {
        Self {
            batch_sha256: plan.batch_sha256.to_string(),
            plan_sha256: plan.plan_sha256.to_string(),
            locales: plan.locales,
            grounding_modes: plan.grounding_modes.iter().map(ToString::to_string).collect(),
            replicates: plan.replicates,
            cells: plan.cells,
            inputs: embedded(plan.inputs),
            inputs_sha256: plan.inputs_sha256.to_string(),
            drift_policy: plan.drift_policy.to_string(),
            max_parallel: plan.max_parallel,
            als_catalog_sha256: plan.als_catalog_sha256.map(|digest| digest.to_string()),
            first_cells: plan.first_cells.into_iter().map(PlannedCell::from).collect(),
            estimated_tokens: EstimatedTokens {
                input: plan.estimated_tokens.input,
                output_max: plan.estimated_tokens.output_max,
            },
            lock: PlannedLock {
                model_version: plan.lock.model_version,
                model_fingerprint_allowlist: plan.lock.model_fingerprint_allowlist,
            },
        }
    }
}

impl From<stet_ops::PlannedCell> for PlannedCell {
    fn from(cell: stet_ops::PlannedCell) -> Self {
        Self {
            batch_run_index: cell.batch_run_index,
            locale: cell.locale,
            grounding_mode: cell.grounding_mode.to_string(),
            replicate_index: cell.replicate_index,
        }
    }
}
