//! The port on SQL engines: SQLite for one machine, PostgreSQL for a fleet. The tables come with the store's migrations.

mod postgres;
mod sqlite;

pub use postgres::PostgresCoord;
pub use sqlite::SqliteCoord;

use crate::CoordError;

fn failed(what: &'static str, error: sqlx::Error) -> CoordError {
    CoordError { what, detail: error.to_string(), source: Some(Box::new(error)) }
}

/// A duration for a column of microseconds.
fn micros(ms: u64) -> i64 {
    i64::try_from(ms.saturating_mul(1000)).unwrap_or(i64::MAX / 4)
}
