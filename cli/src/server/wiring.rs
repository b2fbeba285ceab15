//! The composition root: every port gets its adapter here.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use stet_coord::sql::SqliteCoord;
use stet_coord::{NoMeter, ProviderVersions, VersionsPorts, VersionsSettings};
use stet_domain::clock::Ids;
use stet_domain::ids::Incarnation;
use stet_ops::{Ops, OpsParts, OpsSettings};
use stet_provider_http::openai::{OpenAi, OpenAiOptions};
use stet_provider_http::transport::Timeouts;
use stet_store_sql::Sqlite;
use stet_worker::{Doorbell, Providers, VersionSources};

use super::database;
use crate::client::KEY_FILE;
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
    store: Arc<Sqlite>,
    doorbell: Doorbell,
) -> anyhow::Result<Wired> {
    let ids = Arc::new(SystemIds::default());
    let secrets = Secrets::load(settings, ids.as_ref())?;
    let providers = providers(settings)?;
    let incarnation = incarnation(ids.as_ref());
    let coord = Arc::new(SqliteCoord::open(Path::new(database::path(settings))).await?);
    let versions = ProviderVersions::new(
        VersionsPorts {
            flights: Arc::clone(&coord) as _,
            cache: coord,
            source: Arc::new(VersionSources(providers.clone())),
            ids: Arc::clone(&ids) as _,
            meter: Arc::new(NoMeter),
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
        tasks: Arc::new(doorbell),
        versions: Arc::new(versions),
        als_keys: Some(Arc::new(secrets.als)),
        record_keys: Arc::new(secrets.record),
        pepper: secrets.pepper,
        settings: OpsSettings {
            limits: settings.limits.clone(),
            idempotency_ttl_seconds: settings.idempotency_ttl_seconds,
            lease_seconds: settings.lease_seconds,
            providers: providers.names().collect(),
            ..OpsSettings::default()
        },
    });
    let first_key = keep_first_key(settings, &ops).await?;
    Ok(Wired { ops, providers, incarnation, cursor_secret: secrets.cursor, first_key })
}

fn providers(settings: &Settings) -> anyhow::Result<Providers> {
    let mut providers = Providers::default();
    if let Some(key) = &settings.openai_api_key {
        let options = OpenAiOptions {
            base_url: settings.openai_base_url.parse().context("OPENAI_BASE_URL is no address")?,
            key: key.clone(),
            timeouts: Timeouts {
                read: settings.provider_timeout,
                total: settings.provider_timeout,
                ..Timeouts::default()
            },
        };
        providers =
            providers.with(Arc::new(OpenAi::new(options).context("the OpenAI adapter cannot be set up")?));
    }
    Ok(providers)
}

/// Host, process and a ULID: no restart inherits another's leases.
fn incarnation(ids: &dyn Ids) -> Incarnation {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let host = if host.trim().is_empty() { "localhost" } else { host.trim() };
    Incarnation(format!("{host}-{}-{}", std::process::id(), ids.ulid()))
}

/// Makes the first key on the first start and keeps it beside the data, for the client verbs on this machine.
async fn keep_first_key(settings: &Settings, ops: &Ops) -> anyhow::Result<Option<SecretString>> {
    let Some(first) = ops.bootstrap().await.context("the first key cannot be made")? else { return Ok(None) };
    let token = first.key.token;
    write_private(&settings.data_dir.join(KEY_FILE), token.expose_secret())?;
    Ok(Some(token))
}
