//! Listening on Redis: woken by what is published, and at an interval.

use apalis::prelude::{BackendExt as _, Strategy, Worker, WorkerContext};
use apalis_redis::RedisStorage;
use redis::aio::PubSubStream;
use redis::{Client, RedisError};
use tower::layer::util::Identity;

use super::{CONNECT, RedisQueue};
use crate::ear::Ear;
use crate::every::Every;
use crate::listen::Listener;

impl RedisQueue {
    /// A listener of that name. One that cannot be told of rings looks at the interval alone.
    pub(super) fn listener(&self, context: WorkerContext, ear: Ear) -> Listener {
        let (client, channel) = (self.client.clone(), self.keys.channel());
        // Args are the payload's bytes and are not decoded by the library: a message that it cannot decode would end the worker.
        let storage =
            RedisStorage::<Vec<u8>>::new(self.connection.clone()).with_config(self.keys.config().clone());
        Box::pin(async move {
            let mut strategy = Strategy::new().apply(Every::of(context.name()));
            match tokio::time::timeout(CONNECT, rung(client, channel)).await {
                Ok(Ok(rung)) => strategy = strategy.stream(rung),
                Ok(Err(error)) => tracing::debug!(%error, "the listener is not told of rings"),
                Err(_elapsed) => tracing::debug!("the listener is not told of rings in time"),
            }
            let backend = storage.poll_with_strategy(strategy);
            Worker::<Vec<u8>, _, _, _>::new(context, backend, ear, Identity::new()).run().await
        })
    }
}

/// What is published with each ring, over a connection of its own.
async fn rung(client: Client, channel: String) -> Result<PubSubStream, RedisError> {
    let mut told = client.get_async_pubsub().await?;
    told.subscribe(channel).await?;
    Ok(told.into_on_message())
}
