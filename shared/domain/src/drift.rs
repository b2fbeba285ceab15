//! What a batch does when an observation differs from its lock, and how observations differ.

use crate::names::names;

names! {
    /// What the batch does with a drifted result (system.md, "A batch" 5).
    pub enum DriftPolicy {
        /// Quarantine the result and pause the batch.
        Hard = "hard",
        /// Fail the run and go on.
        Fail = "fail",
        /// Keep the result, flagged.
        Warn = "warn",
    }
}

names! {
    /// How an observation differs from the lock in force (providers.md, "Version, fingerprint, drift").
    pub enum DriftKind {
        /// The effective model version differs.
        VersionChanged = "version_changed",
        /// Both sides carry a fingerprint and they differ.
        FingerprintChanged = "fingerprint_changed",
        /// The echoed defaults or tool settings differ.
        EchoChanged = "echo_changed",
    }
}
