//! How a SQLite file is opened.

use std::time::Duration;

/// Settings of one open database; the defaults are those of docs/decisions/0003-sqlite-tuning.md.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqliteOptions {
    /// Whether a file that is not there is made.
    pub create_if_missing: bool,
    /// Connections that read, 1–64.
    pub readers: u32,
    /// How long a statement waits for the lock of another process, and a caller for its turn on a connection.
    pub busy_timeout: Duration,
    /// Page cache of each connection, in KiB.
    pub cache_kib: u32,
    /// How much of the file is mapped into memory for reads, in MiB.
    pub mmap_mib: u32,
}

impl Default for SqliteOptions {
    fn default() -> Self {
        Self {
            create_if_missing: true,
            readers: 4,
            busy_timeout: Duration::from_secs(10),
            cache_kib: 32 * 1024,
            mmap_mib: 256,
        }
    }
}
