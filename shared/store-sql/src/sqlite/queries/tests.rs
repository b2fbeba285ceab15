//! Every query is prepared, scoped to an org, and reads large tables by an index.

use sqlx::{AssertSqlSafe, Executor as _, Row as _, SqlSafeStr as _};
use stet_store::Store as _;
use tempfile::TempDir;

use super::ALL;
use crate::{Sqlite, SqliteOptions};

/// What looks across orgs answers ids, counts and times, or comes before an org is known.
const ACROSS_ORGS: [&str; 20] = [
    "backlog.sqlite.sql",
    "due_schedules.sqlite.sql",
    "audited_orgs.sqlite.sql",
    "offered_preflights.sqlite.sql",
    "offered_runs.sqlite.sql",
    "hinted_runs.sqlite.sql",
    "expired_runs.sqlite.sql",
    "find_api_key.sql",
    "finished_batches.sql",
    "has_migrations.sqlite.sql",
    "hold_idempotency.sqlite.sql",
    "horizon.sqlite.sql",
    "list_key_checks.sql",
    "list_migrations.sqlite.sql",
    "next_offer.sql",
    "now.sqlite.sql",
    "prune_idempotency.sqlite.sql",
    "schema_floor.sql",
    "ensure_org.sql",
    "unsealed_orgs.sqlite.sql",
];

async fn database() -> (Sqlite, TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("stet.db");
    let store = Sqlite::open(path.to_str().unwrap(), &SqliteOptions::default()).await.unwrap();
    store.migrate().await.unwrap();
    (store, directory)
}

#[tokio::test]
async fn every_query_is_prepared() {
    let (store, _directory) = database().await;
    let mut connection = store.writer.acquire().await.unwrap();
    for (file, sql) in ALL {
        let prepared = connection.prepare(AssertSqlSafe(*sql).into_sql_str()).await;
        assert!(prepared.is_ok(), "{file}: {:?}", prepared.err());
    }
}

#[test]
fn every_query_takes_the_org() {
    for (file, sql) in ALL {
        let inserts =
            sql.contains("INSERT INTO") && (sql.contains("VALUES ($1,") || sql.contains("$1, unhex("));
        let scoped = inserts || sql.contains("org_id = $1");
        assert_eq!(scoped, !ACROSS_ORGS.contains(file) || *file == "ensure_org.sql", "{file}");
    }
}

/// Tables that grow without bound.
const LARGE: [&str; 7] =
    ["runs", "attempts", "exchanges", "run_outputs", "citations", "batch_counters", "schedule_fires"];

/// For a query that has to be fast whatever the history: what its plan says of each table that it reads.
const PLANS: [(&str, &[&str]); 26] = [
    (
        "backlog.sqlite.sql",
        &[
            "SEARCH a USING INDEX runs_running (org_id=? AND batch_id=?)",
            "SEARCH r USING INDEX runs_waiting (org_id=? AND batch_id=? AND available_at_us<?)",
            "SEARCH r USING INDEX runs_waiting (org_id=? AND batch_id=?)",
            "SEARCH r USING INDEX runs_running (org_id=? AND batch_id=?)",
        ],
    ),
    (
        "add_to_counters.sqlite.sql",
        &["SEARCH c USING INDEX sqlite_autoindex_batch_counters_1 (org_id=? AND batch_id=?)"],
    ),
    (
        "claim_runs.sqlite.sql",
        &[
            "SEARCH r USING INDEX sqlite_autoindex_runs_1 (org_id=? AND run_id=?)",
            "SEARCH x USING INDEX runs_running (org_id=? AND batch_id=?)",
        ],
    ),
    (
        "close_attempts.sqlite.sql",
        &["SEARCH a USING INDEX sqlite_autoindex_attempts_1 (org_id=? AND run_id=? AND fence=?)"],
    ),
    ("commit_runs.sqlite.sql", &["SEARCH r USING INDEX sqlite_autoindex_runs_1 (org_id=? AND run_id=?)"]),
    (
        "offered_runs.sqlite.sql",
        &[
            "SEARCH w USING INDEX runs_waiting (org_id=? AND batch_id=? AND available_at_us<?)",
            "SEARCH a USING INDEX runs_running (org_id=? AND batch_id=?)",
        ],
    ),
    ("due_schedules.sqlite.sql", &["SEARCH s USING INDEX schedules_due (org_id=? AND next_due_us<?)"]),
    ("expired_runs.sqlite.sql", &["SEARCH r USING INDEX runs_leased (org_id=? AND lease_until_us<?)"]),
    (
        "get_batch.sql",
        &[
            "SEARCH q USING INDEX runs_queued (org_id=? AND batch_id=?)",
            "SEARCH a USING INDEX runs_running (org_id=? AND batch_id=?)",
        ],
    ),
    (
        "find_fire.sql",
        &["SEARCH schedule_fires USING INDEX schedule_fires_by_batch (org_id=? AND batch_id=?)"],
    ),
    ("hinted_runs.sqlite.sql", &["SEARCH r USING INDEX sqlite_autoindex_runs_1 (org_id=? AND run_id=?)"]),
    (
        "list_batches.sql",
        &["SEARCH b USING INDEX batches_by_created (org_id=? AND (created_at_us,batch_id)<(?,?))"],
    ),
    (
        "list_cells.sql",
        &[
            "SEARCH r USING INDEX sqlite_autoindex_runs_2 (org_id=? AND batch_id=? AND (batch_run_index,rerun_index)>(?,?))",
        ],
    ),
    ("list_ended.sqlite.sql", &["SEARCH runs USING INDEX runs_by_end (org_id=? AND <expr>>? AND <expr><?)"]),
    (
        "list_fires.sql",
        &["SEARCH schedule_fires USING PRIMARY KEY (org_id=? AND schedule_id=? AND due_at_us<?)"],
    ),
    (
        "list_matrix.sql",
        &[
            "SEARCH r USING INDEX runs_by_batch (org_id=? AND batch_id=?)",
            "SEARCH f USING INDEX sqlite_autoindex_runs_2 (org_id=? AND batch_id=? AND batch_run_index=? AND rerun_index>?)",
            "SEARCH q USING INDEX sqlite_autoindex_citations_1 (org_id=? AND run_id=?)",
        ],
    ),
    (
        "list_runs_of_batch.sql",
        &[
            "SEARCH r USING INDEX runs_by_batch (org_id=? AND batch_id=? AND created_at_us>? AND (created_at_us,run_id)<(?,?))",
        ],
    ),
    (
        "list_runs_of_template.sql",
        &[
            "SEARCH r USING INDEX runs_by_template (org_id=? AND template_id=? AND created_at_us>? AND (created_at_us,run_id)<(?,?))",
        ],
    ),
    (
        "list_schedules.sql",
        &[
            "SEARCH schedules USING INDEX schedules_by_created (org_id=? AND (created_at_us,schedule_id)<(?,?))",
        ],
    ),
    (
        "list_templates.sql",
        &[
            "SEARCH templates USING INDEX templates_by_created (org_id=? AND (created_at_us,template_id)<(?,?))",
        ],
    ),
    (
        "lose_attempts.sqlite.sql",
        &["SEARCH a USING INDEX sqlite_autoindex_attempts_1 (org_id=? AND run_id=?)"],
    ),
    ("next_offer.sql", &["SEARCH r USING INDEX runs_waiting (org_id=? AND batch_id=?)"]),
    ("waiting_cells.sql", &["SEARCH runs USING INDEX runs_waiting (org_id=? AND batch_id=?)"]),
    ("unsealed_orgs.sqlite.sql", &["SEARCH r USING INDEX runs_by_end (org_id=? AND <expr>>?)"]),
    ("renew_leases.sqlite.sql", &["SEARCH r USING INDEX sqlite_autoindex_runs_1 (org_id=? AND run_id=?)"]),
    ("retry_runs.sqlite.sql", &["SEARCH r USING INDEX sqlite_autoindex_runs_1 (org_id=? AND run_id=?)"]),
];

