//! The methods of the port, for whichever engine compiles this module.

mod api_keys;
mod attempts;
mod audit;
mod backlog;
mod batches;
mod canary_looks;
mod checks;
mod columns;
mod counters;
mod idempotency;
mod key_checks;
mod migrations;
mod offers;
mod page;
pub(super) mod params;
mod runs;
mod schedules;
mod segments;
mod store;
mod templates;
mod transaction;

use super::{
    BEFORE_CLAIM, BEFORE_COMPLETION, BEFORE_PAUSE, BEGIN_READ, BEGIN_WRITE, CLAIMS_WHOLE, Db, Engine,
    LEARN_SIZES, MIGRATOR, Row, SCOPE_TO_READ, SCOPE_TO_WRITE, Told, begin_migrations, classify, is_cut_off,
    queries,
};
pub(super) use columns::Columns;
pub(super) use transaction::Query;
use transaction::Transaction;
