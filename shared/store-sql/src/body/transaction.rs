//! A transaction of one org.

use std::time::{Duration, Instant};

use async_trait::async_trait;
use stet_domain::ids::OrgId;
use stet_store::{Patience, StoreError, Tx};

use super::params::Parameters;
use super::{BEGIN_READ, BEGIN_WRITE, Db, Row, SCOPE_TO_READ, SCOPE_TO_WRITE, classify, is_cut_off};

/// A statement with its parameters.
pub(in super::super) type Query = sqlx::query::Query<'static, Db, <Db as sqlx::Database>::Arguments>;

/// The least time that a transaction waits for a lock: whoever holds one for a moment is waited for, however late it is.
const LOCK_WAIT_LEAST: Duration = Duration::from_millis(250);

/// How long a statement that looks for work may go unanswered, or one of somebody whose patience is bounded: ten times what the largest takes.
pub(super) const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// The same for one of somebody who waits as long as it takes: results wait for rows that others hold, and keep theirs from being taken over meanwhile.
const ANSWER_AT_LAST: Duration = Duration::from_mins(5);

/// What a transaction may do, and how it begins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Access {
    begin: &'static str,
    /// Whether a statement may go unanswered for ever.
    unhurried: bool,
    /// The first statement in it, with the org and what is left of the caller's patience.
    scope: Option<&'static str>,
}

impl Access {
    /// Reads one state of the rows, however long that takes: audits read all there is.
    pub(super) const READ: Self = Self { begin: BEGIN_READ, scope: SCOPE_TO_READ, unhurried: true };
    /// Writes rows that it finds by their keys.
    pub(super) const WRITE: Self = Self { begin: BEGIN_WRITE, scope: SCOPE_TO_WRITE, unhurried: false };
}

/// An open transaction; every statement in it is scoped to its org.
pub(super) struct Transaction {
    inner: sqlx::Transaction<'static, Db>,
    org: OrgId,
    named_statements: bool,
    answer_within: Option<Duration>,
}

impl Transaction {
    /// Begins one on the pool, scoped to the org.
    ///
    /// In a task of its own: a caller that goes away while the server answers would leave the connection in a transaction that nobody knows of. So it is
    /// begun whatever becomes of the caller, and rolled back where nobody takes it.
    ///
    /// A connection that was cut off while nobody used it shows only now: as nothing has begun yet, the next one is taken, as often as there
    /// were connections at rest.
    ///
    /// Who has no more patience than so much is told so when it is spent, and what is begun afterwards is rolled back.
    pub(super) async fn begin(
        pool: &sqlx::Pool<Db>,
        access: Access,
        org: &OrgId,
        named_statements: bool,
    ) -> Result<Self, StoreError> {
        let (pool, org) = (pool.clone(), org.clone());
        let (asked, patience) = (Instant::now(), Patience::left());
        let task = tokio::spawn(async move {
            let mut others = pool.num_idle();
            loop {
                match Self::begin_once(&pool, access, &org, named_statements, (asked, patience)).await {
                    Err(error) if others > 0 && is_cut_off(&error) => others -= 1,
                    done => return done.map_err(classify),
                }
            }
        });
        let opened = match patience {
            None => task.await,
            Some(patience) => match tokio::time::timeout(patience, task).await {
                Ok(opened) => opened,
                Err(spent) => {
                    Patience::spend(patience);
                    let detail = format!("no connection came free within {} ms", patience.as_millis());
                    return Err(StoreError::Unavailable { detail, source: Box::new(spent) });
                }
            },
        };
        Patience::spend(asked.elapsed());
        opened.unwrap_or_else(|error| {
            Err(StoreError::Engine { detail: error.to_string(), source: Box::new(error) })
        })
    }

