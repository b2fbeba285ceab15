//! What a verification says.

use stet_domain::Digest;
use stet_domain::verify::Disagreement;

/// The result of recomputing every hash and HMAC of one thing (system.md, "Immutability and integrity").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// Its identity as stored: `template_sha256` or `run_sha256`; `None` for a run that has none.
    pub sha256: Option<Digest>,
    /// The first field that disagrees; `None` where everything holds.
    pub disagreement: Option<Disagreement>,
}

impl Verification {
    /// Whether everything holds.
    #[must_use]
    pub const fn is_intact(&self) -> bool {
        self.disagreement.is_none()
    }
}
