//! The queue: apalis behind the seam of tasks. It carries ids, and is never the only holder of work.
//!
//! A [`Hint`] names runs that are due; who hears it looks at the rows and claims what still is (docs/decisions/0019-queue.md). [`ApalisTaskRunner`]
//! rings after a commit; a [`Queue`] is a bell with somebody who listens: [`postgres::PostgresQueue`] on apalis-postgres, [`redis::RedisQueue`] on
//! apalis-redis. What reads hints, starts listeners again and keeps dead letters is the same for both.

mod backoff;
mod ear;
mod error;
mod every;
mod hint;
mod letters;
mod listen;
pub mod postgres;
mod pulse;
mod queue;
pub mod redis;
mod runner;

pub use error::QueueError;
pub use hint::{Hint, Unreadable};
pub use pulse::Pulse;
pub use queue::Queue;
pub use runner::ApalisTaskRunner;

/// The one queue, whatever the backend: named outright, for apalis would name it after a Rust type.
pub const QUEUE: &str = "stet.hints";

/// A hint that waited for so long has been rung again many times.
const STALE_AFTER: std::time::Duration = std::time::Duration::from_mins(5);
