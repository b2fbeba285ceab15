//! The server, and the migrated database that every test's is a copy of.

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use stet_store::Store as _;
use stet_store_sql::{Postgres, PostgresOptions};

/// The migrated database.
const TEMPLATE: &str = "stet_template";

/// The same while it is made: one that is half made must not be copied.
const DRAFT: &str = "stet_template_draft";

/// Held by who makes it; tests are processes of their own.
const HOLD: &str = "SELECT pg_advisory_lock(7453617434)";

/// Logins of tests: members of the roles, and nothing else.
const LOGINS: [&str; 3] = [
    "CREATE ROLE stet_test LOGIN IN ROLE stet_api, stet_worker",
    "CREATE ROLE stet_test_api LOGIN IN ROLE stet_api",
    "CREATE ROLE stet_test_worker LOGIN IN ROLE stet_worker",
];

/// The way that a connection takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Straight to the server.
    Straight,
    /// Through PgBouncer in transaction mode.
    Pooled,
    /// The same with two connections to the server.
    Narrow,
}

impl Way {
    const fn variable(self) -> &'static str {
        match self {
            Self::Straight => "TEST_POSTGRES_PORT",
            Self::Pooled => "TEST_PGBOUNCER_PORT",
            Self::Narrow => "TEST_PGBOUNCER_NARROW_PORT",
        }
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the test command tells tests by the environment where its servers are"
    )]
    fn port(self) -> u16 {
        let variable = self.variable();
        let port = std::env::var(variable).unwrap_or_else(|_absent| {
            panic!("{variable} is not set: run this test by `cargo xtask test`, or by `cargo xtask services -- cargo nextest run …`")
        });
        port.parse().expect("the test command sets a port")
    }
}

/// Where a database is.
pub(super) fn url(way: Way, login: &str, database: &str) -> String {
    format!("postgres://{login}@127.0.0.1:{}/{database}", way.port())
}

async fn superuser(database: &str) -> PgConnection {
    PgConnection::connect(&url(Way::Straight, "postgres", database)).await.expect("the server answers")
}

async fn run(connection: &mut PgConnection, statement: String) {
    let done = sqlx::query(AssertSqlSafe(statement.clone())).execute(connection).await;
    done.unwrap_or_else(|error| panic!("{statement}: {error}"));
}

/// Makes a database that is a copy of the migrated one, which the first test makes.
pub(super) async fn copy_template(name: &str) {
    let mut connection = superuser("postgres").await;
    run(&mut connection, HOLD.to_owned()).await;
    let stands: Option<i32> = sqlx::query_scalar("SELECT 1 FROM pg_database WHERE datname = $1")
        .bind(TEMPLATE)
        .fetch_optional(&mut connection)
        .await
        .expect("the server answers");
    if stands.is_none() {
        make_template(&mut connection).await;
    }
    run(&mut connection, "SELECT pg_advisory_unlock(7453617434)".to_owned()).await;
    run(&mut connection, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
    run(&mut connection, format!("CREATE DATABASE {name} TEMPLATE {TEMPLATE}")).await;
    connection.close().await.expect("the connection closes");
}

async fn make_template(connection: &mut PgConnection) {
    run(connection, format!("DROP DATABASE IF EXISTS {DRAFT}")).await;
    run(connection, format!("CREATE DATABASE {DRAFT}")).await;
    let options = PostgresOptions::default();
    let engine = Postgres::open(&url(Way::Straight, "postgres", DRAFT), None, &options)
        .await
        .expect("the server answers");
    engine.migrate().await.expect("the migrations run");
    engine.close().await;
    for login in LOGINS {
        run(connection, login.to_owned()).await;
    }
    run(connection, format!("ALTER DATABASE {DRAFT} RENAME TO {TEMPLATE}")).await;
}

/// Drops a database whoever is connected, from a thread of its own: tests end inside a runtime.
pub(super) fn drop_database(name: &str) {
    let statement = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    let dropped = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let url = url(Way::Straight, "postgres", "postgres");
            let mut connection = PgConnection::connect(&url).await?;
            sqlx::query(AssertSqlSafe(statement)).execute(&mut connection).await?;
            connection.close().await
        })?;
        Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
    });
    // The server and all its data go with the test command; a database that stays until then does no harm.
    drop(dropped.join());
}
