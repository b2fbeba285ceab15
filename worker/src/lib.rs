//! What a cell does: claim, build, call, check, record.
//!
//! A [`Worker`] looks at the rows, claims what is due as far as it has free slots, executes each run in a task of its own and
//! commits results in groups. Rows own state, lease and fence (docs/spec/reliability.md); nothing here is the only holder of work.

mod admissions;
mod away;
mod cell;
mod doorbell;
mod exchanges;
mod executor;
mod hints;
mod last_life;
mod leases;
mod meter;
mod options;
mod preflight;
mod providers;
mod recorder;
mod sight;
mod standing;
mod tally;
mod templates;

pub use doorbell::Doorbell;
pub use executor::Worker;
pub use options::WorkerOptions;
pub use providers::{Providers, VersionSources};
pub use tally::Tally;
