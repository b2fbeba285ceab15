//! The engines under the suite of the port, and what is particular to each.

mod sqlite;
