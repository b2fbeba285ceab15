//! Ringing and listening, and each trap of the library that was met (reliability.md, "apalis 1.0.0, as measured").

use std::time::Duration;

use stet_domain::bell::Bell as _;
use stet_testkit::Login;

use crate::bed::{Bed, all_that_is_rung_is_heard, payload, runs};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_api_rings_a_worker_hears() {
    let bed = Bed::open().await;
    let api = bed.queue(Login::Api);
    let mut listener = bed.listener("host-1-A", 1);
    all_that_is_rung_is_heard(&api, &mut listener).await;
    bed.until("SELECT count(*) FROM apalis.jobs WHERE status = 'Done'", 43).await;
    assert_eq!(
        bed.number("SELECT count(*) FROM apalis.jobs WHERE max_attempts <> 1 OR attempts > 1").await,
        0
    );
    listener.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_without_room_fetches_nothing_and_keeps_its_pulse() {
    let bed = Bed::open().await;
    let full = bed.listener("host-1-A", 1);
    bed.queue(Login::Api).ring(&runs(0..320), None).await.unwrap();
    // One is in the process, and none beside it is fetched: the other nine wait for who has room.
    bed.until("SELECT count(*) FROM apalis.jobs WHERE status = 'Pending'", 9).await;
    // The heartbeat makes the loop go round, room or not.
    bed.run("UPDATE apalis.workers SET last_seen = now() - interval '20 seconds'").await;
    bed.until("SELECT count(*) FROM apalis.workers WHERE last_seen > now() - interval '10 seconds'", 1).await;
    assert!(full.pulse.age() < Duration::from_secs(6), "{:?}", full.pulse.age());
    assert_eq!(bed.number("SELECT count(*) FROM apalis.jobs WHERE status = 'Pending'").await, 9);
    let mut idle = bed.listener("host-2-B", 1);
    for _ in 0..9 {
        idle.hears().await;
    }
    idle.stop().await;
    full.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_read_ends_no_listener() {
    let bed = Bed::open().await;
    let mut listener = bed.listener("host-1-A", 1);
    for unreadable in [&b"\xff\x00"[..], b"", b"null", b"{\"v\":99}"] {
        bed.put(unreadable).await;
    }
    bed.put(&payload(7..8)).await;
    assert_eq!(listener.hears().await, runs(7..8));
    bed.until("SELECT count(*) FROM dead_letters WHERE queue = 'stet.hints' AND met_by = 'host-1-A-1'", 4)
        .await;
    bed.until("SELECT count(*) FROM apalis.jobs WHERE status = 'Done'", 5).await;
    listener.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_listener_whose_rows_or_connections_are_gone_listens_again() {
    let bed = Bed::open().await;
    let api = bed.queue(Login::Api);
    let mut listener = bed.listener("host-1-A", 1);
    api.ring(&runs(0..1), None).await.unwrap();
    assert_eq!(listener.hears().await, runs(0..1));
    bed.run("TRUNCATE apalis.jobs, apalis.workers").await;
    api.ring(&runs(1..2), None).await.unwrap();
    assert_eq!(listener.hears().await, runs(1..2));
    bed.run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'stet-queue'",
    )
    .await;
    // A ring may meet the same cut: the rows would be rung for again.
    while api.ring(&runs(2..3), None).await.is_err() {}
    assert_eq!(listener.hears().await, runs(2..3));
    listener.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_was_fetched_by_a_dead_process_is_taken_by_another() {
    let bed = Bed::open().await;
    bed.put(&payload(0..1)).await;
    bed.run(
        "INSERT INTO apalis.workers (id, worker_type, storage_name, layers, last_seen)
        VALUES ('host-9-DEAD-1', 'stet.hints', 'PgStorage', '', now() - interval '2 minutes')",
    )
    .await;
    bed.run("UPDATE apalis.jobs SET status = 'Queued', lock_by = 'host-9-DEAD-1', lock_at = now()").await;
    let mut listener = bed.listener("host-1-A", 1);
    assert_eq!(listener.hears().await, runs(0..1));
    listener.stop().await;
}
