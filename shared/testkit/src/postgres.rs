//! A PostgreSQL database for each test, on the server that the test command started.

mod server;

use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use sqlx::postgres::PgPoolOptions;
use sqlx::{AssertSqlSafe, PgPool, Row as _};
use stet_store::conformance::Bed;
use stet_store::{Store, StoreError};
use stet_store_sql::{Postgres, PostgresOptions};

pub use server::Way;

/// Who a connection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Login {
    /// Member of both roles, as a process that serves and executes.
    Both,
    /// Member of `stet_api` alone.
    Api,
    /// Member of `stet_worker` alone.
    Worker,
    /// The superuser, whom no policy binds.
    Superuser,
}

impl Login {
    const fn name(self) -> &'static str {
        match self {
            Self::Both => "stet_test",
            Self::Api => "stet_test_api",
            Self::Worker => "stet_test_worker",
            Self::Superuser => "postgres",
        }
    }
}

/// A migrated database, which goes with it.
#[derive(Debug)]
pub struct TempPostgres {
    store: Postgres,
    superuser: PgPool,
    name: String,
}

impl TempPostgres {
    /// Makes the database as a copy of a migrated one, and connects to it straight.
    ///
    /// # Panics
    /// Where the test command started no server, or it does not answer: nothing of the test would be true then.
    pub async fn open() -> Self {
        Self::through(Way::Straight).await
    }

    /// The same, connected to on that way.
    ///
    /// # Panics
    /// As [`Self::open`].
    pub async fn through(way: Way) -> Self {
        // Tests are processes, or threads of one.
        static MADE: AtomicU32 = AtomicU32::new(0);
        let name = format!("t_{}_{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        server::copy_template(&name).await;
        let superuser = PgPoolOptions::new()
            .max_connections(2)
            .connect(&server::url(Way::Straight, Login::Superuser.name(), &name))
            .await
            .expect("the superuser may connect");
        let store = connect(&name, way, Login::Both).await;
        Self { store, superuser, name }
    }

    /// The engine, as a login of both roles.
    #[must_use]
    pub fn store(&self) -> &Postgres {
        &self.store
    }

    /// Another process on the same database.
    ///
    /// # Panics
    /// As [`Self::open`].
    pub async fn process(&self, way: Way, login: Login) -> Postgres {
        connect(&self.name, way, login).await
    }

    /// Where the database is, for a process of its own.
    #[must_use]
    pub fn url(&self, way: Way, login: Login) -> String {
        server::url(way, login.name(), &self.name)
    }

    /// Connections that no policy binds.
    #[must_use]
    pub const fn superuser(&self) -> &PgPool {
        &self.superuser
    }
}

async fn connect(name: &str, way: Way, login: Login) -> Postgres {
    let options = PostgresOptions::default();
    let direct = server::url(Way::Straight, login.name(), name);
    Postgres::open(&server::url(way, login.name(), name), Some(&direct), &options)
        .await
        .expect("the server answers")
}

impl Drop for TempPostgres {
    fn drop(&mut self) {
        server::drop_database(&self.name);
    }
}

/// Statements that would put another row in the place of one that stands.
const REPLACING: &[&str] = &[
    "INSERT INTO templates SELECT * FROM templates ON CONFLICT (org_id, template_id) DO UPDATE SET name = 'x'",
    "INSERT INTO batches SELECT * FROM batches ON CONFLICT (org_id, batch_id) DO UPDATE SET replicates = 9",
    "INSERT INTO lock_epochs SELECT * FROM lock_epochs ON CONFLICT (org_id, batch_id, epoch) DO UPDATE SET model_version = 'x'",
    "INSERT INTO runs SELECT * FROM runs WHERE status = 'succeeded' ON CONFLICT (org_id, run_id) DO UPDATE SET error_detail = 'x'",
    "INSERT INTO runs SELECT * FROM runs WHERE status = 'pending' ON CONFLICT (org_id, run_id) DO UPDATE SET locale = 'xx-XX'",
    "INSERT INTO run_outputs SELECT * FROM run_outputs ON CONFLICT (org_id, run_id) DO UPDATE SET output = NULL",
    "INSERT INTO citations SELECT * FROM citations ON CONFLICT (org_id, run_id, ordinal) DO UPDATE SET url = 'x'",
    "INSERT INTO attempts SELECT * FROM attempts WHERE outcome IS NOT NULL
        ON CONFLICT (org_id, run_id, fence) DO UPDATE SET outcome = 'lost'",
    "INSERT INTO exchanges SELECT * FROM exchanges ON CONFLICT (org_id, run_id, fence, ordinal) DO UPDATE SET latency_ms = 0",
    "INSERT INTO preflight_attempts SELECT * FROM preflight_attempts
        ON CONFLICT (org_id, batch_id, fence) DO UPDATE SET outcome = 'lost'",
    "INSERT INTO preflight_exchanges SELECT * FROM preflight_exchanges
        ON CONFLICT (org_id, batch_id, fence, ordinal) DO UPDATE SET latency_ms = 0",
    "INSERT INTO batch_steps SELECT * FROM batch_steps ON CONFLICT (org_id, batch_id, step) DO UPDATE SET at_us = 1",
    "INSERT INTO schedules SELECT * FROM schedules ON CONFLICT (org_id, schedule_id) DO UPDATE SET cron = '* * * * *'",
    "INSERT INTO schedule_fires SELECT * FROM schedule_fires
        ON CONFLICT (org_id, schedule_id, due_at_us) DO UPDATE SET at_us = 1",
    "INSERT INTO canary_looks SELECT * FROM canary_looks
        ON CONFLICT (org_id, batch_id, preflight_fence) DO UPDATE SET lock_epoch = 1",
    "MERGE INTO templates AS t USING templates AS s ON t.org_id = s.org_id AND t.template_id = s.template_id
        WHEN MATCHED THEN DELETE",
    "TRUNCATE templates CASCADE",
    "TRUNCATE runs CASCADE",
    "TRUNCATE exchanges",
];

#[async_trait]
impl Bed for TempPostgres {
    fn store(&self) -> &dyn Store {
        &self.store
    }

    async fn migrate(&self) -> Result<usize, StoreError> {
        self.process(Way::Straight, Login::Superuser).await.migrate().await
    }

    async fn sql(&self, statement: &str) -> Result<(), String> {
        // As the application, in the org that the cases act as: refused, or nothing is changed.
        let mut tx = self.store.pool().begin().await.expect("the application may connect");
        let scope = "SELECT set_config('app.org_id', 'acme', true)";
        // Unnamed, as they may go through a pooler.
        sqlx::query(scope).persistent(false).execute(&mut *tx).await.expect("the org can be set");
        let query = sqlx::query(AssertSqlSafe(statement.to_owned())).persistent(false);
        if query.execute(&mut *tx).await.is_ok_and(|done| done.rows_affected() > 0) {
            return tx.commit().await.map_err(|error| error.to_string());
        }
        drop(tx);
        let done = sqlx::query(AssertSqlSafe(statement.to_owned())).execute(&self.superuser).await;
        done.map(|_| ()).map_err(|error| error.to_string())
    }

    fn bytes(&self, hex: &str) -> String {
        format!("'\\x{hex}'::bytea")
    }

    fn replacing(&self) -> &'static [&'static str] {
        REPLACING
    }

    async fn number(&self, query: &'static str) -> i64 {
        let row = sqlx::query(AssertSqlSafe(query))
            .fetch_one(&self.superuser)
            .await
            .expect("the query answers a row");
        row.get(0)
    }
}
