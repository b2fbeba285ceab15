//! What comes before migrations: one migrator at a time, and the roles that they speak of.

use stet_store::StoreError;

use super::{BEGIN_WRITE, Db, Postgres, classify, queries};

/// A transaction on a direct connection, as the role that owns the tables.
pub(super) async fn begin_migrations(
    engine: &Postgres,
) -> Result<sqlx::Transaction<'static, Db>, StoreError> {
    let mut tx = engine.direct.begin_with(BEGIN_WRITE).await.map_err(classify)?;
    for statement in [queries::HOLD_MIGRATIONS, queries::ENSURE_ROLES, queries::ACT_AS_OWNER] {
        sqlx::query(statement).execute(&mut *tx).await.map_err(classify)?;
    }
    Ok(tx)
}
