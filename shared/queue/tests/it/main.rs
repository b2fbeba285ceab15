//! The queue on real servers.
#![expect(clippy::unwrap_used, reason = "a helper of a test that cannot go on fails the test")]

mod avoided;
mod bed;
mod clearing;
mod listening;
mod postgres_traps;
mod redis;
mod redis_traps;
mod rights;
