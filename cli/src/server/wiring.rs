//! The composition root: every port gets its adapter here.

use std::sync::Arc;

use anyhow::Context;
use secrecy::SecretSlice;
use stet_coord::{Members, ProviderVersions, RunFlights, SingleFlight, VersionsPorts, VersionsSettings};
use stet_domain::clock::Ids;
use stet_domain::ids::Incarnation;
use stet_domain::task::TaskRunner;
use stet_ops::{Ops, OpsParts, OpsSettings};
use stet_worker::{Providers, VersionSources};

use super::database::Database;
use super::keys;
use super::providers::providers;
use crate::metrics::FlightCounter;
use crate::secrets::Secrets;
use crate::settings::Settings;
use crate::system::{SystemClock, SystemIds};

/// What the parts of a process share.
pub(super) struct Wired {
    pub(super) ops: Ops,
    pub(super) providers: Providers,
    pub(super) incarnation: Incarnation,
    pub(super) flights: Arc<dyn SingleFlight>,
    pub(super) members: Arc<dyn Members>,
    pub(super) runs: Arc<dyn RunFlights>,
    pub(super) cursor_secret: SecretSlice<u8>,
}

pub(super) async fn wire(
    settings: &Settings,
    database: Database,
    tasks: Arc<dyn TaskRunner>,
) -> anyhow::Result<Wired> {
    let ids = Arc::new(SystemIds::default());
    let store = database.store;
    // Looked at before the secrets: who finds the checks of another process here finds its file, too.
    let known = store.key_checks().await.context("the checks of the secrets cannot be read")?;
    let secrets = Secrets::load(settings, ids.as_ref(), !known.is_empty())?;
    let providers = providers(&settings.providers)?;
    let incarnation = incarnation(ids.as_ref());
    let versions = ProviderVersions::new(
        VersionsPorts {
            flights: Arc::clone(&database.flights),
            cache: database.cache,
            source: Arc::new(VersionSources(providers.clone())),
            ids: Arc::clone(&ids) as _,
            meter: Arc::new(FlightCounter),
        },
        incarnation.0.clone(),
        VersionsSettings {
            ttl_ms: u64::from(settings.version_cache_ttl_seconds) * 1_000,
            ..VersionsSettings::default()
        },
    );
    let ops = Ops::new(OpsParts {
        store,
        clock: Arc::new(SystemClock),
        ids,
        tasks,
        versions: Arc::new(versions),
        gates: database.gates,
        members: Arc::clone(&database.members),
        als_keys: Some(Arc::new(secrets.als)),
        record_keys: Arc::new(secrets.record),
        pepper: secrets.pepper,
        settings: OpsSettings {
            limits: settings.limits.clone(),
            idempotency_ttl_seconds: settings.idempotency_ttl_seconds,
            lease_seconds: settings.lease_seconds,
            worker_concurrency: settings.worker_concurrency,
            providers: providers.names().collect(),
            provider_limits: settings.providers.limits.clone(),
            ..OpsSettings::default()
        },
    });
    keys::check(&ops).await?;
    Ok(Wired {
        ops,
        providers,
        incarnation,
        flights: database.flights,
        members: database.members,
        runs: database.runs,
        cursor_secret: secrets.cursor,
    })
}

/// Host, process and a ULID: no restart inherits another's leases.
fn incarnation(ids: &dyn Ids) -> Incarnation {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let host = if host.trim().is_empty() { "localhost" } else { host.trim() };
    Incarnation(format!("{host}-{}-{}", std::process::id(), ids.ulid()))
}
