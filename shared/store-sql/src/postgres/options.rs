//! How a server is connected to.

use std::time::Duration;

/// Settings of one process's connections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostgresOptions {
    /// Connections that work goes through, 1–1,000.
    pub max_connections: u32,
    /// How long a caller waits for its turn on a connection.
    pub acquire_timeout: Duration,
}

impl Default for PostgresOptions {
    fn default() -> Self {
        Self { max_connections: 20, acquire_timeout: Duration::from_secs(4) }
    }
}
