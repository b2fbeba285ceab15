//! A terminal run as a segment holds it.

use stet_canon::{Digest, Json, Members};

use crate::clock::Timestamp;
use crate::ids::{OrgId, RunId};
use crate::run::RunStatus;

/// What a segment covers of a terminal run: that it stands, how it ended, and the seal over all the rest of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndedRun {
    /// Which.
    pub run: RunId,
    /// How it ended.
    pub status: RunStatus,
    /// When its attempt ended, or when it was cancelled.
    pub finished_at: Timestamp,
    /// When the database recorded the end, by its own clock; runs are sealed in this order.
    pub recorded_at: Timestamp,
    /// Its record's HMAC; a cancelled run has none.
    pub record_hmac: Option<[u8; 32]>,
    /// The HMAC's key.
    pub record_key_id: Option<String>,
}

impl EndedRun {
    /// Where it stands among the terminal runs of its org.
    #[must_use]
    pub const fn place(&self) -> (Timestamp, RunId) {
        (self.recorded_at, self.run)
    }

    /// The digest that is a leaf of its segment's tree: of canonical JSON of all of it.
    #[must_use]
    pub fn sha256(&self, org: &OrgId) -> Digest {
        let members: Members = [
            ("kind", Json::from("ended_run")),
            ("org_id", org.as_str().into()),
            ("run_id", self.run.to_string().into()),
            ("status", self.status.as_str().into()),
            ("finished_at", self.finished_at.to_string().into()),
            ("recorded_at", self.recorded_at.to_string().into()),
            ("record_hmac", self.record_hmac.map(|hmac| Digest::from_bytes(hmac).to_string()).into()),
            ("record_key_id", self.record_key_id.as_deref().into()),
        ]
        .into_iter()
        .collect();
        Json::from(members).digest()
    }
}
