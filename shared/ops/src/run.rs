//! Runs, as their submitters see them.

mod get_run;
mod list_attempts;
mod list_runs;
pub(crate) mod prove_runs;
mod run_blockers;
mod submit_run;
mod verify_run;
mod wait_run;

use stet_domain::ids::RunId;
use stet_store::{RunView, Tx};

use crate::OpError;

pub use run_blockers::{RunBlocker, RunBlockers};
pub use submit_run::RunSubmission;
pub use wait_run::MAX_RUN_WAIT;

/// The run, or that there is none.
pub(crate) async fn required_run(tx: &mut dyn Tx, id: RunId) -> Result<RunView, OpError> {
    tx.get_run(id).await?.ok_or(OpError::not_found("run"))
}
