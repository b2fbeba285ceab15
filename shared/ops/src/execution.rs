//! What workers and the scheduler drive: no actor, an org given, one transaction per call.

mod claim_preflight;
mod claim_runs;
mod commit_runs;
mod finish_preflight;
mod hinted_runs;
mod is_paused;
mod learn_sizes;
mod listed_model;
mod load_template;
mod next_offer;
mod offered_preflights;
mod offered_runs;
mod pause;
mod poisoned;
mod preflight_end;
mod prune;
mod release_preflight;
mod release_runs;
mod renew_leases;
mod retry_preflight;
mod retry_runs;
mod seal_run;
mod sweep;

use std::time::Duration;

pub use preflight_end::{PreflightEnd, PreflightLock};
pub use retry_preflight::PreflightRetry;
pub use retry_runs::RunRetry;
pub use seal_run::RunResult;
pub use sweep::Swept;

/// How long a claim, a renewal or a sweep waits for its turn at the database: others are to be served, and it is tried again. Who writes results waits as long as it
/// takes, for the rows that it holds meanwhile are nobody else's.
const EXECUTOR_PATIENCE: Duration = Duration::from_secs(5);
