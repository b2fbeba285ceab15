//! Single-flight per run in Redis.

use async_trait::async_trait;
use stet_domain::ids::{OrgId, RunId};

use super::link::RedisLink;
use crate::RunFlights;

/// How long a run's hint refuses others. Long enough that copies of one hint, which processes take within milliseconds, meet it; short enough to be in nobody's way:
/// the scheduler rings for the same run no sooner than 10 s after, and whatever else becomes due within it (a retry, a lease that ended, a run that its first hearer
/// did not claim) is found by the look at the rows, which every worker takes at least each 2 s and which is never refused.
const FOR_MS: u64 = 2_000;

/// Runs that one round trip asks about, at most (reliability.md rule 13).
const RUNS_MAX: usize = 500;

/// A key a run, set by whoever hears of it first.
#[derive(Debug, Clone)]
pub struct RedisRunFlights(RedisLink);

impl RedisRunFlights {
    /// Over that connection.
    #[must_use]
    pub const fn new(link: RedisLink) -> Self {
        Self(link)
    }
}

#[async_trait]
impl RunFlights for RedisRunFlights {
    async fn untold(&self, runs: Vec<(OrgId, RunId)>) -> Vec<(OrgId, RunId)> {
        let mut untold = Vec::with_capacity(runs.len());
        for chunk in runs.chunks(RUNS_MAX) {
            let mut sets = redis::pipe();
            for (org, run) in chunk {
                let key = self.0.key("run", format_args!("{org}/{run}"));
                sets.cmd("SET").arg(key).arg(1).arg("NX").arg("PX").arg(FOR_MS);
            }
            let set: Option<Vec<Option<String>>> = self
                .0
                .ask("take_runs", |mut connection| async move { sets.query_async(&mut connection).await })
                .await;
            match set {
                Some(set) => {
                    let first = chunk.iter().zip(set).filter(|(_, said)| said.is_some());
                    untold.extend(first.map(|(run, _)| run.clone()));
                }
                None => untold.extend_from_slice(chunk),
            }
        }
        RedisLink::refused("hint", runs.len() - untold.len());
        untold
    }
}
