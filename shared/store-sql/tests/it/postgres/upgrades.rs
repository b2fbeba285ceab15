//! Each migration serves the builds of the release before, or says that it does not (docs/decisions/0026-upgrades.md).

use std::collections::BTreeSet;

use sqlx::migrate::Migrator;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use stet_testkit::{Login, TempPostgres, Way};

/// The first migration that has a floor to raise.
const FLOOR: i64 = 25;

/// What a build counts on: everything of this has to stand as it stood. A line of a column says whether null is refused, which neither a reader nor a
/// writer of before expects to change.
const PROMISES: &str = "SELECT format('column %s.%s %s null:%s', c.table_name, c.column_name, c.data_type, c.is_nullable)
        FROM information_schema.columns AS c WHERE c.table_schema = 'public'
    UNION ALL
    SELECT format('function %s(%s) %s', p.proname, pg_get_function_identity_arguments(p.oid), pg_get_function_result(p.oid))
        FROM pg_proc AS p WHERE p.pronamespace = 'public'::regnamespace
    UNION ALL
    SELECT format('%s may %s %s', g.grantee, g.privilege_type, g.table_name)
        FROM information_schema.role_table_grants AS g WHERE g.table_schema = 'public' AND g.grantee LIKE 'stet\\_%'
    UNION ALL
    SELECT format('%s may %s %s.%s', g.grantee, g.privilege_type, g.table_name, g.column_name)
        FROM information_schema.role_column_grants AS g WHERE g.table_schema = 'public' AND g.grantee LIKE 'stet\\_%'
    UNION ALL
    SELECT format('%s may EXECUTE %s(%s)', r.rolname, p.proname, pg_get_function_identity_arguments(p.oid))
        FROM pg_proc AS p CROSS JOIN pg_roles AS r
        WHERE p.pronamespace = 'public'::regnamespace AND r.rolname IN ('stet_api', 'stet_worker')
            AND has_function_privilege(r.oid, p.oid, 'EXECUTE')
    UNION ALL
    SELECT format('key of %s: %s', i.indrelid::regclass, pg_get_indexdef(i.indexrelid))
        FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid AND c.relnamespace = 'public'::regnamespace
        WHERE i.indisunique";

/// What refuses a writer's row, with the table that it is of: none may come to a table that stood before, but over columns that are new with it.
const REFUSALS: &str = "SELECT format('%s|%s %s', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid)),
            ARRAY(SELECT a.attname::text FROM pg_attribute AS a WHERE a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey))
        FROM pg_constraint AS k WHERE k.connamespace = 'public'::regnamespace
    UNION ALL
    SELECT format('%s|trigger %s', t.tgrelid::regclass, t.tgname), ARRAY[]::text[]
        FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid AND c.relnamespace = 'public'::regnamespace
        WHERE NOT t.tgisinternal
    UNION ALL
    SELECT format('%s|index %s', i.indrelid::regclass, pg_get_indexdef(i.indexrelid)),
            ARRAY(SELECT a.attname::text FROM pg_attribute AS a WHERE a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey::int2[]))
        FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid AND c.relnamespace = 'public'::regnamespace
        WHERE i.indisunique
    UNION ALL
    SELECT format('%s|%s has to be told', c.table_name, c.column_name), ARRAY[]::text[]
        FROM information_schema.columns AS c
        WHERE c.table_schema = 'public' AND c.is_nullable = 'NO' AND c.column_default IS NULL AND c.is_identity = 'NO'";

const TABLES: &str = "SELECT c.relname::text FROM pg_class AS c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')";

const COLUMNS: &str = "SELECT format('%s.%s', c.table_name, c.column_name) FROM information_schema.columns AS c WHERE c.table_schema = 'public'";

/// A schema, as far as builds depend on it.
struct Catalogue {
    promises: BTreeSet<String>,
    refusals: Vec<(String, Vec<String>)>,
    tables: BTreeSet<String>,
    columns: BTreeSet<String>,
}

impl Catalogue {
    async fn of(connection: &mut PgConnection) -> Self {
        Self {
            promises: lines(connection, PROMISES).await,
            refusals: sqlx::query_as(AssertSqlSafe(REFUSALS)).fetch_all(&mut *connection).await.unwrap(),
            tables: lines(connection, TABLES).await,
            columns: lines(connection, COLUMNS).await,
        }
    }

    /// What a build that was made for `before` would meet here and could not stand.
    fn breaks(&self, before: &Self) -> Vec<String> {
        let gone = before.promises.difference(&self.promises).cloned();
        let known: BTreeSet<&str> = before.refusals.iter().map(|(line, _)| line.as_str()).collect();
        let refusing = self.refusals.iter().filter_map(|(line, columns)| {
            let (table, _) = line.split_once('|')?;
            let stood = |column: &String| before.columns.contains(&format!("{table}.{column}"));
            let concerns = before.tables.contains(table) && (columns.is_empty() || columns.iter().any(stood));
            (concerns && !known.contains(line.as_str())).then(|| line.clone())
        });
        gone.chain(refusing).collect()
    }
}

