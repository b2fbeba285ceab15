//! The queue: apalis behind the seam of tasks. It carries ids, and is never the only holder of work.
//!
//! A [`Hint`] names runs that are due; who hears it looks at the rows and claims what still is (docs/decisions/0019-queue.md). [`ApalisTaskRunner`]
//! rings after a commit; [`postgres::PostgresQueue`] is the bell on apalis-postgres, and another backend is a further file beside it.

mod backoff;
mod ear;
mod error;
mod hint;
pub mod postgres;
mod pulse;
mod runner;

pub use error::QueueError;
pub use hint::{Hint, Unreadable};
pub use pulse::Pulse;
pub use runner::ApalisTaskRunner;

/// The one queue, whatever the backend: named outright, for apalis would name it after a Rust type.
pub const QUEUE: &str = "stet.hints";
