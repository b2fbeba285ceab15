//! The library's tables: made by `stet migrate`, looked for by everybody else.

use std::collections::BTreeSet;

use apalis_postgres::PostgresStorage;
use secrecy::SecretString;
use sqlx::postgres::PgPoolOptions;
use sqlx::{Executor as _, PgPool};

use super::options;
use crate::QueueError;

const ENSURE_RIGHTS: &str = include_str!("../../queries/ensure_rights.sql");
const ENSURE_SCHEMA: &str = include_str!("../../queries/ensure_schema.sql");
const GRANT: &str = include_str!("../../queries/grant.sql");
const LIST_MIGRATIONS: &str = include_str!("../../queries/list_migrations.sql");

/// SQLSTATE of a schema, a table or a right that is missing.
const MISSING: [&str; 3] = ["3F000", "42P01", "42501"];

/// Makes the library's tables, owned by `stet_owner`, and grants the roles what they need of them. Repeating it is safe. The roles are there by then: the
/// rows' own migrations come first.
///
/// # Errors
/// [`QueueError`]: the login has to be one that may act as `stet_owner` and grant on the database.
pub async fn setup(direct: &SecretString) -> Result<(), QueueError> {
    let pool = PgPoolOptions::new().max_connections(1).connect_with(options(direct)?).await?;
    let done = async {
        let mut connection = pool.acquire().await?;
        connection.execute(ENSURE_RIGHTS).await?;
        // For the rest of this one connection, which nothing else uses.
        connection.execute("SET ROLE stet_owner").await?;
        connection.execute(sqlx::raw_sql(ENSURE_SCHEMA)).await?;
        drop(connection);
        PostgresStorage::<()>::setup(&pool).await?;
        pool.execute(sqlx::raw_sql(GRANT)).await?;
        Ok(())
    };
    let done = done.await;
    pool.close().await;
    done
}

/// Whether every migration of the library has run.
pub(super) async fn check(pool: &PgPool) -> Result<(), QueueError> {
    let listed: Result<Vec<i64>, sqlx::Error> = sqlx::query_scalar(LIST_MIGRATIONS).fetch_all(pool).await;
    let ran: BTreeSet<i64> = match listed {
        Ok(versions) => versions.into_iter().collect(),
        Err(sqlx::Error::Database(error))
            if error.code().is_some_and(|code| MISSING.contains(&code.as_ref())) =>
        {
            return Err(QueueError::NotSetUp);
        }
        Err(error) => return Err(error.into()),
    };
    let complete =
        PostgresStorage::<()>::migrations().iter().all(|migration| ran.contains(&migration.version));
    if complete { Ok(()) } else { Err(QueueError::NotSetUp) }
}