async fn lines(connection: &mut PgConnection, sql: &'static str) -> BTreeSet<String> {
    let found: Vec<String> = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(connection).await.unwrap();
    found.into_iter().collect()
}

async fn run(connection: &mut PgConnection, sql: &str) {
    let done = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(connection).await;
    done.unwrap_or_else(|error| panic!("{sql}: {error}"));
}

/// The superuser, in the test's database with all of the schema gone but the migrator's own table.
async fn emptied(bed: &TempPostgres) -> PgConnection {
    let mut connection = PgConnection::connect(&bed.url(Way::Straight, Login::Superuser)).await.unwrap();
    run(
        &mut connection,
        "DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE TABLE _sqlx_migrations (version bigint)",
    )
    .await;
    connection
}

#[tokio::test]
async fn each_migration_adds_or_raises_the_floor() {
    let bed = TempPostgres::open().await;
    let mut connection = emptied(&bed).await;
    let migrator = Migrator::new(std::path::Path::new("../../migrations/postgres")).await.unwrap();
    let mut before = None;
    for migration in migrator.iter() {
        run(&mut connection, migration.sql.as_str()).await;
        if migration.version < FLOOR {
            continue;
        }
        let after = Catalogue::of(&mut connection).await;
        let floor: i64 = sqlx::query_scalar("SELECT least_migration FROM schema_floor")
            .fetch_one(&mut connection)
            .await
            .unwrap();
        assert!(floor <= migration.version, "{}: the floor is above the migration", migration.version);
        let breaks = before.map_or_else(Vec::new, |before| after.breaks(&before));
        assert!(
            floor == migration.version || breaks.is_empty(),
            "migration {} does not serve the builds of before: add without taking away, or raise schema_floor (docs/decisions/0026-upgrades.md): {breaks:#?}",
            migration.version,
        );
        before = Some(after);
    }
    let now = before.expect("the floor's own migration ran");
    assert!(now.promises.len() > 300 && now.refusals.len() > 200 && now.tables.len() > 20);
    connection.close().await.unwrap();
}

#[tokio::test]
async fn what_takes_away_is_seen_and_what_adds_is_not() {
    let bed = TempPostgres::open().await;
    let mut connection = PgConnection::connect(&bed.url(Way::Straight, Login::Superuser)).await.unwrap();
    let before = Catalogue::of(&mut connection).await;
    let taking = [
        "ALTER TABLE runs DROP COLUMN traceparent",
        "ALTER TABLE runs RENAME COLUMN traceparent TO trace",
        "ALTER TABLE runs ADD COLUMN more bigint NOT NULL",
        "ALTER TABLE runs ALTER COLUMN traceparent TYPE varchar",
        "ALTER TABLE runs ALTER COLUMN traceparent SET NOT NULL",
        "ALTER TABLE runs ALTER COLUMN locale DROP NOT NULL",
        "ALTER TABLE runs ADD CHECK (length(locale) < 5)",
        "ALTER TABLE runs ADD COLUMN more bigint CHECK (more > 0 OR length(locale) < 5)",
        "CREATE UNIQUE INDEX once ON templates (org_id, name)",
        "CREATE TRIGGER stop BEFORE INSERT ON runs FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        "DROP TABLE dead_letters",
        "DROP FUNCTION backlog()",
        "REVOKE SELECT ON runs FROM stet_worker",
        "REVOKE EXECUTE ON FUNCTION backlog() FROM stet_api",
    ];
    let adding = [
        "ALTER TABLE runs ADD COLUMN more bigint CHECK (more > 0)",
        "ALTER TABLE runs ADD COLUMN more bigint NOT NULL DEFAULT 7",
        "CREATE TABLE more (org_id text NOT NULL PRIMARY KEY CHECK (org_id <> ''), value bigint NOT NULL)",
        "CREATE INDEX more ON runs (org_id, locale)",
        "GRANT SELECT ON orgs TO stet_worker",
        "CREATE FUNCTION more() RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'",
    ];
    for (statements, is_a_break) in [(&taking[..], true), (&adding[..], false)] {
        for statement in statements {
            run(&mut connection, "BEGIN").await;
            run(&mut connection, statement).await;
            let breaks = Catalogue::of(&mut connection).await.breaks(&before);
            assert_eq!(!breaks.is_empty(), is_a_break, "{statement}: {breaks:?}");
            run(&mut connection, "ROLLBACK").await;
        }
    }
    connection.close().await.unwrap();
}
