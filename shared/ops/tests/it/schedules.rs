//! Schedules: one batch a due time, whatever happens meanwhile.

use std::sync::Arc;
use std::time::Duration;

use stet_domain::clock::Timestamp;
use stet_domain::code::ErrorCode;
use stet_domain::ids::{ScheduleId, TemplateId};
use stet_domain::role::Role;
use stet_domain::schedule::{FireOutcome, ScheduleState};
use stet_ops::{Actor, NewSchedule, OpError, OpsSettings, ScheduleTurn};
use stet_store::FireRow;
use tokio::task::JoinSet;

use crate::fixture::{FIRST_PAGE, Start, World, actor, admin, grid, org, stranger};

/// A minute, as moments are counted.
const MINUTE_US: i64 = 60_000_000;

fn every_minute(catch_up: &str) -> NewSchedule {
    NewSchedule {
        name: "VAT every minute".to_owned(),
        cron: "* * * * *".to_owned(),
        time_zone: "Europe/Berlin".to_owned(),
        catch_up: Some(catch_up.to_owned()),
        batch: grid(),
    }
}

/// The holder of a key that stands.
async fn submitter(world: &World) -> Actor {
    let made = world.ops.create_api_key(&admin(), Role::Submitter, "cron", None).await.unwrap();
    Actor { org: org("default"), key_id: made.value.key.id, role: Role::Submitter }
}

async fn schedule(world: &World, who: &Actor, template: TemplateId, catch_up: &str) -> ScheduleId {
    world.ops.create_schedule(who, template, &every_minute(catch_up), None).await.unwrap().value.id
}