    async fn begin_once(
        pool: &sqlx::Pool<Db>,
        access: Access,
        org: &OrgId,
        named_statements: bool,
        (asked, patience): (Instant, Option<Duration>),
    ) -> Result<Self, sqlx::Error> {
        let begin = async {
            let inner = pool.begin_with(access.begin).await?;
            let hurried = if patience.is_some() { ANSWER_WITHIN } else { ANSWER_AT_LAST };
            let answer_within = Some(hurried).filter(|_| !access.unhurried);
            let mut tx = Self { inner, org: org.clone(), named_statements, answer_within };
            if let Some(scope) = access.scope {
                // What is left of a caller's patience bounds the wait for rows that others hold, too.
                let left =
                    patience.map(|patience| patience.saturating_sub(asked.elapsed()).max(LOCK_WAIT_LEAST));
                let query = tx.scoped(scope).bind(left.map(|left| format!("{}ms", left.as_millis())));
                query.execute(&mut *tx.inner).await?;
            }
            Ok(tx)
        };
        in_time(Some(ANSWER_WITHIN), begin).await
    }

    /// The statement with the org as its first parameter: the only way to make one here.
    pub(super) fn scoped(&self, sql: &'static str) -> Query {
        sqlx::query(sql).persistent(self.named_statements).bind(self.org.as_str().to_owned())
    }

    /// Runs a statement; answers how many rows it changed.
    pub(super) async fn run(&mut self, query: Query) -> Result<u64, StoreError> {
        let done = in_time(self.answer_within, query.execute(&mut *self.inner)).await;
        done.map(|done| done.rows_affected()).map_err(classify)
    }

    /// All rows of a statement.
    pub(super) async fn all(&mut self, query: Query) -> Result<Vec<Row>, StoreError> {
        in_time(self.answer_within, query.fetch_all(&mut *self.inner)).await.map_err(classify)
    }

    /// The first row of a statement.
    pub(super) async fn optional(&mut self, query: Query) -> Result<Option<Row>, StoreError> {
        in_time(self.answer_within, query.fetch_optional(&mut *self.inner)).await.map_err(classify)
    }

    /// Runs a statement once per part of what it is told; answers the rows of all.
    pub(super) async fn bulk<P: Parameters>(
        &mut self,
        sql: &'static str,
        parts: Vec<P>,
    ) -> Result<Vec<Row>, StoreError> {
        self.bulk_with(sql, parts, |query| query).await
    }

    /// Runs a statement that writes one row for each of `count`, once per part of what it is told, with further parameters.
    ///
    /// # Errors
    /// [`StoreError::Engine`] where it wrote fewer: what they belong to is not there.
    pub(super) async fn insert<P: Parameters>(
        &mut self,
        sql: &'static str,
        parts: Vec<P>,
        count: usize,
        bind: impl Fn(Query) -> Query + Send + Sync,
    ) -> Result<(), StoreError> {
        let mut written = 0;
        for part in parts {
            let query = bind(part.bind(sql, self.scoped(sql)));
            written += self.run(query).await?;
        }
        all_written(written, count)
    }

    /// As [`Self::bulk`], with further parameters.
    pub(super) async fn bulk_with<P: Parameters>(
        &mut self,
        sql: &'static str,
        parts: Vec<P>,
        bind: impl Fn(Query) -> Query + Send + Sync,
    ) -> Result<Vec<Row>, StoreError> {
        let mut rows = Vec::new();
        for part in parts {
            let query = bind(part.bind(sql, self.scoped(sql)));
            rows.append(&mut self.all(query).await?);
        }
        Ok(rows)
    }
}

/// What the database answers, or that it does not: a connection may be gone without anybody having said so, and its statement would be waited for as long as the
/// operating system repeats what it sent.
pub(super) async fn in_time<T>(
    within: Option<Duration>,
    answer: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, sqlx::Error> {
    let Some(within) = within else { return answer.await };
    tokio::time::timeout(within, answer).await.unwrap_or_else(|_silence| {
        let detail = format!("the database did not answer within {} s", within.as_secs());
        Err(sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::TimedOut, detail)))
    })
}

/// That a row was written for each that was told: its parent's row is where it is taken from.
pub(super) fn all_written(written: u64, told: usize) -> Result<(), StoreError> {
    if written == told as u64 {
        return Ok(());
    }
    let detail = format!("{written} of {told} rows were written: what they belong to is not there");
    Err(StoreError::Engine { detail, source: Box::new(sqlx::Error::RowNotFound) })
}

#[async_trait]
impl Tx for Transaction {
    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        in_time(self.answer_within, self.inner.commit()).await.map_err(classify)
    }
}
