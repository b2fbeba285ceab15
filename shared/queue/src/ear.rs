//! What apalis calls for each message: reads it, hands the ids over and answers at once.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use apalis::prelude::{BoxDynError, Task};
use async_trait::async_trait;
use stet_domain::bell::Heard;
use stet_domain::metric::Metric;
use tokio_util::sync::PollSender;

use crate::hint::Hint;
use crate::pulse::Pulse;

/// Where messages go that nobody can read.
#[async_trait]
pub(crate) trait DeadLetters: Send + Sync {
    /// Keeps one, with the reason.
    async fn keep(&self, payload: &[u8], reason: &str) -> Result<(), BoxDynError>;
}

/// The service under apalis' worker. It is ready while whoever executes has room for one more hint, so that none is fetched that would wait here while
/// another process is idle; and it never holds a message longer than it takes to read it (reliability.md rule 1).
pub(crate) struct Ear {
    pub(crate) hints: PollSender<Heard>,
    pub(crate) letters: Arc<dyn DeadLetters>,
    pub(crate) pulse: Pulse,
}

type Answer = Pin<Box<dyn Future<Output = Result<(), BoxDynError>> + Send>>;

impl tower::Service<Task<Vec<u8>>> for Ear {
    type Response = ();
    type Error = BoxDynError;
    type Future = Answer;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxDynError>> {
        // The loop asks on every round, the heartbeat's too, whether or not there is room.
        self.pulse.beat();
        self.hints.poll_reserve(cx).map_err(Into::into)
    }

    fn call(&mut self, task: Task<Vec<u8>>) -> Answer {
        match Hint::decode(&task.args) {
            Ok(hint) => {
                metrics::counter!(Metric::HintsHeard.name()).increment(1);
                tracing::debug!(runs = hint.runs.len(), traceparent = hint.traceparent, "a hint was heard");
                let handed = self.hints.send_item(Heard::now(hint.runs)).map_err(Into::into);
                Box::pin(std::future::ready(handed))
            }
            Err(reason) => {
                self.hints.abort_send();
                metrics::counter!(Metric::DeadLetters.name()).increment(1);
                tracing::warn!(%reason, bytes = task.args.len(), "a message cannot be read; it is kept in dead_letters");
                let letters = Arc::clone(&self.letters);
                Box::pin(async move { letters.keep(&task.args, &reason.to_string()).await })
            }
        }
    }
}
