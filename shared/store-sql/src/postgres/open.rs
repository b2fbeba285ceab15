//! Connecting to the server.

use std::str::FromStr as _;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection as _, PgPool};
use stet_store::StoreError;

use super::{Postgres, PostgresOptions, classify, queries};

/// Connections for renewals: one statement every few seconds each.
const RENEWERS: u32 = 2;

/// The most connections that one process opens for work.
const CONNECTIONS_MAX: u32 = 1_000;

/// Statements kept prepared on a connection: more than there are queries.
const STATEMENTS_KEPT: usize = 256;

/// A connection that was idle for so long is tried before it is used: a server or a pooler may have closed it.
const TRIED_AFTER: Duration = Duration::from_secs(1);

/// A connection that is put back and says nothing for so long is closed.
const SILENT_FOR: Duration = Duration::from_secs(5);

/// Connections that look whether a pooler carries names. Two would do, were this process alone: with others that start at the same moment, the second may be led to
/// another server connection than the first.
const PROBES: usize = 5;

/// SQLSTATE of a statement prepared twice under one name, and of one that is not there: what a pooler brings about that does not
/// know of names.
const NAMES_NOT_CARRIED: [&str; 2] = ["42P05", "26000"];

impl Postgres {
    /// Connects to the server at a `postgres:` URL, which may lead through a pooler in transaction mode; `direct` leads to the server itself, for
    /// migrations, and is the same where none is given. The schema is looked at by [`stet_store::Store::ready`] and [`stet_store::Store::migrate`].
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where the server does not answer, [`StoreError::Engine`] where the URL is none or the server refuses.
    pub async fn open(
        url: &str,
        direct: Option<&str>,
        options: &PostgresOptions,
    ) -> Result<Self, StoreError> {
        let to_work = connect_options(url)?;
        let to_server = connect_options(direct.unwrap_or(url))?;
        let named_statements = carries_named_statements(&to_work).await?;
        let pool = |connect: &PgConnectOptions, most: u32| -> PgPool {
            PgPoolOptions::new()
                .max_connections(most)
                .acquire_timeout(options.acquire_timeout)
                .test_before_acquire(false)
                .before_acquire(|connection, meta| {
                    Box::pin(async move {
                        if meta.idle_for >= TRIED_AFTER {
                            connection.ping().await?;
                        }
                        Ok(true)
                    })
                })
                .after_release(|connection, _meta| {
                    Box::pin(async move {
                        // Who gave up waiting leaves a connection that answers nobody: it is closed, and its place is another's.
                        tokio::time::timeout(SILENT_FOR, connection.ping()).await.map_err(|_silence| {
                            sqlx::Error::Io(std::io::Error::from(std::io::ErrorKind::TimedOut))
                        })??;
                        Ok(true)
                    })
                })
                .connect_lazy_with(connect.clone())
        };
        let work = pool(&to_work, options.max_connections.clamp(1, CONNECTIONS_MAX));
        Ok(Self {
            reader: work.clone(),
            writer: work,
            renewer: pool(&to_work, RENEWERS),
            direct: pool(&to_server, 1),
            named_statements,
        })
    }
}

fn connect_options(url: &str) -> Result<PgConnectOptions, StoreError> {
    let options = PgConnectOptions::from_str(url).map_err(classify)?;
    Ok(options
        .application_name("stet")
        .statement_cache_capacity(STATEMENTS_KEPT)
        // No query reads a floating-point number, and a pooler may refuse the parameter.
        .extra_float_digits(None))
}

/// Several connections prepare the same statement in turn: behind a pooler that shares one server connection between them without knowing of
/// names, a later one meets the name of an earlier.
async fn carries_named_statements(options: &PgConnectOptions) -> Result<bool, StoreError> {
    let mut connections = Vec::new();
    for _ in 0..PROBES {
        connections.push(sqlx::PgConnection::connect_with(options).await.map_err(classify)?);
    }
    let mut carried = true;
    for _ in 0..2 {
        for connection in &mut connections {
            match sqlx::query(queries::NOW_PLAIN).fetch_one(&mut *connection).await {
                Ok(_) => {}
                Err(sqlx::Error::Database(error))
                    if error.code().is_some_and(|code| NAMES_NOT_CARRIED.contains(&code.as_ref())) =>
                {
                    carried = false;
                }
                Err(other) => return Err(classify(other)),
            }
        }
    }
    for connection in connections {
        connection.close().await.map_err(classify)?;
    }
    Ok(carried)
}
