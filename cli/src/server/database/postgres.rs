//! A PostgreSQL server: nothing is made there but by `stet migrate`, and nothing is done as a role that passes tenancy by.

use std::sync::Arc;

use anyhow::{Context, bail};
use secrecy::ExposeSecret;
use stet_coord::EveryHint;
use stet_coord::sql::PostgresCoord;
use stet_store::Store;
use stet_store_sql::{Postgres, PostgresOptions, Privileges};

use super::Database;
use crate::server::redis;
use crate::settings::{PostgresUrl, Settings};

pub(super) async fn open(server: &PostgresUrl, settings: &Settings) -> anyhow::Result<Database> {
    let options =
        PostgresOptions { max_connections: settings.database_max_connections, ..PostgresOptions::default() };
    let store = connect(server, &options).await?;
    if !store.named_statements() {
        tracing::warn!("the pooler does not carry prepared statements: every statement is planned anew");
    }
    super::usable(store.ready().await, &server.shown(), &unusable(server))?;
    let privileges = store.privileges().await.with_context(|| unusable(server))?;
    if privileges.passes_tenancy() {
        allow(&privileges, settings.allow_rls_bypass)?;
    }
    let coord = Arc::new(PostgresCoord::new(store.pool().clone(), store.named_statements()));
    let installation = coord.installation().await.with_context(|| unusable(server))?;
    let database = Database {
        store: Arc::new(store),
        flights: Arc::clone(&coord) as _,
        cache: Arc::clone(&coord) as _,
        gates: Arc::clone(&coord) as _,
        members: coord,
        runs: Arc::new(EveryHint),
        installation: installation.clone(),
    };
    match &settings.redis {
        Some(url) => redis::in_front(database, url, &installation).await,
        None => Ok(database),
    }
}

/// The database itself could not keep one org's rows from another's then (reliability.md, "Tenancy").
fn allow(privileges: &Privileges, allowed: bool) -> anyhow::Result<()> {
    let Privileges { role, superuser, bypasses_rls, owns_tables } = privileges;
    if allowed {
        tracing::warn!(
            role,
            superuser,
            bypasses_rls,
            owns_tables,
            "ALLOW_RLS_BYPASS: this role passes row level security by; only the queries themselves keep orgs apart"
        );
        return Ok(());
    }
    let why = match (superuser, bypasses_rls) {
        (true, _) => "is a superuser",
        (false, true) => "bypasses row level security",
        (false, false) => "owns the tables",
    };
    bail!(
        "the database role {role} {why}: use a login that is a member of stet_api and stet_worker alone (docs/postgres.md), or set ALLOW_RLS_BYPASS=true"
    )
}

/// Makes the roles and brings the schema up to this build, by the direct URL; answers how many migrations ran.
pub(super) async fn migrate(server: &PostgresUrl) -> anyhow::Result<usize> {
    let store = connect(server, &PostgresOptions::default()).await?;
    let ran = store.migrate().await.with_context(|| {
        format!(
            "the migrations cannot be run on {}: the login has to be one that may create roles",
            server.shown()
        )
    });
    store.close().await;
    ran
}

async fn connect(server: &PostgresUrl, options: &PostgresOptions) -> anyhow::Result<Postgres> {
    let direct = server.direct.as_ref().map(ExposeSecret::expose_secret);
    Postgres::open(server.url.expose_secret(), direct, options).await.with_context(|| unusable(server))
}

fn unusable(server: &PostgresUrl) -> String {
    format!("the database {} cannot be used: check DATABASE_URL and that the server runs", server.shown())
}
