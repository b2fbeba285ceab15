//! The lock: what preflight observed, with its epoch.

/// What one observation says of the model that answered (system.md, "Words").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// The effective version, one leading `models/` stripped (providers.md, Decoding 4).
    pub model_version: String,
    /// The fingerprint, or `None` where the API offered none: never "unchanged".
    pub model_fingerprint: Option<String>,
}

/// A lock in force: an observation with the number of its epoch, from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lock {
    /// The epoch; preflight's is 1.
    pub epoch: i64,
    /// What it holds the model to.
    pub observed: Observation,
}
