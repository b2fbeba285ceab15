//! The methods of the port, for whichever engine compiles this module.

mod api_keys;
mod attempts;
mod batches;
mod columns;
mod counters;
mod idempotency;
mod key_checks;
mod migrations;
mod page;
mod params;
mod runs;
mod store;
mod templates;
mod transaction;

use super::{BEGIN_READ, BEGIN_WRITE, Db, Engine, MIGRATOR, Row, classify, queries};
use columns::Columns;
use transaction::Transaction;
