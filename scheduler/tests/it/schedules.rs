//! Schedules, by schedulers that look at the clock of the database.

use std::sync::Arc;

use async_trait::async_trait;
use stet_canon::Json;
use stet_domain::bell::{Bell, BellError};
use stet_domain::ids::{OrgId, RunId, ScheduleId};
use stet_domain::role::Role;
use stet_domain::schedule::FireOutcome;
use stet_domain::trace::TraceParent;
use stet_ops::{Actor, BatchSubmission, NewSchedule};
use stet_store::{FireRow, PageRequest};

use crate::fixture::{World, admin, until};

const MINUTE_US: i64 = 60_000_000;

/// A queue that takes everything in.
struct Patient;

#[async_trait]
impl Bell for Patient {
    async fn ring(&self, _runs: &[(OrgId, RunId)], _trace: Option<&TraceParent>) -> Result<(), BellError> {
        Ok(())
    }

    async fn waiting(&self) -> Result<u64, BellError> {
        Ok(0)
    }

    async fn prune(&self) -> Result<u64, BellError> {
        Ok(0)
    }
}

/// A schedule of every minute that makes up for each, due since so many minutes before the last full one.
async fn due_since(world: &World, minutes: i64) -> ScheduleId {
    let key = world.ops.create_api_key(&admin(), Role::Submitter, "cron", None).await.unwrap().value.key;
    let who = Actor { key_id: key.id, role: key.role, ..admin() };
    let new = NewSchedule {
        name: "every minute".to_owned(),
        cron: "* * * * *".to_owned(),
        time_zone: "UTC".to_owned(),
        catch_up: Some("all".to_owned()),
        batch: BatchSubmission {
            locales: vec!["de-DE".to_owned()],
            grounding_modes: vec!["UNGROUNDED".to_owned()],
            replicates: 2,
            inputs: Json::Null,
            drift_policy: "hard".to_owned(),
            max_parallel: None,
            expected_plan_sha256: None,
            trace: None,
        },
    };
    let template = world.template().await;
    let id = world.ops.create_schedule(&who, template, &new, None).await.unwrap().value.id;
    let now = world.database.process().await.store.now().await.unwrap().0;
    let due = now - now.rem_euclid(MINUTE_US) - minutes * MINUTE_US;
    world.sql(&format!("UPDATE schedules SET next_due_us = {due}")).await;
    id
}

async fn fires(world: &World, id: ScheduleId) -> Vec<FireRow> {
    world.ops.list_fires(&admin(), id, PageRequest { after: None, limit: 200 }).await.unwrap().items
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_schedulers_make_one_batch_a_due_time() {
    const MINUTES: usize = 15;
    let world = World::new().await;
    let id = due_since(&world, 14).await;
    let bell = Arc::new(Patient);
    let members = [
        world.member("one", &bell).await,
        world.member("two", &bell).await,
        world.member("three", &bell).await,
    ];
    let told = async || Some(fires(&world, id).await).filter(|told| told.len() >= MINUTES);
    until("every due time", told).await;
    for member in members {
        member.stop().await;
    }
    let told = fires(&world, id).await;
    assert!(told.iter().all(|fire| fire.outcome == FireOutcome::Fired));
    assert!(told.windows(2).all(|pair| pair[0].due_at.0 - pair[1].due_at.0 == MINUTE_US), "each once");
    let batches = world.number("SELECT count(*) FROM batches").await;
    assert_eq!(usize::try_from(batches), Ok(told.len()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_batch_of_a_due_time_is_executed() {
    let world = World::new().await;
    let id = due_since(&world, 0).await;
    let (scheduler, worker) = (world.scheduler(), world.worker());
    let batch =
        until("the batch", async || fires(&world, id).await.first().and_then(|fire| fire.batch)).await;
    world.completed(batch).await;
    scheduler.stop().await;
    worker.stop().await;
    let view = world.ops.get_batch(&admin(), batch).await.unwrap();
    assert_eq!((view.counters.succeeded, view.scheduled.map(|(schedule, _)| schedule)), (2, Some(id)));
}
