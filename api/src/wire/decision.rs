//! What operators decided.

use serde::{Deserialize, Serialize};
use stet_store::ResumeRequest;
use utoipa::ToSchema;

use super::Batch;

/// What came of a decision.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Decision {
    /// Whether this request changed anything.
    pub changed: bool,
    /// The batch as it stands now.
    pub batch: Batch,
}

/// A resume that is asked for and not decided yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PendingResume {
    /// `same` or `new`.
    pub lock: String,
    /// The version that is accepted in the place of the template's.
    pub accept_version: Option<String>,
    /// Why.
    pub reason: String,
    /// Who: an API key's id.
    pub by: String,
    /// When.
    #[schema(format = DateTime)]
    pub at: String,
}

impl From<stet_ops::Decision> for Decision {
    fn from(decision: stet_ops::Decision) -> Self {
        Self { changed: decision.changed, batch: decision.batch.into() }
    }
}

impl From<ResumeRequest> for PendingResume {
    fn from(asked: ResumeRequest) -> Self {
        Self {
            lock: asked.lock.to_string(),
            accept_version: asked.accept_version,
            reason: asked.reason,
            by: asked.by,
            at: asked.at.to_string(),
        }
    }
}
