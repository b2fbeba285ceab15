//! A duty that is done again and again.

use std::time::Duration;

use stet_coord::CoordError;
use stet_domain::bell::BellError;
use stet_domain::causes::with_causes;
use stet_ops::OpError;
use tokio::time::MissedTickBehavior;

use crate::ticks::Ticks;

/// Why a duty was not done this time.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DutyError {
    #[error(transparent)]
    Op(#[from] OpError),
    #[error("whose tick it is cannot be found out")]
    Coord(#[from] CoordError),
    #[error(transparent)]
    Bell(#[from] BellError),
}

/// Does `work` at once and then every `every`, where the tick is this process's; the first of several failures is logged and the next tick tries again.
pub(crate) async fn repeat<F>(name: &'static str, every: Duration, ticks: &Ticks, work: impl Fn() -> F)
where
    F: Future<Output = Result<(), DutyError>>,
{
    let mut tick = tokio::time::interval(every);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut failing = false;
    loop {
        tick.tick().await;
        let done = async { if ticks.fire(name, every).await? { work().await } else { Ok(()) } };
        let done = done.await;
        match &done {
            Ok(()) if failing => tracing::info!(duty = name, "a duty is done again"),
            Ok(()) => {}
            Err(error) if failing => {
                tracing::debug!(duty = name, error = with_causes(error), "a duty failed once more");
            }
            Err(error) => {
                tracing::warn!(
                    duty = name,
                    error = with_causes(error),
                    "a duty failed and will be tried again"
                );
            }
        }
        failing = done.is_err();
    }
}
