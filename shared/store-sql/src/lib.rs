//! The storage port on SQL engines: one body, one query file per method.
//!
//! `body` is the one Rust text of every method. It names no engine: each engine's module declares what `Db`, `Row`, `Engine`,
//! `queries` and a few functions mean for it and compiles the body in. Queries stand in `queries/`, in a file named after what
//! they do: `<name>.sql` for every engine, `<name>.sqlite.sql` where SQLite needs its own. Values never become part of SQL
//! text; any number of rows travels as one JSON parameter, with bytes in hex.

mod sqlite;

pub use sqlite::{Sqlite, SqliteOptions};