/// Lists come in the order of their index.
const UNSORTED: [&str; 6] = [
    "list_batches.sql",
    "list_fires.sql",
    "list_runs_of_batch.sql",
    "list_runs_of_template.sql",
    "list_schedules.sql",
    "list_templates.sql",
];

async fn plan(store: &Sqlite, sql: &str) -> Vec<String> {
    let rows = sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"))).fetch_all(&store.writer).await;
    // Whether the index covers the columns is no matter here.
    rows.unwrap().iter().map(|row| row.get::<String, _>("detail").replace("COVERING ", "")).collect()
}

#[tokio::test]
async fn hot_queries_read_by_the_right_index() {
    let (store, _directory) = database().await;
    for (file, expected) in PLANS {
        let (_, sql) = ALL.iter().find(|(name, _)| *name == file).unwrap();
        let plan = plan(&store, sql).await;
        for line in expected {
            assert!(plan.iter().any(|detail| detail == line), "{file}: {line} is not in {plan:#?}");
        }
        assert!(
            !UNSORTED.contains(&file) || !plan.iter().any(|detail| detail.contains("TEMP B-TREE")),
            "{file}: {plan:#?}"
        );
    }
}

/// A scan is of a parameter, a bounded intermediate result, or the orgs; never of a table that grows.
#[tokio::test]
async fn no_query_scans_a_large_table() {
    let (store, _directory) = database().await;
    for (file, sql) in ALL {
        let large: Vec<String> = LARGE.iter().flat_map(|table| aliases(sql, table)).collect();
        for detail in plan(&store, sql).await {
            let scanned = detail.strip_prefix("SCAN ").and_then(|rest| rest.split(' ').next());
            assert!(!scanned.is_some_and(|name| large.iter().any(|alias| alias == name)), "{file}: {detail}");
            // The index of an org's rows alone is as good as a scan, but for what is under way.
            let whole_org = detail.ends_with("(org_id=?)") && !detail.contains("batch_controls");
            // Keys are few, and so are schedules that have not ended (ORG_MAX_SCHEDULES).
            let listed = detail.contains("api_keys") || detail.contains("INDEX schedules_open ");
            // Of its segments the last alone is read.
            let last = sql.contains("ORDER BY s.segment DESC LIMIT 1") || sql.contains("max(m.segment)");
            let last = detail.contains("segments") && (last || *file == "last_segment.sql");
            assert!(!whole_org || listed || last, "{file}: {detail}");
        }
    }
}

/// The names under which a query reads a table.
fn aliases(sql: &str, table: &str) -> Vec<String> {
    let words: Vec<&str> = sql.split_whitespace().collect();
    let mut names = vec![table.to_owned()];
    for window in words.windows(3) {
        if window[0] == table && window[1] == "AS" {
            names.push(window[2].trim_end_matches([',', ')']).to_owned());
        }
    }
    names
}
