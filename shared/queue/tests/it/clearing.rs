//! What is done with is removed.

use stet_domain::bell::Bell as _;
use stet_testkit::Login;

use crate::bed::{Bed, payload, runs};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hints_that_are_done_or_stale_and_listeners_that_are_gone_go() {
    let bed = Bed::open().await;
    let worker = bed.queue(Login::Worker);
    let mut listener = bed.listener("host-1-A", 4);
    bed.put(&payload(0..1)).await;
    bed.put(b"no hint").await;
    assert_eq!(listener.hears().await, runs(0..1));
    bed.until("SELECT count(*) FROM apalis.jobs WHERE status = 'Done'", 2).await;
    listener.stop().await;
    worker.ring(&runs(1..2), None).await.unwrap();
    worker.ring(&runs(2..3), None).await.unwrap();
    assert_eq!(worker.waiting().await.unwrap(), 2);
    bed.run(
        "UPDATE apalis.jobs SET run_at = now() - interval '10 minutes'
        WHERE id = (SELECT max(id) FROM apalis.jobs WHERE status = 'Pending')",
    )
    .await;
    // Two are done, one has waited for too long.
    assert_eq!(worker.prune().await.unwrap(), 3);
    assert_eq!(worker.waiting().await.unwrap(), 1);
    assert_eq!(bed.number("SELECT count(*) FROM apalis.workers").await, 1);
    bed.run("UPDATE apalis.workers SET last_seen = now() - interval '11 minutes'").await;
    assert_eq!(worker.prune().await.unwrap(), 1);
    assert_eq!(bed.number("SELECT count(*) FROM apalis.workers").await, 0);
    assert_eq!(bed.number("SELECT count(*) FROM dead_letters").await, 1);
    bed.run("UPDATE dead_letters SET met_at_us = met_at_us - 31 * 86400000000").await;
    assert_eq!(worker.prune().await.unwrap(), 1);
    assert_eq!(bed.number("SELECT count(*) FROM dead_letters").await, 0);
}
