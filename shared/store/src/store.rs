//! The port itself.

use async_trait::async_trait;
use stet_domain::Provider;
use stet_domain::clock::Timestamp;
use stet_domain::ids::{ApiKeyId, BatchId, OrgId, RunId, ScheduleId};

use crate::{
    ApiKeyRow, ApiKeys, Attempts, AuditLog, Backlog, Batches, CanaryLooks, Checks, Horizon, Idempotency,
    KeyCheck, OfferedPreflight, OfferedRun, Runs, Schedules, Segments, StoreError, Templates, Wanted,
};

/// A transaction of one org; dropped without [`Tx::commit`] it leaves nothing behind.
#[async_trait]
pub trait Tx:
    ApiKeys
    + Attempts
    + AuditLog
    + Batches
    + CanaryLooks
    + Checks
    + Idempotency
    + Runs
    + Schedules
    + Segments
    + Templates
    + Send
{
    /// Makes all of it durable.
    async fn commit(self: Box<Self>) -> Result<(), StoreError>;
}

/// A database.
#[async_trait]
pub trait Store: Send + Sync {
    /// Begins a transaction that may write; on an engine with one writer it waits for its turn.
    async fn begin(&self, org: &OrgId) -> Result<Box<dyn Tx>, StoreError>;

    /// Begins a transaction that only reads, from one snapshot.
    async fn read(&self, org: &OrgId) -> Result<Box<dyn Tx>, StoreError>;

    /// Begins a transaction for renewals of leases alone: it never waits behind other work of this process (reliability.md rule 3), unless the engine has
    /// one writer.
    async fn begin_renewal(&self, org: &OrgId) -> Result<Box<dyn Tx>, StoreError>;

    /// The database's clock (reliability.md rule 9).
    async fn now(&self) -> Result<Timestamp, StoreError>;

    /// Whether the database answers and its schema is this build's.
    async fn ready(&self) -> Result<(), StoreError>;

    /// Brings the schema up to this build; answers how many migrations ran.
    async fn migrate(&self) -> Result<usize, StoreError>;

    /// Makes the org if it is not there.
    async fn ensure_org(&self, org: &OrgId, at: Timestamp) -> Result<(), StoreError>;

    /// The key of that id, in whatever org: the one read that comes before an org is known.
    async fn find_api_key(&self, id: &ApiKeyId) -> Result<Option<ApiKeyRow>, StoreError>;

    /// The checks of every key that this database was ever served with.
    async fn key_checks(&self) -> Result<Vec<KeyCheck>, StoreError>;

    /// Keeps the checks whose key is new; answers those whose key stands with another check, and then keeps none.
    async fn keep_key_checks(&self, checks: &[KeyCheck], at: Timestamp) -> Result<Vec<KeyCheck>, StoreError>;

    /// Runs of the wanted providers that may be claimed now, in turn over orgs and batches.
    async fn offered_runs(&self, wanted: &Wanted) -> Result<Vec<OfferedRun>, StoreError>;

    /// Those of the hinted runs that may be claimed now and are of the given providers, each once.
    async fn hinted_runs(
        &self,
        hinted: &[(OrgId, RunId)],
        providers: &[Provider],
    ) -> Result<Vec<OfferedRun>, StoreError>;

    /// Batches of the wanted providers whose preflight is due.
    async fn offered_preflights(&self, wanted: &Wanted) -> Result<Vec<OfferedPreflight>, StoreError>;

    /// Runs whose lease has expired, at most `limit`.
    async fn expired_runs(&self, limit: u32) -> Result<Vec<(OrgId, RunId)>, StoreError>;

    /// Batches that are `running` with every current run terminal, at most `limit`: a completion that was lost with its process.
    async fn finished_batches(&self, limit: u32) -> Result<Vec<(OrgId, BatchId)>, StoreError>;

    /// Which transactions are open, by numbers that only grow.
    async fn horizon(&self) -> Result<Horizon, StoreError>;

    /// Orgs with terminal runs that no segment holds, with the moment at which the first of them was recorded; the longest waiting first, at most
    /// `limit`.
    async fn unsealed_orgs(&self, limit: u32) -> Result<Vec<(OrgId, Timestamp)>, StoreError>;

    /// Active schedules that are due, the longest waiting first, at most `limit`.
    async fn due_schedules(&self, limit: u32) -> Result<Vec<(OrgId, ScheduleId)>, StoreError>;

    /// The orgs whose rows an auditor is to look at, in order.
    async fn audited_orgs(&self) -> Result<Vec<OrgId>, StoreError>;

    /// When the next waiting run or preflight of these providers is due; `None` where nothing waits.
    async fn next_offer(&self, providers: &[Provider]) -> Result<Option<Timestamp>, StoreError>;

    /// What waits, by provider, over all orgs; a provider that nothing waits for and nobody calls may be left out.
    async fn backlog(&self) -> Result<Vec<Backlog>, StoreError>;

    /// Forgets idempotency records that expired before `now`, at most `limit`; answers how many.
    async fn prune_idempotency(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError>;

    /// Has the engine look at tables that have doubled since it last did, so that plans which are kept are made anew; answers how many. Nothing where an engine keeps
    /// no plan that could be wrong.
    async fn learn_sizes(&self) -> Result<u64, StoreError>;
}
