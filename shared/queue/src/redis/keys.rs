//! The names of what the library keeps in Redis.

use apalis_redis::Config;

use crate::listen::HEARTBEAT;

/// Heartbeats missed until others take what a listener had fetched: one hint, which was rung again long before. They compare the clocks of two machines, so that a
/// machine whose clock is an hour off must not end the listeners of all others: two hours and a half.
const HEARTBEATS_MISSED: usize = 1_800;

/// The library's configuration, by which it names its keys.
#[derive(Debug, Clone)]
pub(super) struct Keys(Config);

impl Keys {
    /// Those of one installation; several may share a Redis.
    pub(super) fn of(installation: &str) -> Self {
        let config = Config::default()
            .queue(format!("stet:{installation}:hints"))
            // One at a time: what is fetched is handed on before the next, so that nothing waits here, every heartbeat is sent, and no set of what is in
            // flight grows until a script cannot take it apart.
            .batch_size(1)
            .lock_tasks(false)
            .emit_events(false)
            .heartbeat_interval(HEARTBEAT)
            .missed_heartbeats(HEARTBEATS_MISSED);
        Self(config)
    }

    pub(super) fn config(&self) -> &Config {
        &self.0
    }

    /// Where who listens is told that something waits.
    pub(super) fn channel(&self) -> String {
        format!("{}:rung", self.0.queue)
    }

    /// Where ids of hints are counted.
    pub(super) fn counter(&self) -> String {
        format!("{}:ids", self.0.queue)
    }

    /// Before a listener's name, the key of what is said of it.
    pub(super) fn workers_metadata(&self) -> String {
        format!("{}:workers:metadata", self.0.queue)
    }
}
