//! Several schedulers over one queue.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use stet_domain::bell::{Bell, BellError};
use stet_domain::ids::{OrgId, RunId};
use stet_domain::trace::TraceParent;

use crate::fixture::{World, admin, until};

/// A queue that counts, and is as full as it is told.
#[derive(Default)]
struct Counting {
    rung: Mutex<BTreeMap<RunId, u32>>,
    waiting: AtomicU64,
    looks: AtomicU64,
    cleared: AtomicU64,
}

#[async_trait]
impl Bell for Counting {
    async fn ring(&self, runs: &[(OrgId, RunId)], _trace: Option<&TraceParent>) -> Result<(), BellError> {
        let mut counts = self.rung.lock().unwrap();
        for (org, run) in runs {
            assert_eq!(*org, admin().org);
            *counts.entry(*run).or_default() += 1;
        }
        Ok(())
    }

    async fn waiting(&self) -> Result<u64, BellError> {
        self.looks.fetch_add(1, Ordering::Relaxed);
        Ok(self.waiting.load(Ordering::Relaxed))
    }

    async fn prune(&self) -> Result<u64, BellError> {
        self.cleared.fetch_add(1, Ordering::Relaxed);
        Ok(0)
    }
}

impl Counting {
    fn rung(&self) -> BTreeMap<RunId, u32> {
        self.rung.lock().unwrap().clone()
    }

    /// Waits for so many more looks at the queue.
    async fn looks(&self, more: u64) {
        let before = self.looks.load(Ordering::Relaxed);
        until("looks", async || (self.looks.load(Ordering::Relaxed) >= before + more).then_some(())).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_due_is_rung_for_once_by_whoever_leads() {
    let world = World::new().await;
    let bell = Arc::new(Counting::default());
    let members = [world.member("one", &bell).await, world.member("two", &bell).await];
    let (first, second) = (world.run(None).await, world.run(None).await);
    until("both runs", async || (bell.rung().len() == 2).then_some(())).await;
    bell.looks(5).await;
    assert_eq!(
        bell.rung(),
        BTreeMap::from([(first, 1), (second, 1)]),
        "nobody claimed them, and none is rung twice"
    );
    // What is claimed is not rung for, and neither is anything while the queue is full.
    world.die("somebody").await;
    bell.waiting.store(1_000, Ordering::Relaxed);
    bell.looks(2).await;
    let third = world.run(None).await;
    bell.looks(5).await;
    assert_eq!(bell.rung().len(), 2);
    bell.waiting.store(0, Ordering::Relaxed);
    until("the third", async || bell.rung().contains_key(&third).then_some(())).await;
    for member in members {
        member.stop().await;
    }
    // The lead was given up: who comes next need not wait for its end, and rings again for what still waits.
    let next = world.member("three", &bell).await;
    until("the third again", async || (bell.rung()[&third] == 2).then_some(())).await;
    next.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_falls_due_between_two_rounds_is_rung_for_when_it_does() {
    let world = World::new().await;
    let bell = Arc::new(Counting::default());
    let run = world.run(None).await;
    world.sql("UPDATE runs SET available_at_us = available_at_us + 4000000").await;
    // The next round is long after the test has given up.
    let member = world.member_that_rings("one", &bell, Duration::from_hours(1)).await;
    until("a look at the queue", async || (bell.looks.load(Ordering::Relaxed) == 1).then_some(())).await;
    assert_eq!(bell.rung(), BTreeMap::new(), "it is not due yet");
    until("the run", async || bell.rung().contains_key(&run).then_some(())).await;
    assert_eq!(world.number("SELECT count(*) FROM runs WHERE status = 'pending'").await, 1);
    member.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tick_is_taken_by_one() {
    let world = World::new().await;
    let bell = Arc::new(Counting::default());
    let mut members = Vec::new();
    for name in ["one", "two", "three"] {
        members.push(world.member(name, &bell).await);
    }
    bell.looks(10).await;
    // Every minute, at once at first.
    assert_eq!(bell.cleared.load(Ordering::Relaxed), 1);
    assert_eq!(world.number("SELECT max(fence) FROM single_flights WHERE name = 'scheduler/prune'").await, 1);
    for member in members {
        member.stop().await;
    }
}
