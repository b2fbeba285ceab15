//! A run's end, for those who would rather wait.

use std::time::Duration;

use stet_domain::ids::RunId;
use stet_store::RunView;
use tokio::time::Instant;

use super::required_run;
use crate::{Actor, OpError, Operation, Ops};

/// The longest wait; a longer one is cut to it.
pub const MAX_RUN_WAIT: Duration = Duration::from_mins(2);

/// How often a run that ends in another process is looked at.
const POLL: Duration = Duration::from_millis(500);

impl Ops {
    /// The run once it is terminal, or as it stands after `wait`. No transaction is open meanwhile.
    ///
    /// # Errors
    /// [`OpError::NotFound`]; [`OpError::Store`].
    pub async fn wait_run(&self, actor: &Actor, id: RunId, wait: Duration) -> Result<RunView, OpError> {
        actor.may(Operation::GetRun)?;
        let deadline = Instant::now() + wait.min(MAX_RUN_WAIT);
        loop {
            let bell = self.waiters.bell(id);
            let ended = bell.notified();
            tokio::pin!(ended);
            // Listening begins before the look, so that no end falls between the two.
            ended.as_mut().enable();
            let view = {
                let mut tx = self.store().read(&actor.org).await?;
                required_run(&mut *tx, id).await?
            };
            let now = Instant::now();
            if view.row.status.is_terminal() || now >= deadline {
                return Ok(view);
            }
            let pause = tokio::time::sleep_until(deadline.min(now + POLL));
            tokio::select! {
                () = ended => {}
                () = pause => {}
            }
        }
    }
}
