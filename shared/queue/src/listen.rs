//! Listening: one apalis worker, started again under another name whenever it ends.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use apalis::prelude::{WorkerContext, WorkerError};
use sqlx::PgPool;
use stet_domain::bell::Heard;
use stet_domain::causes::with_causes;
use stet_domain::ids::Incarnation;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::{CancellationToken, PollSender};

use crate::backoff;
use crate::ear::Ear;
use crate::letters::Letters;
use crate::pulse::Pulse;

/// How often a listener says that it lives.
pub(crate) const HEARTBEAT: Duration = Duration::from_secs(5);
/// A listener that lasted for so long was well: what ended it is met as the first failure.
const WELL_AFTER: Duration = Duration::from_mins(1);
/// How long a listener may take to put down what it has fetched.
const CLOSE: Duration = Duration::from_secs(5);

/// One listener, until it ends or its context is told to stop.
pub(crate) type Listener = Pin<Box<dyn Future<Output = Result<(), WorkerError>> + Send>>;

/// To whom hints are handed, and until when.
pub(crate) struct Hearing<'a> {
    pub(crate) process: &'a Incarnation,
    pub(crate) hints: mpsc::Sender<Heard>,
    pub(crate) pulse: Pulse,
    pub(crate) stop: CancellationToken,
    /// Where dead letters are kept.
    pub(crate) rows: PgPool,
}

impl Hearing<'_> {
    /// Starts a listener by `start` again and again, each under a name of its own after a growing wait, until `stop`.
    pub(crate) async fn keep(self, start: impl Fn(WorkerContext, Ear) -> Listener) {
        let (mut starts, mut failures) = (0_u32, 0_u32);
        while !self.stop.is_cancelled() {
            self.pulse.beat();
            starts += 1;
            let name = format!("{}-{starts}", self.process);
            let began = Instant::now();
            let ended = self.once(&name, &start).await;
            if self.stop.is_cancelled() || self.hints.is_closed() {
                break;
            }
            failures = if began.elapsed() > WELL_AFTER { 0 } else { failures.saturating_add(1) };
            let wait = backoff::wait(&name, failures);
            let error = ended.err().map(|error| with_causes(&error));
            tracing::warn!(
                error,
                again_in_ms = wait.as_millis(),
                "the listener of the queue ended; another is started"
            );
            tokio::select! {
                () = self.stop.cancelled() => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    async fn once(
        &self,
        name: &str,
        start: &impl Fn(WorkerContext, Ear) -> Listener,
    ) -> Result<(), WorkerError> {
        let letters = Letters { pool: self.rows.clone(), met_by: name.to_owned() };
        let hints = PollSender::new(self.hints.clone());
        let ear = Ear { hints, letters: Arc::new(letters), pulse: self.pulse.clone() };
        let context = WorkerContext::new(name);
        let mut running = start(context.clone(), ear);
        tokio::select! {
            ended = &mut running => return ended,
            () = self.stop.cancelled() => {}
        }
        if let Err(error) = context.stop() {
            tracing::debug!(%error, "the listener had stopped");
        }
        match tokio::time::timeout(CLOSE, running).await {
            Ok(ended) => ended,
            Err(_too_long) => Ok(()),
        }
    }
}
