//! A database of the test's own, looked at without Stet's own code.

use sqlx::AssertSqlSafe;
use stet_testkit::{Login, TempPostgres, Way};
use tokio::runtime::Runtime;

pub(crate) struct Server {
    // Dropped before the runtime that its connections live in.
    database: Option<TempPostgres>,
    runtime: Runtime,
}

impl Server {
    pub(crate) fn start() -> Self {
        let runtime = Runtime::new().unwrap();
        let database = runtime.block_on(TempPostgres::open());
        Self { database: Some(database), runtime }
    }

    fn database(&self) -> &TempPostgres {
        self.database.as_ref().expect("it goes with this")
    }

    pub(crate) fn url(&self, way: Way, login: Login) -> String {
        self.database().url(way, login)
    }

    /// Runs a statement that no policy binds.
    pub(crate) fn run(&self, statement: &str) {
        let query = sqlx::query(AssertSqlSafe(statement.to_owned()));
        let done = self.runtime.block_on(query.execute(self.database().superuser()));
        done.unwrap_or_else(|error| panic!("{statement}: {error}"));
    }

    /// The one number that a query answers.
    pub(crate) fn number(&self, query: &str) -> i64 {
        let query = sqlx::query_scalar(AssertSqlSafe(query.to_owned()));
        self.runtime.block_on(query.fetch_one(self.database().superuser())).unwrap()
    }

    /// The one text that a query answers.
    pub(crate) fn text(&self, query: &str) -> String {
        let query = sqlx::query_scalar(AssertSqlSafe(query.to_owned()));
        self.runtime.block_on(query.fetch_one(self.database().superuser())).unwrap()
    }

    /// Ends every connection of the application, as a restart or a failing network does.
    pub(crate) fn cut_off_the_application(&self) {
        self.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND usename = 'stet_test' AND application_name = 'stet'",
        );
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _runtime = self.runtime.enter();
        drop(self.database.take());
    }
}
