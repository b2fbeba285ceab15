//! The storage port on SQL engines: one body, one query file per method.
//!
//! `body` is the one Rust text of every method. It names no engine: each engine's module declares what `Db`, `Row`, `Engine`,
//! `queries` and a few functions mean for it and compiles the body in. Queries stand in `queries/`, in a file named after what
//! they do: `<name>.sql` for every engine, `<name>.sqlite.sql` and `<name>.postgres.sql` where one needs its own. Values never become part of SQL
//! text; any number of rows travels as one JSON parameter, with bytes in hex.
#![expect(
    clippy::duplicate_mod,
    reason = "one body is compiled once per engine (docs/spec/style.md, habit 5)"
)]

mod postgres;
mod sqlite;

pub use postgres::{Postgres, PostgresOptions, Privileges};
pub use sqlite::{Sqlite, SqliteOptions};