/// The schedule's turn, once nobody is at it: what failed holds its row until the connection has rolled it back.
async fn turn_of(world: &World, who: &Actor, id: ScheduleId) -> ScheduleTurn {
    for _ in 0..500 {
        if let Some(turn) = world.ops.fire_schedule(&who.org, id).await.unwrap() {
            return turn;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{id} stays held");
}

/// The last full minute by the database's clock.
async fn minute(world: &World) -> i64 {
    let now = world.database.process().await.store.now().await.unwrap().0;
    now - now.rem_euclid(MINUTE_US)
}

/// Puts the next due time of every schedule so many minutes before the last full one, which it answers.
async fn due_since(world: &World, minutes: i64) -> i64 {
    let last = minute(world).await;
    let due = last - minutes * MINUTE_US;
    world.database.sql(&format!("UPDATE schedules SET next_due_us = {due} WHERE state <> 'ended'")).await;
    last
}

async fn fires(world: &World, id: ScheduleId) -> Vec<FireRow> {
    world.ops.list_fires(&admin(), id, FIRST_PAGE).await.unwrap().items
}

#[tokio::test]
async fn a_due_time_makes_a_batch_as_any_submission_does() {
    let world = World::new().await;
    let (who, template) = (submitter(&world).await, world.template().await);
    let id = schedule(&world, &who, template, "latest").await;
    assert_eq!(world.ops.fire_schedule(&who.org, id).await.unwrap(), None, "not due yet");
    let last = due_since(&world, 0).await;
    assert_eq!(world.ops.due_schedules().await.unwrap(), [(who.org.clone(), id)]);
    world.rings.take();
    let turn = world.ops.fire_schedule(&who.org, id).await.unwrap().unwrap();
    let batch = turn.batch.unwrap();
    assert_eq!((turn.due_at, turn.code, turn.missed), (Timestamp(last), None, 0));
    assert_eq!(world.rings.take(), [format!("default {batch}")], "rung for, after the commit");
    let view = world.ops.get_batch(&admin(), batch).await.unwrap();
    let plan = world.ops.plan_batch(&admin(), template, &grid()).await.unwrap();
    assert_eq!((view.row.plan_sha256, view.row.cells), (plan.plan_sha256, 8));
    assert_eq!(view.row.created_by, who.key_id.to_string());
    assert_eq!(world.ops.verify_batch(&admin(), batch).await.unwrap().disagreement, None);
    let told = world.ops.list_audit(&admin(), FIRST_PAGE).await.unwrap().items.remove(0);
    assert_eq!((told.operation.as_str(), told.subject), ("submit_batch", batch.to_string()));
    let after = String::from_utf8(told.after.unwrap()).unwrap();
    assert!(after.contains(&id.to_string()) && after.contains(&turn.due_at.to_string()), "{after}");

    assert_eq!(world.ops.fire_schedule(&who.org, id).await.unwrap(), None, "once");
    let seen = world.ops.get_schedule(&admin(), id).await.unwrap();
    assert_eq!(seen.fires, fires(&world, id).await);
    assert_eq!((seen.fires[0].outcome, seen.fires[0].batch), (FireOutcome::Fired, Some(batch)));
    let expected: Vec<Timestamp> = (1..=5).map(|n| Timestamp(last + n * MINUTE_US)).collect();
    assert_eq!(seen.upcoming, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn schedulers_that_race_make_one_batch_a_due_time() {
    const SCHEDULES: usize = 3;
    const MINUTES: usize = 4;
    let world = World::new().await;
    let (who, template) = (submitter(&world).await, world.template().await);
    let mut ids = Vec::new();
    for _ in 0..SCHEDULES {
        ids.push(schedule(&world, &who, template, "all").await);
    }
    due_since(&world, 3).await;
    let mut rivals = vec![world.ops.clone()];
    for _ in 0..2 {
        rivals.push(World::over(Arc::clone(&world.database), Start::default()).await.ops);
    }
    let mut race = JoinSet::new();
    for ops in rivals {
        race.spawn(async move {
            for _ in 0..MINUTES * 3 {
                for (org, id) in ops.due_schedules().await.unwrap() {
                    ops.fire_schedule(&org, id).await.unwrap();
                }
            }
        });
    }
    race.join_all().await;
    // The clock may have come to another minute meanwhile: that is one due time more.
    for id in ids {
        let told = fires(&world, id).await;
        assert!((MINUTES..=MINUTES + 1).contains(&told.len()), "{told:#?}");
        assert!(told.iter().all(|fire| fire.outcome == FireOutcome::Fired));
        assert!(told.windows(2).all(|pair| pair[0].due_at.0 - pair[1].due_at.0 == MINUTE_US));
    }
    let orphans = "SELECT count(*) FROM batches WHERE batch_id NOT IN (SELECT batch_id FROM schedule_fires)";
    assert_eq!(world.database.number(orphans).await, 0, "no batch but of a due time");
}

#[tokio::test]
async fn after_an_outage_the_latest_fires_and_the_others_are_told() {
    let world = World::new().await;
    let (who, template) = (submitter(&world).await, world.template().await);
    let id = schedule(&world, &who, template, "latest").await;
    let last = due_since(&world, 7 * 24 * 60).await;
    let turn = world.ops.fire_schedule(&who.org, id).await.unwrap().unwrap();
    assert!(turn.batch.is_some() && turn.due_at.0 >= last, "{turn:?}");
    let told = fires(&world, id).await;
    assert_eq!(told.len(), 2, "one batch and one stretch");
    assert_eq!(told[1].outcome, FireOutcome::Missed);
    assert_eq!(told[1].due_times, turn.missed);
    assert_eq!(told[1].through_at.0, turn.due_at.0 - MINUTE_US);
    assert_eq!(told[1].due_at.0, last - 7 * 24 * 60 * MINUTE_US);
    assert_eq!(Ok(turn.missed), u64::try_from((turn.due_at.0 - told[1].due_at.0) / MINUTE_US));
}

#[tokio::test]
async fn what_is_refused_is_told_and_the_schedule_goes_on() {
    let world = World::new().await;
    let (who, template) = (submitter(&world).await, world.template().await);
    let id = schedule(&world, &who, template, "all").await;
    due_since(&world, 3).await;
    // A process that cannot call the template's provider, then a key that is no more.
    let settings = OpsSettings::default();
    let poor = World::over(Arc::clone(&world.database), Start { settings, ..Start::default() }).await;
    let refused = poor.ops.fire_schedule(&who.org, id).await.unwrap().unwrap();
    assert_eq!((refused.batch, refused.code), (None, Some(ErrorCode::ValidationFailed)));
    world.ops.revoke_api_key(&admin(), &who.key_id).await.unwrap();
    let refused = world.ops.fire_schedule(&who.org, id).await.unwrap().unwrap();
    assert_eq!((refused.batch, refused.code), (None, Some(ErrorCode::Unauthenticated)));
    let told = fires(&world, id).await;
    assert_eq!(told.len(), 2);
    assert!(
        told.iter().all(|fire| fire.outcome == FireOutcome::Failed && fire.detail.is_some()),
        "{told:#?}"
    );
    assert_eq!(told[0].due_at.0 - told[1].due_at.0, MINUTE_US);
    assert_eq!(world.database.number("SELECT count(*) FROM batches").await, 0);
}

#[tokio::test]
async fn a_database_that_fails_leaves_the_due_time_to_come() {
    let world = World::new().await;
    let (who, template) = (submitter(&world).await, world.template().await);
    let id = schedule(&world, &who, template, "latest").await;
    due_since(&world, 0).await;
    world.database.sql("ALTER TABLE schedule_fires RENAME TO mislaid").await;
    let failed = world.ops.fire_schedule(&who.org, id).await;
    assert!(matches!(failed, Err(OpError::Store(_))), "{failed:?}");
    world.database.sql("ALTER TABLE mislaid RENAME TO schedule_fires").await;
    assert_eq!(world.database.number("SELECT count(*) FROM batches").await, 0, "nothing of it stays");
    assert!(turn_of(&world, &who, id).await.batch.is_some());
    assert_eq!(fires(&world, id).await.len(), 1);
}

#[tokio::test]
async fn a_pause_passes_due_times_by_and_an_end_is_for_good() {
    let world = World::new().await;
    let (who, template) = (submitter(&world).await, world.template().await);
    let id = schedule(&world, &who, template, "all").await;
    let operator = actor("default", Role::Operator);
    let paused = world.ops.pause_schedule(&operator, id, Some("a holiday")).await.unwrap();
    assert!(paused.changed && paused.schedule.standing.state == ScheduleState::Paused);
    assert_eq!(paused.schedule.standing.reason.as_deref(), Some("a holiday"));
    assert!(!world.ops.pause_schedule(&operator, id, None).await.unwrap().changed);
    let last = due_since(&world, 2).await;
    assert_eq!(world.ops.due_schedules().await.unwrap(), []);
    assert_eq!(world.ops.fire_schedule(&who.org, id).await.unwrap(), None);
    assert!(world.ops.get_schedule(&admin(), id).await.unwrap().upcoming.is_empty());

    let resumed = world.ops.resume_schedule(&operator, id, None).await.unwrap();
    assert!(resumed.changed && resumed.schedule.standing.state == ScheduleState::Active);
    assert!(resumed.schedule.standing.next_due_at.unwrap().0 > last);
    assert!(!world.ops.resume_schedule(&operator, id, None).await.unwrap().changed);
    let told = fires(&world, id).await;
    assert_eq!((told.len(), told[0].outcome), (1, FireOutcome::Paused));
    assert!(told[0].due_times >= 3 && told[0].through_at.0 >= last, "{told:#?}");

    let ended = world.ops.end_schedule(&operator, id, None).await.unwrap();
    assert!(ended.changed && ended.schedule.standing.next_due_at.is_none());
    assert!(!world.ops.end_schedule(&operator, id, None).await.unwrap().changed);
    for refused in [
        world.ops.resume_schedule(&operator, id, None).await,
        world.ops.pause_schedule(&operator, id, None).await,
    ] {
        assert!(matches!(refused, Err(OpError::ScheduleState { state: ScheduleState::Ended, .. })));
    }
    assert_eq!(world.database.number("SELECT count(*) FROM batches").await, 0);
    let entries = world.ops.list_audit(&admin(), FIRST_PAGE).await.unwrap().items;
    let done: Vec<&str> = entries.iter().take(4).map(|entry| entry.operation.as_str()).collect();
    assert_eq!(done, ["end_schedule", "resume_schedule", "pause_schedule", "create_schedule"]);
}

#[tokio::test]
async fn what_passed_before_an_end_is_told_as_missed() {
    let world = World::new().await;
    let (who, template) = (submitter(&world).await, world.template().await);
    let id = schedule(&world, &who, template, "all").await;
    let last = due_since(&world, 2).await;
    let ended = world.ops.end_schedule(&actor("default", Role::Operator), id, None).await.unwrap();
    assert!(ended.changed && ended.schedule.standing.next_due_at.is_none());
    let told = fires(&world, id).await;
    assert_eq!((told.len(), told[0].outcome), (1, FireOutcome::Missed));
    assert!(told[0].due_times >= 3 && told[0].through_at.0 >= last, "{told:#?}");
}

#[tokio::test]
async fn every_offence_of_a_new_schedule_is_named() {
    let world = World::new().await;
    let template = world.template().await;
    let mut new = every_minute("sometimes");
    (new.name, new.cron, new.time_zone) = (String::new(), "* * * * * *".to_owned(), "Berlin".to_owned());
    new.batch.replicates = 0;
    let refused = world.ops.create_schedule(&admin(), template, &new, None).await;
    let Err(OpError::Validation(errors)) = refused else { panic!("{refused:?}") };
    let pointers: Vec<&str> = errors.iter().map(|error| error.pointer.as_str()).collect();
    assert_eq!(pointers, ["/name", "/cron", "/time_zone", "/catch_up", "/batch/replicates"]);
    let mut new = every_minute("latest");
    new.batch.expected_plan_sha256 = Some("00".repeat(32));
    let refused = world.ops.create_schedule(&admin(), template, &new, None).await;
    assert!(matches!(refused, Err(OpError::PlanMismatch { .. })), "{refused:?}");
    let viewer = actor("default", Role::Viewer);
    let refused = world.ops.create_schedule(&viewer, template, &every_minute("all"), None).await;
    assert!(matches!(refused, Err(OpError::Forbidden { .. })));
    assert_eq!(world.database.number("SELECT count(*) FROM schedules").await, 0);
}

#[tokio::test]
async fn an_org_has_so_many_schedules_and_no_more() {
    let mut start = Start::default();
    start.settings.limits.org_max_schedules = 2;
    let world = World::started(start).await;
    let (who, template) = (submitter(&world).await, world.template().await);
    let first = schedule(&world, &who, template, "all").await;
    schedule(&world, &who, template, "all").await;
    let refused = world.ops.create_schedule(&who, template, &every_minute("all"), None).await;
    let Err(OpError::Validation(errors)) = refused else { panic!("{refused:?}") };
    assert_eq!((errors.len(), errors[0].code), (1, ErrorCode::TooMany));
    assert!(errors[0].detail.starts_with("2 schedules"), "{errors:?}");
    world.ops.end_schedule(&who, first, None).await.unwrap_err();
    world.ops.end_schedule(&actor("default", Role::Operator), first, None).await.unwrap();
    schedule(&world, &who, template, "all").await;
}

#[tokio::test]
async fn another_orgs_schedule_is_none() {
    let world = World::new().await;
    let (who, template) = (submitter(&world).await, world.template().await);
    let id = schedule(&world, &who, template, "all").await;
    due_since(&world, 0).await;
    let ops = &world.ops;
    assert_eq!(ops.fire_schedule(&org("other"), id).await.unwrap(), None);
    assert!(ops.list_schedules(&stranger(), FIRST_PAGE).await.unwrap().items.is_empty());
    for refused in [
        ops.get_schedule(&stranger(), id).await.map(drop),
        ops.list_fires(&stranger(), id, FIRST_PAGE).await.map(drop),
        ops.pause_schedule(&stranger(), id, None).await.map(drop),
        ops.resume_schedule(&stranger(), id, None).await.map(drop),
        ops.end_schedule(&stranger(), id, None).await.map(drop),
        ops.create_schedule(&stranger(), template, &every_minute("all"), None).await.map(drop),
    ] {
        assert!(matches!(refused, Err(OpError::NotFound { .. })), "{refused:?}");
    }
    assert_eq!(ops.get_schedule(&admin(), id).await.unwrap().row.standing.state, ScheduleState::Active);
}
