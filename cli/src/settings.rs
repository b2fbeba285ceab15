//! Settings: defaults < file < environment; whatever is unknown or invalid stops the start (system.md, seam 5).

mod database;
#[cfg(test)]
mod generated;
mod layer;
mod providers;
mod redis;
mod table;
mod value;

use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::SecretString;
use stet_domain::limits::Limits;

pub(crate) use database::{DatabaseUrl, PostgresUrl};
pub(crate) use layer::{Effective, SettingsError};
pub(crate) use providers::{ProviderSettings, VertexSettings};
pub(crate) use redis::RedisUrl;
pub(crate) use table::TABLE;

/// Every setting, typed and checked.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) execution_mode: ExecutionMode,
    pub(crate) database_url: DatabaseUrl,
    pub(crate) database_max_connections: u32,
    pub(crate) redis: Option<RedisUrl>,
    pub(crate) allow_rls_bypass: bool,
    pub(crate) data_dir: PathBuf,
    pub(crate) listen: String,
    pub(crate) health_listen: Option<String>,
    pub(crate) log: Option<String>,
    pub(crate) log_format: LogFormat,
    pub(crate) limits: Limits,
    pub(crate) worker_concurrency: u32,
    pub(crate) lease_seconds: u32,
    pub(crate) shutdown_grace: Duration,
    pub(crate) audit_every: Duration,
    pub(crate) version_cache_ttl_seconds: u32,
    pub(crate) idempotency_ttl_seconds: u32,
    pub(crate) als_secrets: Option<SecretString>,
    pub(crate) record_secrets: Option<SecretString>,
    pub(crate) record_keys_retired: Vec<String>,
    pub(crate) api_key_pepper: Option<SecretString>,
    pub(crate) cursor_secret: Option<SecretString>,
    pub(crate) providers: ProviderSettings,
    pub(crate) stet_url: String,
    pub(crate) stet_api_key: Option<SecretString>,
    effective: Vec<Effective>,
}

/// Who executes cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExecutionMode {
    /// The serving process.
    Sync,
    /// The workers of a fleet, over a queue.
    Apalis,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

impl Settings {
    /// Reads the layers and checks every setting; all offences are told at once.
    pub(crate) fn load(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, SettingsError> {
        let effective = layer::read(file, environment)?;
        let value = |name: &str| {
            effective.iter().find(|setting| setting.name == name).and_then(|setting| setting.value.clone())
        };
        let text = |name: &str| value(name).unwrap_or_default();
        // Every value was checked by its row of the table, so a number that does not parse here is not possible.
        let number = |name: &str| text(name).parse::<u64>().expect("checked by the table");
        let small = |name: &str| u32::try_from(number(name)).expect("bounded by the table");
        let secret = |name: &str| value(name).map(SecretString::from);
        let database_url = DatabaseUrl::read(&text("DATABASE_URL"), value("DATABASE_DIRECT_URL"));
        let execution_mode = match text("EXECUTION_MODE").as_str() {
            "apalis" => ExecutionMode::Apalis,
            _ => ExecutionMode::Sync,
        };
        if let DatabaseUrl::Sqlite { .. } = &database_url {
            fits_one_machine(execution_mode, &text("STET_ENV"))?;
        }
        let redis = RedisUrl::read(text("USE_REDIS") == "true", value("REDIS_URL"), &database_url)?;
        Ok(Self {
            execution_mode,
            database_url,
            redis,
            database_max_connections: small("DATABASE_MAX_CONNECTIONS"),
            allow_rls_bypass: text("ALLOW_RLS_BYPASS") == "true",
            data_dir: PathBuf::from(text("STET_DATA_DIR")),
            listen: text("STET_LISTEN"),
            health_listen: value("STET_HEALTH_LISTEN"),
            log: value("STET_LOG"),
            log_format: if text("STET_LOG_FORMAT") == "json" { LogFormat::Json } else { LogFormat::Text },
            limits: Limits {
                batch_max_cells: number("BATCH_MAX_CELLS"),
                batch_max_replicates: small("BATCH_MAX_REPLICATES"),
                template_max_bytes: usize::try_from(number("TEMPLATE_MAX_BYTES"))
                    .expect("bounded by the table"),
                als_max_chars: usize::try_from(number("ALS_MAX_CHARS")).expect("bounded by the table"),
                org_max_schedules: small("ORG_MAX_SCHEDULES"),
                retry_max_attempts: small("RETRY_MAX_ATTEMPTS"),
            },
            worker_concurrency: small("WORKER_CONCURRENCY"),
            lease_seconds: small("LEASE_SECONDS"),
            shutdown_grace: Duration::from_secs(number("SHUTDOWN_GRACE_SECONDS")),
            audit_every: Duration::from_secs(number("AUDIT_EVERY_SECONDS")),
            version_cache_ttl_seconds: small("PROVIDER_VERSION_CACHE_TTL_SECONDS"),
            idempotency_ttl_seconds: small("IDEMPOTENCY_TTL_SECONDS"),
            als_secrets: secret("ALS_SECRETS"),
            record_secrets: secret("RECORD_SECRETS"),
            record_keys_retired: value("RECORD_KEYS_RETIRED")
                .iter()
                .flat_map(|ids| value::split_ids(ids))
                .collect(),
            api_key_pepper: secret("API_KEY_PEPPER"),
            cursor_secret: secret("CURSOR_SECRET"),
            providers: ProviderSettings::read(value, Duration::from_secs(number("PROVIDER_TIMEOUT_SECONDS"))),
            stet_url: text("STET_URL"),
            stet_api_key: secret("STET_API_KEY"),
            effective,
        })
    }

    /// What is in force and where each value comes from, secrets masked.
    pub(crate) fn effective(&self) -> impl Iterator<Item = Effective> {
        self.effective.iter().map(Effective::masked)
    }
}

/// A SQLite file serves one process of one machine (reliability.md, "Tenancy").
fn fits_one_machine(execution_mode: ExecutionMode, environment: &str) -> Result<(), SettingsError> {
    let offences: Vec<String> = [
        (environment == "production", "STET_ENV is production"),
        (execution_mode == ExecutionMode::Apalis, "EXECUTION_MODE is apalis, whose queue is in PostgreSQL"),
    ]
    .into_iter()
    .filter(|(offends, _)| *offends)
    .map(|(_, what)| format!("DATABASE_URL is a SQLite file and {what}: use PostgreSQL (docs/postgres.md)"))
    .collect();
    if offences.is_empty() { Ok(()) } else { Err(SettingsError(offences)) }
}
