//! What the database's own catalogue says of tenancy (reliability.md, "Tenancy"): no exception but those that are named.

use sqlx::{AssertSqlSafe, Row as _};
use stet_testkit::TempPostgres;

/// The names that a query over the catalogue answers.
async fn names(bed: &TempPostgres, sql: &'static str) -> Vec<String> {
    let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(bed.superuser()).await.unwrap();
    rows.iter().map(|row| row.get::<String, _>(0)).collect()
}

#[tokio::test]
async fn every_table_with_an_org_has_its_policies_forced() {
    let bed = TempPostgres::open().await;
    let with_org = names(
        &bed,
        "SELECT c.relname::text FROM pg_class AS c
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'org_id' AND NOT a.attisdropped
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') ORDER BY 1",
    )
    .await;
    assert!(with_org.len() >= 14, "{with_org:?}");
    let bound = names(
        &bed,
        "SELECT c.relname::text FROM pg_class AS c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relrowsecurity AND c.relforcerowsecurity
            AND EXISTS (
                SELECT 1 FROM pg_policies AS p
                WHERE p.schemaname = 'public' AND p.tablename = c.relname AND p.cmd = 'ALL'
                    AND p.roles @> ARRAY['stet_api', 'stet_worker']::name[]
                    AND p.qual LIKE '%org_id = %NULLIF(current_setting(''app.org_id''::text, true), ''''::text)%'
                    AND p.with_check = p.qual
            )
        ORDER BY 1",
    )
    .await;
    assert_eq!(bound, with_org);
    let nameless = "SELECT p.tablename::text FROM pg_policies AS p
        WHERE p.schemaname = 'public' AND p.roles && ARRAY['public']::name[]";
    assert_eq!(names(&bed, nameless).await, [""; 0], "policies name their roles");
}

#[tokio::test]
async fn the_org_leads_every_key_and_index() {
    let bed = TempPostgres::open().await;
    let others = "SELECT i.indexrelid::regclass::text
        FROM pg_index AS i
        JOIN pg_class AS c ON c.oid = i.indrelid AND c.relnamespace = 'public'::regnamespace
        JOIN pg_attribute AS o ON o.attrelid = c.oid AND o.attname = 'org_id'
        WHERE i.indkey[0] <> o.attnum ORDER BY 1";
    assert_eq!(names(&bed, others).await, ["api_keys_by_id"]);
    let foreign = "SELECT k.conrelid::regclass::text || '.' || k.conname
        FROM pg_constraint AS k
        JOIN pg_attribute AS o ON o.attrelid = k.conrelid AND o.attname = 'org_id'
        JOIN pg_attribute AS f ON f.attrelid = k.confrelid AND f.attname = 'org_id'
        WHERE k.contype = 'f' AND (k.conkey[1] <> o.attnum OR k.confkey[1] <> f.attnum) ORDER BY 1";
    assert_eq!(names(&bed, foreign).await, [""; 0]);
}

#[tokio::test]
async fn the_roles_own_nothing_and_delete_nothing() {
    let bed = TempPostgres::open().await;
    let owned_by_others = "SELECT c.relname::text FROM pg_class AS c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'S', 'v')
            AND pg_get_userbyid(c.relowner) <> 'stet_owner'";
    assert_eq!(names(&bed, owned_by_others).await, [""; 0]);
    let powers = "SELECT r.rolname::text FROM pg_roles AS r
        WHERE r.rolname LIKE 'stet\\_%' AND (r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR r.rolcreatedb)";
    assert_eq!(names(&bed, powers).await, [""; 0]);
    let members = "SELECT r.rolname::text FROM pg_roles AS r
        WHERE r.rolname IN ('stet_api', 'stet_worker', 'stet_test') AND pg_has_role(r.oid, 'stet_owner', 'MEMBER')";
    assert_eq!(names(&bed, members).await, [""; 0]);
    let removing = "SELECT g.grantee || ' ' || g.privilege_type || ' ' || g.table_name
        FROM information_schema.role_table_grants AS g
        WHERE g.table_schema = 'public' AND g.grantee IN ('stet_api', 'stet_worker', 'PUBLIC')
            AND g.privilege_type IN ('DELETE', 'TRUNCATE', 'TRIGGER', 'REFERENCES')";
    assert_eq!(names(&bed, removing).await, [""; 0]);
    let everybody = "SELECT g.table_name::text FROM information_schema.role_table_grants AS g
        WHERE g.table_schema = 'public' AND g.grantee = 'PUBLIC'";
    assert_eq!(names(&bed, everybody).await, [""; 0]);
}

#[tokio::test]
async fn what_runs_as_the_owner_is_narrow() {
    let bed = TempPostgres::open().await;
    let definers = names(
        &bed,
        "SELECT p.proname::text FROM pg_proc AS p
        WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef ORDER BY 1",
    )
    .await;
    let expected = [
        "audited_orgs",
        "backlog",
        "due_schedules",
        "expired_runs",
        "find_api_key",
        "finished_batches",
        "hinted_runs",
        "learn_sizes",
        "next_offer",
        "offered_preflights",
        "offered_runs",
        "prune_dead_letters",
        "prune_idempotency",
        "unsealed_orgs",
    ];
    assert_eq!(definers, expected);
    let loose = "SELECT p.proname::text FROM pg_proc AS p
        WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef
            AND NOT coalesce(p.proconfig, '{}') @> ARRAY['search_path=\"\"']";
    assert_eq!(names(&bed, loose).await, [""; 0]);
    let open = "SELECT p.proname::text FROM pg_proc AS p
        WHERE p.pronamespace = 'public'::regnamespace AND has_function_privilege('public', p.oid, 'EXECUTE')";
    assert_eq!(names(&bed, open).await, [""; 0]);
}
