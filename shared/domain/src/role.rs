//! Who may do what: four roles, each including the one before (api.md, "Authentication and roles").

use crate::names::names;

names! {
    /// What the holder of an API key may do; a greater role includes the lesser ones.
    pub enum Role {
        /// Reads.
        Viewer = "viewer",
        /// Creates templates, runs and batches.
        Submitter = "submitter",
        /// Pauses, resumes, cancels, retries, refreshes.
        Operator = "operator",
        /// Manages keys and reads the audit log.
        Admin = "admin",
    }
}

impl Role {
    /// Whether this role includes `needed`.
    #[must_use]
    pub fn includes(self, needed: Self) -> bool {
        self >= needed
    }
}
