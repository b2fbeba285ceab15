//! A run, proved.

use stet_domain::ids::RunId;

use super::prove_runs::ProvedTemplates;
use crate::{Actor, OpError, Operation, Ops, Verification};

impl Ops {
    /// Recomputes every hash and the HMAC of a run, of its template and of its exchanges from what is stored. A run that has not ended, or was
    /// cancelled, has no identity: its template, inputs and exchanges are checked alone.
    ///
    /// # Errors
    /// [`OpError::NotFound`]; [`OpError::Store`]. A mismatch is no error but what the answer tells.
    pub async fn verify_run(&self, actor: &Actor, id: RunId) -> Result<Verification, OpError> {
        actor.may(Operation::VerifyRun)?;
        let proved = self.prove_runs(&actor.org, &[id], &mut ProvedTemplates::new()).await;
        Verification::of(proved.and_then(|mut proved| proved.pop().ok_or(OpError::not_found("run"))))
    }
}
