//! The composition root: every port gets its adapter here.

use std::sync::Arc;

use anyhow::Context;
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use stet_coord::{ProviderVersions, VersionsPorts, VersionsSettings};
use stet_domain::clock::Ids;
use stet_domain::ids::{Incarnation, OrgId};
use stet_ops::{Actor, DEFAULT_ORG, Ops, OpsParts, OpsSettings};
use stet_store::{PageRequest, Store};
use stet_worker::{Doorbell, Providers, VersionSources};

use super::database::Database;
use super::keys;
use super::providers::providers;
use crate::client::KEY_FILE;
use crate::metrics::FlightCounter;
use crate::secrets::{Secrets, write_private};
use crate::settings::Settings;
use crate::system::{SystemClock, SystemIds};

/// What the parts of a server share.
pub(super) struct Wired {
    pub(super) ops: Ops,
    pub(super) providers: Providers,
    pub(super) incarnation: Incarnation,
    pub(super) cursor_secret: SecretSlice<u8>,
    pub(super) first_key: Option<SecretString>,
}

pub(super) async fn wire(
    settings: &Settings,
    database: Database,
    doorbell: Doorbell,
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
            flights: database.flights,
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
        store: Arc::clone(&store),
        clock: Arc::new(SystemClock),
        ids,
        tasks: Arc::new(doorbell),
        versions: Arc::new(versions),
        gates: database.gates,
        als_keys: Some(Arc::new(secrets.als)),
        record_keys: Arc::new(secrets.record),
        pepper: secrets.pepper,
        settings: OpsSettings {
            limits: settings.limits.clone(),
            idempotency_ttl_seconds: settings.idempotency_ttl_seconds,
            lease_seconds: settings.lease_seconds,
            providers: providers.names().collect(),
            provider_limits: settings.providers.limits.clone(),
            ..OpsSettings::default()
        },
    });
    keys::check(&ops).await?;
    let first_key = keep_first_key(settings, store.as_ref(), &ops).await?;
    Ok(Wired { ops, providers, incarnation, cursor_secret: secrets.cursor, first_key })
}

/// Host, process and a ULID: no restart inherits another's leases.
fn incarnation(ids: &dyn Ids) -> Incarnation {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let host = if host.trim().is_empty() { "localhost" } else { host.trim() };
    Incarnation(format!("{host}-{}-{}", std::process::id(), ids.ulid()))
}

/// Makes the first key on the first start and keeps it beside the data, for the client verbs on this machine.
async fn keep_first_key(
    settings: &Settings,
    store: &dyn Store,
    ops: &Ops,
) -> anyhow::Result<Option<SecretString>> {
    let path = settings.data_dir.join(KEY_FILE);
    let made = match ops.bootstrap().await.context("the first key cannot be made")? {
        Some(first) => first.key.token,
        None if path.exists() => return Ok(None),
        None => match replace_lost_key(store, ops).await.context("the lost first key cannot be replaced")? {
            Some(token) => token,
            None => return Ok(None),
        },
    };
    if !write_private(&path, made.expose_secret())? {
        // The folder has the key of another database: this one's would be lost with it in the way.
        let aside = path.with_extension("old");
        tracing::warn!(kept = %aside.display(), "the data folder had the key of another database");
        std::fs::rename(&path, &aside)
            .with_context(|| format!("{} cannot be moved aside", path.display()))?;
        write_private(&path, made.expose_secret())?;
    }
    Ok(Some(made))
}

/// A process that dies between the commit of the first key and the writing of its file leaves a database that nobody can use.
/// As long as nothing was done with it, another key is made.
async fn replace_lost_key(store: &dyn Store, ops: &Ops) -> anyhow::Result<Option<SecretString>> {
    let org: OrgId = DEFAULT_ORG.parse()?;
    let mut tx = store.read(&org).await?;
    let keys = tx.list_api_keys().await?;
    let templates = tx.list_templates(PageRequest { after: None, limit: 1 }).await?;
    drop(tx);
    let Some(first) = keys.first() else { return Ok(None) };
    if keys.iter().any(|key| key.label != first.label) || !templates.items.is_empty() {
        return Ok(None);
    }
    let actor = Actor { org, key_id: first.id.clone(), role: first.role };
    Ok(ops.create_api_key(&actor, first.role, &first.label, None).await?.value.token)
}
