//! The connection to Redis: short answers or none.

use std::sync::Arc;
use std::time::{Duration, Instant};

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, RedisError};
use secrecy::{ExposeSecret as _, SecretString};
use stet_domain::metric::Metric;

use super::outage::Outage;

/// How long one operation may take: beyond it the rows are faster.
const ANSWER: Duration = Duration::from_millis(500);

/// How long a process that starts tries to reach Redis.
const REACHED_WITHIN: Duration = Duration::from_secs(10);

/// Between two tries at the start.
const TRY_EVERY: Duration = Duration::from_millis(250);

/// A Redis that a process cannot start with; no message holds the address, for its password.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// The address is none.
    #[error("the address is none")]
    Address(#[source] RedisError),
    /// Nobody answered.
    #[error("it did not answer within {} s", REACHED_WITHIN.as_secs())]
    Unreachable(#[source] Option<RedisError>),
}

/// A connection that comes back by itself, shared by what stands on it; cheap to clone.
#[derive(Clone)]
pub struct RedisLink {
    connection: ConnectionManager,
    prefix: Arc<str>,
    outage: Arc<Outage>,
}

impl RedisLink {
    /// Connects, for 10 s at most. `installation` keeps the keys of databases apart that share a Redis.
    ///
    /// # Errors
    /// [`LinkError`].
    pub async fn open(url: &SecretString, installation: &str) -> Result<Self, LinkError> {
        let client = Client::open(url.expose_secret()).map_err(LinkError::Address)?;
        let config = ConnectionManagerConfig::new()
            .set_response_timeout(Some(ANSWER))
            .set_connection_timeout(Some(ANSWER))
            .set_max_delay(TRY_EVERY)
            .set_number_of_retries(1);
        let connection =
            ConnectionManager::new_lazy_with_config(client, config).map_err(LinkError::Address)?;
        let link = Self {
            connection,
            prefix: format!("stet:{installation}").into(),
            outage: Arc::new(Outage::default()),
        };
        link.reach().await?;
        Ok(link)
    }

    async fn reach(&self) -> Result<(), LinkError> {
        let deadline = Instant::now() + REACHED_WITHIN;
        loop {
            let mut connection = self.connection.clone();
            let ping = redis::cmd("PING");
            let asked = tokio::time::timeout(ANSWER, ping.query_async::<String>(&mut connection)).await;
            let error = match asked {
                Ok(Ok(_pong)) => return Ok(()),
                Ok(Err(error)) => Some(error),
                Err(_elapsed) => None,
            };
            if Instant::now() >= deadline {
                return Err(LinkError::Unreachable(error));
            }
            tokio::time::sleep(TRY_EVERY).await;
        }
    }

    /// The key of a thing of this installation.
    pub(super) fn key(&self, kind: &str, name: impl std::fmt::Display) -> String {
        format!("{}:{kind}:{name}", self.prefix)
    }

    /// What the operation answers; `None` where Redis does not, and the caller goes on without it.
    pub(super) async fn ask<T, F>(
        &self,
        operation: &'static str,
        ask: impl FnOnce(ConnectionManager) -> F,
    ) -> Option<T>
    where
        F: Future<Output = Result<T, RedisError>>,
    {
        if !self.outage.may_try(Instant::now()) {
            return None;
        }
        let said = match tokio::time::timeout(ANSWER, ask(self.connection.clone())).await {
            Ok(Ok(answer)) => {
                if let Some(down) = self.outage.answered(Instant::now()) {
                    tracing::info!(down_ms = down.as_millis(), "Redis answers again");
                }
                return Some(answer);
            }
            Ok(Err(error)) => error.to_string(),
            Err(_elapsed) => format!("no answer within {} ms", ANSWER.as_millis()),
        };
        metrics::counter!(Metric::RedisFailures.name(), "operation" => operation).increment(1);
        if self.outage.failed(Instant::now()) {
            tracing::warn!(operation, error = said, "Redis does not answer; the rows are asked instead");
        }
        None
    }

    /// Counts what was refused without asking the rows.
    pub(super) fn refused(what: &'static str, count: usize) {
        metrics::counter!(Metric::RedisRefusals.name(), "what" => what).increment(count as u64);
    }
}

impl std::fmt::Debug for RedisLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RedisLink").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}
