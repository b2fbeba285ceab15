//! A database with a queue in it, and somebody who listens.

use std::time::{Duration, Instant};

use secrecy::SecretString;
use stet_domain::bell::{Bell, Heard};
use stet_domain::ids::{Incarnation, OrgId, RunId};
use stet_queue::postgres::{PostgresQueue, setup};
use stet_queue::{Hint, Pulse, Queue};
use stet_testkit::{Login, TempPostgres, Way};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Bed {
    pub(crate) database: TempPostgres,
}

/// Somebody who listens, until told to stop.
pub(crate) struct Listener {
    pub(crate) heard: mpsc::Receiver<Heard>,
    pub(crate) pulse: Pulse,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Bed {
    pub(crate) async fn open() -> Self {
        let database = TempPostgres::open().await;
        setup(&SecretString::from(database.url(Way::Straight, Login::Superuser))).await.unwrap();
        Self { database }
    }

    pub(crate) fn queue(&self, login: Login) -> PostgresQueue {
        PostgresQueue::new(&SecretString::from(self.database.url(Way::Straight, login))).unwrap()
    }

    /// A worker's listener with room for so many hints.
    pub(crate) fn listener(&self, name: &str, room: usize) -> Listener {
        Listener::of(self.queue(Login::Worker), name, room)
    }

    /// Puts bytes into the queue past its own code.
    pub(crate) async fn put(&self, payload: &[u8]) {
        let statement = "INSERT INTO apalis.jobs (id, job_type, job, status, attempts, max_attempts, run_at, priority, metadata)
            VALUES (apalis.generate_ulid(), 'stet.hints', $1, 'Pending', 0, 1, now() - interval '1 second', 0, ''::apalis.hstore)";
        sqlx::query(statement).bind(payload).execute(self.database.superuser()).await.unwrap();
    }

    pub(crate) async fn run(&self, statement: &'static str) {
        sqlx::query(statement).execute(self.database.superuser()).await.unwrap();
    }

    /// Whether the queue's logins may connect; who is connected stays so.
    pub(crate) async fn connections(&self, allowed: bool) {
        let name: String = sqlx::query_scalar("SELECT current_database()")
            .fetch_one(self.database.superuser())
            .await
            .unwrap();
        let statement =
            format!("ALTER DATABASE \"{name}\" CONNECTION LIMIT {}", if allowed { -1 } else { 0 });
        sqlx::query(sqlx::AssertSqlSafe(statement)).execute(self.database.superuser()).await.unwrap();
    }

    pub(crate) async fn number(&self, query: &'static str) -> i64 {
        sqlx::query_scalar(query).fetch_one(self.database.superuser()).await.unwrap()
    }

    /// Waits until a query answers that number.
    pub(crate) async fn until(&self, query: &'static str, number: i64) {
        let waited = tokio::time::timeout(PATIENCE, async {
            while self.number(query).await != number {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        });
        assert!(waited.await.is_ok(), "{query} is not {number} in time");
    }
}

impl Listener {
    /// One of a process of that name, with room for so many hints.
    pub(crate) fn of(queue: impl Queue + 'static, name: &str, room: usize) -> Self {
        let (hints, heard) = mpsc::channel(room);
        let (pulse, stop) = (Pulse::default(), CancellationToken::new());
        let process = Incarnation(name.to_owned());
        let (beats, ends) = (pulse.clone(), stop.clone());
        let task = tokio::spawn(async move { queue.listen(&process, hints, beats, ends).await });
        Self { heard, pulse, stop, task }
    }

    pub(crate) async fn hears(&mut self) -> Vec<(OrgId, RunId)> {
        tokio::time::timeout(PATIENCE, self.heard.recv()).await.expect("a hint comes in time").unwrap().runs
    }

    /// Ends as a killed process does: it puts nothing down.
    pub(crate) fn dies(self) {
        self.task.abort();
    }

    pub(crate) async fn stop(self) {
        self.stop.cancel();
        tokio::time::timeout(PATIENCE, self.task).await.expect("it stops in time").unwrap();
    }
}

pub(crate) fn runs(ids: std::ops::Range<u128>) -> Vec<(OrgId, RunId)> {
    ids.map(|id| ("acme".parse().unwrap(), RunId::from_bytes(id.to_be_bytes()))).collect()
}

pub(crate) fn payload(ids: std::ops::Range<u128>) -> Vec<u8> {
    Hint { runs: runs(ids), traceparent: None }.encode()
}

/// Whatever is rung is heard: what is rung while somebody listens well before the next look, and of many, spread over hints of few, each once. Rings 43 hints.
pub(crate) async fn all_that_is_rung_is_heard(bell: &impl Bell, listener: &mut Listener) {
    // The first may come before anybody listens.
    bell.ring(&runs(0..1), None).await.unwrap();
    assert_eq!(listener.hears().await, runs(0..1));
    let start = Instant::now();
    for turn in 1..=10 {
        bell.ring(&runs(turn..turn + 1), None).await.unwrap();
        assert_eq!(listener.hears().await, runs(turn..turn + 1));
    }
    assert!(start.elapsed() < Duration::from_secs(3), "ten took {:?}", start.elapsed());
    bell.ring(&runs(100..1_100), None).await.unwrap();
    let (mut heard, mut hints) = (Vec::new(), 0);
    while heard.len() < 1_000 {
        let hint = listener.hears().await;
        assert!(hint.len() <= 32);
        heard.extend(hint);
        hints += 1;
    }
    heard.sort_unstable();
    assert_eq!((heard, hints), (runs(100..1_100), 32));
}
