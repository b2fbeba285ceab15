//! Listening on PostgreSQL: woken by notifications, and at an interval.

use apalis::prelude::{BackendExt as _, Strategy, Worker, WorkerContext};
use apalis_postgres::{Config, PostgresStorage, Pubsub};
use tower::layer::util::Identity;

use super::PostgresQueue;
use crate::QUEUE;
use crate::ear::Ear;
use crate::every::Every;
use crate::listen::{HEARTBEAT, Listener};

/// Heartbeats missed until others take what a listener had fetched: one hint.
const HEARTBEATS_MISSED: usize = 6;

impl PostgresQueue {
    /// A listener of that name.
    pub(super) fn listener(&self, context: WorkerContext, ear: Ear) -> Listener {
        let config = Config::default()
            .queue(QUEUE)
            // One at a time: what is fetched is handed on before the next, so that nothing waits here and every heartbeat is sent.
            .batch_size(1)
            .lock_tasks(false)
            .heartbeat_interval(HEARTBEAT)
            .missed_heartbeats(HEARTBEATS_MISSED);
        let strategy = Strategy::new()
            .apply(Every::of(context.name()))
            .stream(Pubsub::new(self.pool.clone(), QUEUE.to_owned()));
        // Args are the payload's bytes and are not decoded by the library: a message that it cannot decode would end the worker.
        let backend =
            PostgresStorage::<Vec<u8>>::new(&self.pool).with_config(config).poll_with_strategy(strategy);
        Box::pin(Worker::<Vec<u8>, _, _, _>::new(context, backend, ear, Identity::new()).run())
    }
}
