//! Both engines have the same schema: every table, column and key of the one is in the other.

use std::collections::BTreeSet;

use sqlx::{AssertSqlSafe, Row as _};
use stet_store::Store as _;
use stet_store_sql::{Sqlite, SqliteOptions};
use stet_testkit::TempPostgres;

/// What each engine says of its columns, `table.column kind` with `!` where null is refused, of its keys and of its indexes.
const POSTGRES: &str = "SELECT format('%s.%s %s%s', c.table_name, c.column_name,
            CASE c.data_type WHEN 'bigint' THEN 'integer' WHEN 'bytea' THEN 'blob' ELSE c.data_type END,
            CASE c.is_nullable WHEN 'NO' THEN ' !' ELSE '' END)
        FROM information_schema.columns AS c
        WHERE c.table_schema = 'public' AND c.table_name <> '_sqlx_migrations'
    UNION ALL
    SELECT format('key of %s: %s', i.indrelid::regclass, (
            SELECT string_agg(a.attname, ', ' ORDER BY k.place)
            FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, place)
            JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.attnum))
        FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid AND c.relnamespace = 'public'::regnamespace
        WHERE i.indisunique AND i.indrelid <> '_sqlx_migrations'::regclass
    UNION ALL
    SELECT format('index of %s: %s', i.indrelid::regclass, c.relname)
        FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid AND c.relnamespace = 'public'::regnamespace
        WHERE NOT i.indisunique";

const SQLITE: &str = "SELECT printf('%s.%s %s%s', t.name, c.name, lower(c.type), iif(c.\"notnull\", ' !', ''))
        FROM pragma_table_list AS t JOIN pragma_table_info(t.name) AS c
        WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND t.name <> '_sqlx_migrations'
    UNION ALL
    SELECT printf('key of %s: %s', t.name, (SELECT group_concat(k.name, ', ') FROM pragma_index_info(i.name) AS k))
        FROM pragma_table_list AS t JOIN pragma_index_list(t.name) AS i
        WHERE t.schema = 'main' AND i.\"unique\" AND t.name <> '_sqlx_migrations'
    UNION ALL
    SELECT printf('index of %s: %s', t.name, i.name)
        FROM pragma_table_list AS t JOIN pragma_index_list(t.name) AS i
        WHERE t.schema = 'main' AND NOT i.\"unique\"";

/// What one engine has and the other needs not, with the reason.
const ALONE: [(&str, &str); 1] = [(
    "index of runs: runs_leased",
    "on PostgreSQL the sweep walks what is under way, which is little at any moment, and no renewal has an index to keep",
)];

fn set(rows: Vec<String>) -> BTreeSet<String> {
    rows.into_iter().collect()
}

#[tokio::test]
async fn both_engines_have_the_same_tables_columns_and_keys() {
    let bed = TempPostgres::open().await;
    let postgres: Vec<String> =
        sqlx::query_scalar(AssertSqlSafe(POSTGRES)).fetch_all(bed.superuser()).await.unwrap();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("stet.db");
    let file = Sqlite::open(path.to_str().unwrap(), &SqliteOptions::default()).await.unwrap();
    file.migrate().await.unwrap();
    let rows = sqlx::query(AssertSqlSafe(SQLITE)).fetch_all(file.reader_pool()).await.unwrap();
    let sqlite: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    assert!(sqlite.len() > 200, "{}", sqlite.len());
    let (postgres, sqlite) = (set(postgres), set(sqlite));
    let differing: Vec<&str> = postgres.symmetric_difference(&sqlite).map(String::as_str).collect();
    let allowed: Vec<&str> = ALONE.iter().map(|(line, _)| *line).collect();
    assert_eq!(differing, allowed);
}
