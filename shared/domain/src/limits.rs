//! The limits that submissions are held to (api.md, "Limits"); every refusal names the value and the limit.

/// Limits with their defaults; settings may change them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Cells in one batch.
    pub batch_max_cells: u64,
    /// Replicates of one (locale, mode).
    pub batch_max_replicates: u32,
    /// Bytes of a template, submitted and canonical.
    pub template_max_bytes: usize,
    /// Code points of an ALS block after NFC; may be lowered, never raised above 350.
    pub als_max_chars: usize,
    /// Schedules of an org that have not ended.
    pub org_max_schedules: u32,
    /// Attempts that end in a retryable error before a run fails.
    pub retry_max_attempts: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            batch_max_cells: 100_000,
            batch_max_replicates: 1_000,
            template_max_bytes: 262_144,
            als_max_chars: 350,
            org_max_schedules: 100,
            retry_max_attempts: 5,
        }
    }
}
