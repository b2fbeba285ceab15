//! What of apalis-postgres is gone round, each trap by its own test; docs/decisions/0025-apalis-traps.md has the list (reliability.md, "apalis 1.0.0, as measured").

use std::collections::HashMap;
use std::time::{Duration, Instant};

use apalis::prelude::{BoxDynError, RetryAfterError, WorkerBuilder, WorkerError};
use apalis_postgres::{Config, PostgresStorage};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use stet_domain::bell::Bell as _;
use stet_testkit::{Login, Way};

use crate::bed::{Bed, PATIENCE, payload, runs};

/// Messages that a listener has taken and not acknowledged.
const TAKEN: &str = "SELECT count(*) FROM apalis.jobs WHERE status IN ('Queued', 'Running')";
const DONE: &str = "SELECT count(*) FROM apalis.jobs WHERE status = 'Done'";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_that_are_slow_hear_each_hint_once_and_hold_no_others() {
    let bed = Bed::open().await;
    let (mut one, mut other) = (bed.listener("host-1-A", 1), bed.listener("host-2-B", 1));
    bed.queue(Login::Api).ring(&runs(0..640), None).await.unwrap();
    let mut heard = Vec::new();
    let start = Instant::now();
    while heard.len() < 640 {
        let hint = tokio::select! { hint = one.hears() => hint, hint = other.hears() => hint };
        heard.extend(hint);
        // Whoever is busy holds what it has room for, and the rest waits for who is idle.
        assert!(bed.number(TAKEN).await <= 4);
        assert!(start.elapsed() < PATIENCE);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    bed.until(DONE, 20).await;
    heard.sort_unstable();
    assert_eq!(heard, runs(0..640));
    // Nothing more comes: no message is fetched again.
    for listener in [&mut one, &mut other] {
        assert!(tokio::time::timeout(Duration::from_secs(1), listener.heard.recv()).await.is_err());
    }
    assert_eq!(bed.number("SELECT count(*) FROM apalis.jobs WHERE attempts > 1").await, 0);
    one.stop().await;
    other.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fast_restart_leaves_nothing_running_for_ever() {
    let bed = Bed::open().await;
    let mut first = bed.listener("host-1-A", 1);
    bed.put(&payload(0..1)).await;
    assert_eq!(first.hears().await, runs(0..1));
    bed.until(DONE, 1).await;
    first.dies();
    // As it stands when a process dies between its fetch and its acknowledgement, its one try spent.
    bed.run(
        "UPDATE apalis.jobs SET status = 'Running', done_at = NULL, attempts = 1, lock_by = 'host-1-A-1', lock_at = now()",
    )
    .await;
    // The next start has another name, so that nobody sends the heartbeats of the dead one.
    let mut next = bed.listener("host-1-B", 1);
    bed.until("SELECT count(*) FROM apalis.workers WHERE id = 'host-1-B-1'", 1).await;
    bed.run("UPDATE apalis.workers SET last_seen = now() - interval '2 minutes' WHERE id = 'host-1-A-1'")
        .await;
    assert_eq!(next.hears().await, runs(0..1), "its message comes again, whatever its tries: a hint may");
    bed.until(DONE, 1).await;
    assert_eq!(bed.number(TAKEN).await, 0);
    next.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hint_is_done_with_while_its_runs_are_under_way() {
    let bed = Bed::open().await;
    let mut drains = bed.listener("host-1-A", 1);
    bed.put(&payload(0..8)).await;
    let under_way = drains.hears().await;
    // Its calls have not ended, and the queue holds nothing of them that a peer could take up.
    bed.until(DONE, 1).await;
    drains.stop().await;
    bed.run("UPDATE apalis.workers SET last_seen = now() - interval '2 minutes'").await;
    let mut peer = bed.listener("host-2-B", 1);
    bed.put(&payload(100..101)).await;
    assert_eq!(peer.hears().await, runs(100..101), "nothing of {} runs was before it", under_way.len());
    bed.until(DONE, 2).await;
    peer.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_kept_is_tried_once_and_no_more() {
    let bed = Bed::open().await;
    bed.run("REVOKE INSERT ON dead_letters FROM stet_worker").await;
    let mut listener = bed.listener("host-1-A", 1);
    bed.put(b"no hint").await;
    bed.until("SELECT count(*) FROM apalis.jobs WHERE attempts = 1 AND status NOT IN ('Pending', 'Queued', 'Running')", 1)
        .await;
    bed.put(&payload(7..8)).await;
    assert_eq!(listener.hears().await, runs(7..8), "the listener goes on");
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(bed.number("SELECT max(attempts)::bigint FROM apalis.jobs").await, 1);
    assert_eq!(bed.number("SELECT count(*) FROM apalis.workers WHERE id <> 'host-1-A-1'").await, 0);
    listener.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_notifications_the_interval_does_not_stall() {
    let bed = Bed::open().await;
    bed.run("ALTER TABLE apalis.jobs DISABLE TRIGGER USER").await;
    let mut listener = bed.listener("host-1-A", 1);
    // The first look may have come before it; the last pause is longer than a heartbeat's.
    for (turn, pause) in (0..).zip([0, 700, 1_300, 2_100, 6_000]) {
        tokio::time::sleep(Duration::from_millis(pause)).await;
        bed.put(&payload(turn..turn + 1)).await;
        let put = Instant::now();
        assert_eq!(listener.hears().await, runs(turn..turn + 1));
        assert!(turn == 0 || put.elapsed() < Duration::from_secs(2), "{turn}: {:?}", put.elapsed());
    }
    listener.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_hint_again_fails_no_push_and_is_due_by_the_databases_clock() {
    let bed = Bed::open().await;
    let api = bed.queue(Login::Api);
    for _ in 0..3 {
        api.ring(&runs(0..40), None).await.unwrap();
    }
    assert_eq!(bed.queue(Login::Worker).waiting().await.unwrap(), 6);
    assert_eq!(bed.number("SELECT count(*) FROM apalis.jobs WHERE run_at > now()").await, 0);
    assert_eq!(bed.number("SELECT count(*) FROM apalis.jobs WHERE max_attempts <> 1").await, 0);
    let mut listener = bed.listener("host-1-A", 8);
    for _ in 0..6 {
        listener.hears().await;
    }
    listener.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_listener_whose_database_was_away_hears_again_and_keeps_its_pulse() {
    let bed = Bed::open().await;
    let mut listener = bed.listener("host-1-A", 1);
    bed.put(&payload(0..1)).await;
    assert_eq!(listener.hears().await, runs(0..1));
    // Nobody may connect for eight seconds, and whoever is connected is cut off again and again.
    bed.connections(false).await;
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(8) {
        bed.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND application_name = 'stet-queue'",
        )
        .await;
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    bed.connections(true).await;
    bed.put(&payload(1..2)).await;
    assert_eq!(listener.hears().await, runs(1..2));
    assert!(listener.pulse.age() < Duration::from_secs(12), "{:?}", listener.pulse.age());
    listener.stop().await;
}

/// The library's worker over the same queue, which decodes for itself and fails with `failure`; what it ends with, if it does.
async fn theirs(bed: &Bed, failure: fn() -> BoxDynError) -> Option<Result<(), WorkerError>> {
    let options: PgConnectOptions = bed.database.url(Way::Straight, Login::Worker).parse().unwrap();
    let pool = PgPoolOptions::new()
        .max_connections(4)
        .connect_with(options.options([("search_path", "apalis,public")]))
        .await
        .unwrap();
    let config = Config::default().queue("stet.hints").lock_tasks(false);
    let backend = PostgresStorage::<HashMap<String, u64>>::new(&pool).with_config(config);
    let handler = move |_: HashMap<String, u64>| std::future::ready(Err::<(), BoxDynError>(failure()));
    let worker = WorkerBuilder::new("theirs-1").backend(backend).build(handler);
    tokio::time::timeout(Duration::from_secs(4), worker.run()).await.ok()
}

/// The trap itself: where an upgrade mends it, this fails, and payloads need not be bytes any more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_librarys_own_decoding_ends_its_worker() {
    let bed = Bed::open().await;
    bed.put(b"{\"v\":").await;
    let ended = theirs(&bed, || "it is not called".into()).await;
    assert!(ended.is_some_and(|ended| ended.is_err()), "it went on over what it cannot decode");
}

/// The trap itself: where an upgrade mends it, this fails, and a retry's wait might be left to the queue.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_librarys_retries_do_not_wait() {
    let bed = Bed::open().await;
    bed.put(b"{\"v\":1}").await;
    bed.run("UPDATE apalis.jobs SET max_attempts = 100").await;
    let wait = || RetryAfterError::new("later", Duration::from_secs(30)).into();
    assert!(theirs(&bed, wait).await.is_none(), "it goes on");
    let tries = bed.number("SELECT max(attempts)::bigint FROM apalis.jobs").await;
    assert!(tries > 1, "{tries} tries within 4 s of a wait of 30 s");
}
