//! The schema: brought up to date, and compared with this build's.

use std::collections::BTreeMap;

use stet_store::StoreError;

use super::{BEGIN_READ, Columns, Engine, MIGRATOR, begin_migrations, classify, queries};

type Connection = <super::Db as sqlx::Database>::Connection;

/// Runs what is pending in one transaction, so that two processes that start at once do not meet half way.
pub(super) async fn migrate(engine: &Engine) -> Result<usize, StoreError> {
    let mut tx = begin_migrations(engine).await?;
    let before = applied(engine, &mut tx).await?;
    match check(engine, &mut tx, &before).await {
        Ok(()) => return Ok(0),
        Err(StoreError::PendingMigrations { .. }) => {}
        Err(other) => return Err(other),
    }
    MIGRATOR.run_direct(None, &mut *tx, false).await.map_err(|error| classify(error.into()))?;
    tx.commit().await.map_err(classify)?;
    Ok(MIGRATOR.iter().count() - before.len())
}

/// Whether the schema serves this build: it is this build's, or a later one that only adds to it.
pub(super) async fn ready(engine: &Engine) -> Result<(), StoreError> {
    let mut tx = engine.reader.begin_with(BEGIN_READ).await.map_err(classify)?;
    let applied = applied(engine, &mut tx).await?;
    check(engine, &mut tx, &applied).await
}

/// What has run, by version, with the digests of what ran.
async fn applied(engine: &Engine, connection: &mut Connection) -> Result<BTreeMap<i64, Vec<u8>>, StoreError> {
    let found =
        engine.statement(queries::HAS_MIGRATIONS).fetch_one(&mut *connection).await.map_err(classify)?;
    if Columns::of("schema", &found).get::<i64>("tables")? == 0 {
        return Ok(BTreeMap::new());
    }
    let rows = engine.statement(queries::LIST_MIGRATIONS).fetch_all(connection).await.map_err(classify)?;
    rows.iter()
        .map(|row| {
            let columns = Columns::of("_sqlx_migrations", row);
            Ok((columns.get("version")?, columns.bytes("checksum")?))
        })
        .collect()
}

async fn check(
    engine: &Engine,
    connection: &mut Connection,
    applied: &BTreeMap<i64, Vec<u8>>,
) -> Result<(), StoreError> {
    let pending = pending(applied)?;
    if let Some(unknown) = applied.keys().copied().find(|version| !MIGRATOR.version_exists(*version)) {
        if unknown < newest() {
            return Err(foreign(unknown, "this build knows later ones, and not this one"));
        }
        // Where some of this build's are missing, the later one is of another line: nothing is run over it.
        let least = if pending == 0 { floor(engine, connection).await? } else { unknown };
        if newest() < least {
            return Err(StoreError::NewerSchema { version: unknown, least });
        }
    }
    if pending == 0 { Ok(()) } else { Err(StoreError::PendingMigrations { pending }) }
}

/// How many of this build's migrations have not run, where those that have are this build's.
fn pending(applied: &BTreeMap<i64, Vec<u8>>) -> Result<usize, StoreError> {
    let mut pending = 0;
    for migration in MIGRATOR.iter() {
        match applied.get(&migration.version) {
            None => pending += 1,
            Some(checksum) if *checksum == migration.checksum.as_ref() => {}
            Some(_) => return Err(foreign(migration.version, "another text ran than this build has")),
        }
    }
    Ok(pending)
}

fn foreign(version: i64, why: &str) -> StoreError {
    StoreError::Corrupt { what: format!("schema, migration {version}"), detail: why.to_owned() }
}

/// This build's newest migration.
fn newest() -> i64 {
    MIGRATOR.iter().map(|migration| migration.version).max().unwrap_or_default()
}

/// The oldest newest migration of a build that the schema serves (docs/decisions/0026-upgrades.md).
async fn floor(engine: &Engine, connection: &mut Connection) -> Result<i64, StoreError> {
    let row = engine.statement(queries::SCHEMA_FLOOR).fetch_one(connection).await.map_err(classify)?;
    Columns::of("schema_floor", &row).get("least_migration")
}
