//! Liveness and readiness.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The answer of a probe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Status {
    /// `ok`; what is not ok is a problem.
    pub status: String,
}

impl Status {
    pub(crate) fn ok() -> Self {
        Self { status: "ok".to_owned() }
    }
}
