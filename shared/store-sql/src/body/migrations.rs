//! The schema: brought up to date, and compared with this build's.

use std::collections::BTreeMap;

use stet_store::StoreError;

use super::{BEGIN_READ, Columns, Engine, MIGRATOR, begin_migrations, classify, queries};

/// Runs what is pending in one transaction, so that two processes that start at once do not meet half way.
pub(super) async fn migrate(engine: &Engine) -> Result<usize, StoreError> {
    let mut tx = begin_migrations(engine).await?;
    let before = applied(engine, &mut tx).await?;
    match check(&before) {
        Ok(()) => return Ok(0),
        Err(StoreError::PendingMigrations { .. }) => {}
        Err(other) => return Err(other),
    }
    MIGRATOR.run_direct(None, &mut *tx, false).await.map_err(|error| classify(error.into()))?;
    tx.commit().await.map_err(classify)?;
    Ok(MIGRATOR.iter().count() - before.len())
}

/// Whether the schema is this build's.
pub(super) async fn ready(engine: &Engine) -> Result<(), StoreError> {
    let mut tx = engine.reader.begin_with(BEGIN_READ).await.map_err(classify)?;
    check(&applied(engine, &mut tx).await?)
}

/// What has run, by version, with the digests of what ran.
async fn applied(
    engine: &Engine,
    connection: &mut <super::Db as sqlx::Database>::Connection,
) -> Result<BTreeMap<i64, Vec<u8>>, StoreError> {
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

fn check(applied: &BTreeMap<i64, Vec<u8>>) -> Result<(), StoreError> {
    if let Some(version) = applied.keys().copied().find(|version| !MIGRATOR.version_exists(*version)) {
        return Err(StoreError::NewerSchema { version });
    }
    let mut pending = 0;
    for migration in MIGRATOR.iter() {
        match applied.get(&migration.version) {
            None => pending += 1,
            Some(checksum) if *checksum == migration.checksum.as_ref() => {}
            Some(_) => {
                return Err(StoreError::Corrupt {
                    what: format!("schema, migration {}", migration.version),
                    detail: "another text ran than this build has".to_owned(),
                });
            }
        }
    }
    if pending == 0 { Ok(()) } else { Err(StoreError::PendingMigrations { pending }) }
}
