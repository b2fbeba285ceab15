//! Verifications.

use serde::{Deserialize, Serialize};
use stet_domain::verify::Disagreement;
use utoipa::ToSchema;

/// Every hash and HMAC of one thing, recomputed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Verification {
    /// Whether everything holds.
    pub intact: bool,
    /// Its identity as stored: `template_sha256`, `batch_sha256`, `run_sha256` or the head of a segment; `null` for a run that has none.
    pub sha256: Option<String>,
    /// The first thing that disagrees; `null` where everything holds.
    pub disagreement: Option<Finding>,
}

/// What does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Finding {
    /// The field, as the record names it.
    pub field: String,
    /// `HASH_MISMATCH`, `HMAC_MISMATCH`, `RECORD_KEY_UNKNOWN`, `RECORD_KEY_RETIRED`, `RECORD_MISSING`, `RECORD_UNSEALED` or `COUNTER_MISMATCH`.
    pub code: String,
    /// What is stored and what was found.
    pub detail: String,
}

impl From<stet_ops::Verification> for Verification {
    fn from(found: stet_ops::Verification) -> Self {
        Self {
            intact: found.is_intact(),
            sha256: found.sha256.map(|digest| digest.to_string()),
            disagreement: found.disagreement.map(Finding::from),
        }
    }
}

impl From<Disagreement> for Finding {
    fn from(found: Disagreement) -> Self {
        Self { field: found.field.into_owned(), code: found.code.to_string(), detail: found.detail }
    }
}
