//! What every operation stands on.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use secrecy::SecretSlice;
use stet_coord::{Members, ProviderGates, ProviderVersions};
use stet_domain::Provider;
use stet_domain::als::Keyring;
use stet_domain::clock::{Clock, Ids};
use stet_domain::limits::Limits;
use stet_domain::provider_limits::ProviderLimits;
use stet_domain::record::RecordKeys;
use stet_domain::task::TaskRunner;
use stet_store::Store;

use crate::waiters::Waiters;

/// The server's secret that API keys are hashed under: at least 32 bytes; never printed.
pub struct Pepper(pub SecretSlice<u8>);

impl fmt::Debug for Pepper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pepper([REDACTED])")
    }
}

/// Settings of the operations, with their defaults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpsSettings {
    /// The limits that submissions are held to.
    pub limits: Limits,
    /// `IDEMPOTENCY_TTL_SECONDS`: how long a key is remembered.
    pub idempotency_ttl_seconds: u32,
    /// `LEASE_SECONDS`: how long a claim holds without renewal.
    pub lease_seconds: u32,
    /// `WORKER_CONCURRENCY`: the slots of a worker like this process's settings would make one.
    pub worker_concurrency: u32,
    /// How many lost attempts end a run as POISON (reliability.md rule 6).
    pub crash_limit: u32,
    /// The providers that this server has credentials and an address for.
    pub providers: BTreeSet<Provider>,
    /// What their accounts allow; one that is not named is not limited.
    pub provider_limits: BTreeMap<Provider, ProviderLimits>,
}

impl OpsSettings {
    /// After so many crashes a run is on its last life.
    #[must_use]
    pub const fn last_life(&self) -> u32 {
        self.crash_limit.saturating_sub(1)
    }
}

impl Default for OpsSettings {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            idempotency_ttl_seconds: 86_400,
            lease_seconds: 60,
            worker_concurrency: 256,
            crash_limit: 3,
            providers: BTreeSet::new(),
            provider_limits: BTreeMap::new(),
        }
    }
}

/// The parts of an [`Ops`].
pub struct OpsParts {
    /// The system of record.
    pub store: Arc<dyn Store>,
    /// The wall clock of this process, for records.
    pub clock: Arc<dyn Clock>,
    /// Ids and randomness.
    pub ids: Arc<dyn Ids>,
    /// Rung after a commit that makes something due.
    pub tasks: Arc<dyn TaskRunner>,
    /// The providers' model lists.
    pub versions: Arc<ProviderVersions>,
    /// The gates before providers, shared by all processes.
    pub gates: Arc<dyn ProviderGates>,
    /// Who works on the database.
    pub members: Arc<dyn Members>,
    /// The ALS secrets by key id (`ALS_SECRETS`), where any are configured.
    pub als_keys: Option<Arc<Keyring>>,
    /// The keys of record HMACs by id.
    pub record_keys: Arc<RecordKeys>,
    /// The secret that API keys are hashed under.
    pub pepper: Pepper,
    /// Limits and durations.
    pub settings: OpsSettings,
}

/// The operations: cheap to clone, shared by every task of a process.
#[derive(Clone)]
pub struct Ops {
    pub(crate) parts: Arc<OpsParts>,
    pub(crate) waiters: Arc<Waiters>,
}

impl Ops {
    /// Operations over the given parts.
    #[must_use]
    pub fn new(parts: OpsParts) -> Self {
        Self { parts: Arc::new(parts), waiters: Arc::new(Waiters::default()) }
    }

    /// The settings in force.
    #[must_use]
    pub fn settings(&self) -> &OpsSettings {
        &self.parts.settings
    }

    /// The ALS secrets, for those who build requests; `None` where none are configured.
    #[must_use]
    pub fn als_keys(&self) -> Option<&Keyring> {
        self.parts.als_keys.as_deref()
    }

    /// The gates before providers, for those who call them.
    #[must_use]
    pub fn gates(&self) -> &Arc<dyn ProviderGates> {
        &self.parts.gates
    }

    /// What the provider's account allows.
    #[must_use]
    pub fn provider_limits(&self, provider: Provider) -> ProviderLimits {
        self.parts.settings.provider_limits.get(&provider).copied().unwrap_or_default()
    }

    /// The clock of this process.
    #[must_use]
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.parts.clock
    }

    /// Ids and randomness.
    #[must_use]
    pub fn ids(&self) -> &Arc<dyn Ids> {
        &self.parts.ids
    }

    pub(crate) fn store(&self) -> &dyn Store {
        self.parts.store.as_ref()
    }
}

impl fmt::Debug for Ops {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ops").field("settings", &self.parts.settings).finish_non_exhaustive()
    }
}
