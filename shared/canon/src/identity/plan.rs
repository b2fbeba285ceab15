//! What `plan_sha256` covers.

use crate::digest::Digest;
use crate::json::{Json, Members};

/// The facts of `plan_sha256` (canonical.md §5): no lock, no price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanIdentity {
    /// The batch's digest.
    pub batch_sha256: Digest,
    /// How many cells the grid has.
    pub cells: u64,
    /// The digest of the ALS catalogue, for templates that use one.
    pub als_catalog_sha256: Option<Digest>,
}

impl PlanIdentity {
    /// The object that is hashed.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let members: Members = [
            ("batch_sha256", Json::from(self.batch_sha256)),
            ("cells", self.cells.into()),
            ("als_catalog_sha256", self.als_catalog_sha256.into()),
        ]
        .into_iter()
        .collect();
        members.into()
    }

    /// `plan_sha256`.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.to_json().digest()
    }
}
