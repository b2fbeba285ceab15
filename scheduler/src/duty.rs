//! A duty that is done again and again.

use std::time::Duration;

use stet_ops::OpError;
use tokio::time::MissedTickBehavior;

/// Does `work` at once and then every `every`; a failure is logged and the next tick tries again.
pub(crate) async fn repeat<F>(name: &'static str, every: Duration, work: impl Fn() -> F)
where
    F: Future<Output = Result<(), OpError>>,
{
    let mut tick = tokio::time::interval(every);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        if let Err(error) = work().await {
            tracing::warn!(duty = name, %error, "a duty failed and will be tried again");
        }
    }
}
