//! What goes wrong with a queue.

use stet_domain::bell::BellError;

/// A queue that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// The address is none.
    #[error("the queue's database address is refused")]
    Address(#[source] sqlx::Error),
    /// Its tables are missing or of another build.
    #[error("the queue's tables are not set up")]
    NotSetUp,
    /// The database failed.
    #[error("the queue's database failed")]
    Database(#[from] sqlx::Error),
    /// The library failed.
    #[error("the queue failed")]
    Library(#[from] apalis_postgres::Error),
    /// The address of a Redis is none.
    #[error("the address of Redis is refused")]
    RedisAddress(#[source] redis::RedisError),
    /// Redis failed.
    #[error("Redis failed")]
    Redis(#[from] redis::RedisError),
    /// Redis did not answer.
    #[error("Redis did not answer within {limit_ms} ms")]
    RedisLate {
        /// The bound.
        limit_ms: u128,
    },
    /// A task of this process was lost.
    #[error("a task of the queue was lost")]
    Lost(#[from] tokio::task::JoinError),
}

impl From<QueueError> for BellError {
    fn from(error: QueueError) -> Self {
        Self(Box::new(error))
    }
}
