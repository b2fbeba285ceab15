//! Listening: one apalis worker, started again under another name whenever it ends.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use apalis::prelude::{
    BackendExt as _, PollSnapshot, PollStrategy, Strategy, Worker, WorkerContext, WorkerError,
};
use apalis_postgres::{Config, PostgresStorage, Pubsub};
use stet_domain::causes::with_causes;
use stet_domain::ids::{Incarnation, OrgId, RunId};
use tokio::sync::mpsc;
use tokio::time::{Instant, Sleep};
use tokio_util::sync::{CancellationToken, PollSender};
use tower::layer::util::Identity;

use super::PostgresQueue;
use super::letters::Letters;
use crate::ear::Ear;
use crate::pulse::Pulse;
use crate::{QUEUE, backoff};

/// The queue is looked at so often even when no notification comes, at most every 500 ms: each listener at an interval of its own, by its name.
const LOOK_SHORTEST: Duration = Duration::from_millis(375);
const LOOK_SPREAD: Duration = Duration::from_millis(125);
/// How often a listener says that it lives.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// Heartbeats missed until others take what a listener had fetched: one hint.
const HEARTBEATS_MISSED: usize = 6;
/// A listener that lasted for so long was well: what ended it is met as the first failure.
const WELL_AFTER: Duration = Duration::from_mins(1);
/// How long a listener may take to put down what it has fetched.
const CLOSE: Duration = Duration::from_secs(5);

impl PostgresQueue {
    /// Hands every hint that it hears to `hints`, and fetches none while there is no room; until `stop`. A listener that ends, as it does with its
    /// database, is started again under a name of its own after a growing wait.
    pub async fn listen(
        &self,
        process: &Incarnation,
        hints: mpsc::Sender<Vec<(OrgId, RunId)>>,
        pulse: Pulse,
        stop: CancellationToken,
    ) {
        let (mut starts, mut failures) = (0_u32, 0_u32);
        while !stop.is_cancelled() {
            pulse.beat();
            starts += 1;
            let name = format!("{process}-{starts}");
            let began = Instant::now();
            let ended = self.listen_once(&name, hints.clone(), pulse.clone(), &stop).await;
            if stop.is_cancelled() || hints.is_closed() {
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
                () = stop.cancelled() => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    async fn listen_once(
        &self,
        name: &str,
        hints: mpsc::Sender<Vec<(OrgId, RunId)>>,
        pulse: Pulse,
        stop: &CancellationToken,
    ) -> Result<(), WorkerError> {
        let config = Config::default()
            .queue(QUEUE)
            // One at a time: what is fetched is handed on before the next, so that nothing waits here and every heartbeat is sent.
            .batch_size(1)
            .lock_tasks(false)
            .heartbeat_interval(HEARTBEAT)
            .missed_heartbeats(HEARTBEATS_MISSED);
        let every = LOOK_SHORTEST + LOOK_SPREAD * backoff::share(name, 0) / 255;
        let strategy = Strategy::new()
            .apply(Every { every, next: None })
            .stream(Pubsub::new(self.pool.clone(), QUEUE.to_owned()));
        // Args are the payload's bytes and are not decoded by the library: a message that it cannot decode would end the worker.
        let backend =
            PostgresStorage::<Vec<u8>>::new(&self.pool).with_config(config).poll_with_strategy(strategy);
        let letters = Letters { pool: self.pool.clone(), met_by: name.to_owned() };
        let ear = Ear { hints: PollSender::new(hints), letters: Arc::new(letters), pulse };
        let context = WorkerContext::new(name);
        let running = Worker::<Vec<u8>, _, _, _>::new(context.clone(), backend, ear, Identity::new()).run();
        tokio::pin!(running);
        tokio::select! {
            ended = &mut running => return ended,
            () = stop.cancelled() => {}
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

/// Wakes the worker at an interval. The library's own strategy arms its next wake-up only when it is asked again.
struct Every {
    every: Duration,
    next: Option<Pin<Box<Sleep>>>,
}

impl PollStrategy for Every {
    fn poll_drive(&mut self, cx: &mut Context<'_>, _: &PollSnapshot) -> Poll<Option<()>> {
        let every = self.every;
        let next = self.next.get_or_insert_with(|| Box::pin(tokio::time::sleep(every)));
        if next.as_mut().poll(cx).is_pending() {
            return Poll::Pending;
        }
        next.as_mut().reset(Instant::now() + every);
        // Asked once more, so that it wakes this task when it is due.
        if next.as_mut().poll(cx).is_ready() {
            cx.waker().wake_by_ref();
        }
        Poll::Ready(Some(()))
    }
}
