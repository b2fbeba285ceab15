//! Test doubles and fixtures: clock, ids, a database per test.
//!
//! A dev-dependency only. What can run for real in a test is real here too: the database is a file of its own, or one of its own on a PostgreSQL server,
//! with the schema of this build. Only time and chance are made up.

mod clock;
mod database;
mod ids;
mod postgres;
mod redis;
mod tampering;

pub use clock::FakeClock;
pub use database::{Process, TempDatabase};
pub use ids::SeededIds;
pub use postgres::{Login, TempPostgres, Way};
pub use redis::{TempRedis, redis_url};
pub use tampering::{ColumnKind, Value};

/// Rows with every field set, and the steps that tests share.
pub use stet_store::conformance::{sample, scene};
