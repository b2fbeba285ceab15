//! Every query is prepared, and scoped to an org.

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, SqlSafeStr as _};
use stet_testkit::{Login, TempPostgres, Way};

use super::ALL;

/// What looks across orgs answers ids, counts and times by a function of the owner's, or comes before an org is known.
const ACROSS_ORGS: [&str; 29] = [
    "learn_sizes.postgres.sql",
    "audited_orgs.postgres.sql",
    "act_as_owner.postgres.sql",
    "backlog.postgres.sql",
    "due_schedules.postgres.sql",
    "offered_preflights.postgres.sql",
    "offered_runs.postgres.sql",
    "hinted_runs.postgres.sql",
    "ensure_org.sql",
    "ensure_roles.postgres.sql",
    "expired_runs.postgres.sql",
    "find_api_key.postgres.sql",
    "finished_batches.postgres.sql",
    "has_migrations.postgres.sql",
    "hold_idempotency.postgres.sql",
    "hold_migrations.postgres.sql",
    "horizon.postgres.sql",
    "insert_key_check.sql",
    "list_key_checks.sql",
    "list_migrations.postgres.sql",
    "next_offer.postgres.sql",
    "now.postgres.sql",
    "now_plain.postgres.sql",
    "privileges.postgres.sql",
    "prune_idempotency.postgres.sql",
    "schema_floor.sql",
    "scope_to_read.postgres.sql",
    "scope_to_write.postgres.sql",
    "unsealed_orgs.postgres.sql",
];

#[tokio::test]
async fn every_query_is_prepared() {
    let bed = TempPostgres::open().await;
    let mut connection = PgConnection::connect(&bed.url(Way::Straight, Login::Both)).await.unwrap();
    for (file, sql) in ALL {
        let prepared = connection.prepare(AssertSqlSafe(*sql).into_sql_str()).await;
        assert!(prepared.is_ok(), "{file}: {:?}", prepared.err());
    }
    connection.close().await.unwrap();
}

#[test]
fn every_query_takes_the_org() {
    for (file, sql) in ALL {
        let inserts = sql.contains("INSERT INTO")
            && ["VALUES ($1,", "$1::text,", "SELECT r.org_id,"].iter().any(|form| sql.contains(form));
        let scoped = inserts || sql.contains("org_id = $1") || sql.contains("public.gate($1,");
        let across = ACROSS_ORGS.contains(file);
        assert!(scoped != across || *file == "ensure_org.sql" || *file == "insert_key_check.sql", "{file}");
    }
}
