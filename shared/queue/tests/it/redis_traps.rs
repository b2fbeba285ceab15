//! What of apalis-redis is gone round, shown on the library itself: an upgrade that mends it fails here (reliability.md, "apalis 1.0.0, as measured").

use std::time::Duration;

use apalis::prelude::{TaskBuilder, WorkerContext};
use apalis_redis::queries::{fetch_next, push_tasks};
use apalis_redis::{Client, Config, ConnectionManager, RedisTask};
use stet_domain::bell::Bell as _;

use crate::bed::runs;
use crate::redis::Bed;

/// More than Lua's `unpack` takes apart.
const MANY: u32 = 9_000;

async fn connection(bed: &Bed) -> ConnectionManager {
    Client::open(bed.redis.url()).unwrap().get_connection_manager().await.unwrap()
}

fn tasks(count: u32) -> Vec<RedisTask> {
    (0..count).map(|number| TaskBuilder::new(number.to_be_bytes().to_vec()).build()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn so_many_hints_as_end_the_librarys_queue_are_heard_in_ours() {
    let bed = Bed::open().await;
    let (mut connection, config) = (connection(&bed).await, Config::default().queue("theirs"));
    let worker = WorkerContext::new("theirs-1");
    assert_eq!(bed.redis.ask(&["zadd", "theirs:workers", "1", "theirs-1"]), "1");
    for chunk in tasks(MANY).chunks(1_000) {
        push_tasks(&mut connection, &config, chunk).await.unwrap();
    }
    assert_eq!(bed.redis.ask(&["zcard", "theirs:scheduled"]), "9000", "all wait by the pusher's clock");
    // Once they are due all are taken apart in one piece.
    let refused = loop {
        match fetch_next(&mut connection, &worker, &config).await {
            Ok(fetched) => assert_eq!(fetched.len(), 0, "the library takes as many as are due"),
            Err(refused) => break refused.to_string(),
        }
    };
    assert!(refused.contains("unpack"), "{refused}");
    // Ours go into the list at once.
    let api = bed.queue();
    for chunk in 0..9 {
        api.ring(&runs(chunk * 32_000..(chunk + 1) * 32_000), None).await.unwrap();
    }
    assert_eq!(api.waiting().await.unwrap(), u64::from(MANY));
    assert_eq!(bed.ask("zcard", "scheduled", &[]), "0");
    let mut listener = bed.listener("host-1-A", 1);
    for hint in 0..20 {
        assert_eq!(listener.hears().await, runs(hint * 32..(hint + 1) * 32));
        // So many under one name would end it as well: ours has one that it reads, and one that waits for room.
        let in_flight: u32 = bed.ask("scard", "inflight:host-1-A-1", &[]).parse().unwrap();
        assert!(in_flight <= 2, "{in_flight}");
    }
    listener.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_is_an_hour_off_ends_nobodys_listener() {
    let bed = Bed::open().await;
    let mut slow = bed.listener("host-1-A", 1);
    let api = bed.queue();
    api.ring(&runs(0..1), None).await.unwrap();
    assert_eq!(slow.hears().await, runs(0..1));
    let seen = |name: &str| bed.ask("zscore", "workers", &[name]).parse::<f64>().ok();
    let now = seen("host-1-A-1").unwrap();
    // As a machine writes it whose clock is an hour behind; another's heartbeat then looks for who is gone.
    let behind = format!("{}", now - 3_600.0);
    let idle = bed.listener("host-2-B", 1);
    let start = std::time::Instant::now();
    while seen("host-2-B-1").is_none_or(|last| last < now + 6.0) {
        assert_eq!(bed.ask("zadd", "workers", &["xx", &behind, "host-1-A-1"]), "0", "it is registered");
        assert!(start.elapsed() < crate::bed::PATIENCE);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(seen("host-1-A-1").is_some() && seen("host-1-A-2").is_none(), "it was not started again");
    idle.stop().await;
    slow.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_silent_for_seconds_ends_no_listener() {
    let bed = Bed::open().await;
    let mut listener = bed.listener("host-1-A", 1);
    let api = bed.queue();
    api.ring(&runs(0..1), None).await.unwrap();
    assert_eq!(listener.hears().await, runs(0..1));
    // Longer than the half second that a connection of the library's waits by itself.
    assert_eq!(bed.redis.ask(&["client", "pause", "4000", "ALL"]), "OK");
    tokio::time::sleep(Duration::from_millis(4_500)).await;
    api.ring(&runs(1..2), None).await.unwrap();
    assert_eq!(listener.hears().await, runs(1..2));
    assert_eq!(bed.ask("zscore", "workers", &["host-1-A-2"]), "", "it was not started again");
    listener.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_hint_again_fails_no_push() {
    let bed = Bed::open().await;
    let api = bed.queue();
    for _ in 0..3 {
        api.ring(&runs(0..40), None).await.unwrap();
    }
    assert_eq!(api.waiting().await.unwrap(), 6);
    assert_eq!(bed.ask("zcard", "scheduled", &[]), "0", "nothing waits by anybody's clock");
}
