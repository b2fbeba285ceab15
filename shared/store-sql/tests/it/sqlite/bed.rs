//! A database file for each test.

use async_trait::async_trait;
use sqlx::{AssertSqlSafe, Row as _};
use stet_store::conformance::Bed;
use stet_store::{Store, StoreError};
use stet_store_sql::{Sqlite, SqliteOptions};
use tempfile::TempDir;

/// Statements that would put another row in the place of one that stands, by each of its keys and by the row's own number.
const REPLACING: &[&str] = &[
    "INSERT OR REPLACE INTO templates SELECT * FROM templates",
    "INSERT OR REPLACE INTO templates SELECT org_id, zeroblob(16), name, template_sha256, canonical, provider,
        model_version_constraint, created_by, created_at_us, record_hmac, record_key_id FROM templates",
    "INSERT OR REPLACE INTO batches SELECT * FROM batches",
    "INSERT OR REPLACE INTO lock_epochs SELECT * FROM lock_epochs",
    "REPLACE INTO runs SELECT * FROM runs WHERE status = 'succeeded'",
    "REPLACE INTO runs SELECT * FROM runs WHERE status = 'pending'",
    "REPLACE INTO runs (org_id, run_id, template_id, batch_id, batch_run_index, locale, locale_index, grounding_mode,
        replicate_index, inputs_sha256, created_at_us, available_at_us) SELECT org_id, zeroblob(16), template_id,
        batch_id, batch_run_index, locale, locale_index, grounding_mode, replicate_index, inputs_sha256, created_at_us,
        available_at_us FROM runs WHERE status = 'succeeded'",
    "REPLACE INTO runs (rowid, org_id, run_id, template_id, batch_run_index, locale, locale_index, grounding_mode,
        replicate_index, inputs, created_by, inputs_sha256, created_at_us, available_at_us) SELECT rowid, org_id,
        zeroblob(16), template_id, 0, locale, 0, grounding_mode, 0, x'', '', inputs_sha256, created_at_us,
        available_at_us FROM runs WHERE status = 'succeeded'",
    "INSERT OR REPLACE INTO run_outputs SELECT * FROM run_outputs",
    "INSERT OR IGNORE INTO run_outputs SELECT * FROM run_outputs",
    "INSERT OR REPLACE INTO citations SELECT * FROM citations",
    "INSERT OR REPLACE INTO citations (rowid, org_id, run_id, ordinal, url_raw, url, class) SELECT rowid, org_id,
        run_id, 99, url_raw, url, class FROM citations",
    "INSERT OR REPLACE INTO attempts SELECT * FROM attempts",
    "INSERT OR REPLACE INTO exchanges SELECT * FROM exchanges",
    "INSERT OR REPLACE INTO preflight_attempts SELECT * FROM preflight_attempts",
    "INSERT OR REPLACE INTO preflight_exchanges SELECT * FROM preflight_exchanges",
    "INSERT OR REPLACE INTO batch_steps SELECT * FROM batch_steps",
    "INSERT OR REPLACE INTO canary_looks SELECT * FROM canary_looks",
    "INSERT OR REPLACE INTO schedules SELECT * FROM schedules",
    "INSERT OR REPLACE INTO schedule_fires SELECT * FROM schedule_fires",
    "INSERT OR REPLACE INTO schedule_fires SELECT org_id, schedule_id, due_at_us + 1, through_at_us + 1, due_times, outcome,
        batch_id, error_code, error_detail, at_us FROM schedule_fires",
    "INSERT INTO exchanges SELECT * FROM exchanges WHERE true ON CONFLICT DO UPDATE SET reply_body = x'00'",
    "INSERT OR REPLACE INTO exchanges (rowid, org_id, run_id, fence, ordinal, purpose, request_sha256, request_body,
        reply_body, latency_ms) SELECT rowid, org_id, run_id, fence, 99, purpose, request_sha256, request_body,
        reply_body, latency_ms FROM exchanges",
];

/// A migrated database in a directory that goes with it.
pub(super) struct File {
    pub(super) store: Sqlite,
    pub(super) path: String,
    _directory: TempDir,
}

pub(super) async fn bed() -> File {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join("stet.db").to_str().expect("a path in UTF-8").to_owned();
    let store = Sqlite::open(&path, &SqliteOptions::default()).await.expect("a new file opens");
    store.migrate().await.expect("a new file migrates");
    File { store, path, _directory: directory }
}

#[async_trait]
impl Bed for File {
    fn store(&self) -> &dyn Store {
        &self.store
    }

    async fn migrate(&self) -> Result<usize, StoreError> {
        self.store.migrate().await
    }

    async fn sql(&self, statement: &str) -> Result<(), String> {
        let done = sqlx::query(AssertSqlSafe(statement.to_owned())).execute(self.store.writer_pool()).await;
        done.map(|_| ()).map_err(|error| error.to_string())
    }

    fn bytes(&self, hex: &str) -> String {
        format!("x'{hex}'")
    }

    fn replacing(&self) -> &'static [&'static str] {
        REPLACING
    }

    async fn number(&self, query: &'static str) -> i64 {
        let row = sqlx::query(AssertSqlSafe(query))
            .fetch_one(self.store.reader_pool())
            .await
            .expect("the query answers a row");
        row.get(0)
    }
}
