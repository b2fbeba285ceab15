//! Schedules, and what became of their due times.

use std::collections::BTreeSet;

use futures::future::try_join_all;
use stet_domain::clock::Timestamp;
use stet_domain::code::ErrorCode;
use stet_domain::schedule::{FireOutcome, ScheduleState};

use super::Bed;
use super::sample::{at, fired, missed};
use super::scene::Scene;
use crate::{FireRow, PageRequest, ScheduleRow, ScheduleStanding, StoreError};

/// Every item on one page.
const ALL: PageRequest = PageRequest { after: None, limit: 200 };

/// A moment that no test lives to see.
const FAR: Timestamp = Timestamp(i64::MAX / 2);

/// Makes the schedule due no more, as who fired it does.
async fn moved_on(scene: &Scene<'_>, row: &ScheduleRow) -> Result<(), StoreError> {
    let mut tx = scene.store.begin(&scene.org).await?;
    tx.set_schedule(row.id, &ScheduleStanding { next_due_at: Some(FAR), ..row.standing.clone() }).await?;
    tx.commit().await
}

/// What is written comes back; a decision changes where it stands and nothing else; an ended one stands still.
pub async fn a_schedule_is_kept_and_moves(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let template = scene.template().await?.id;
    let first = scene.schedule(&template, at(0)).await?;
    let mut second = scene.schedule(&template, FAR).await?;
    let mut tx = scene.store.begin(&scene.org).await?;
    assert_eq!(tx.count_open_schedules().await?, 2);
    assert_eq!(tx.get_schedule(first.id).await?.as_ref(), Some(&first));
    assert_eq!(tx.hold_schedule(second.id).await?.as_ref(), Some(&second));
    assert_eq!(tx.hold_due_schedule(second.id).await?, None, "it is not due");
    let (held, now) = tx.hold_due_schedule(first.id).await?.expect("it is due");
    assert!(held == first && now > at(0));
    second.standing = ScheduleStanding {
        state: ScheduleState::Ended,
        next_due_at: None,
        reason: Some("over".to_owned()),
        changed_by: "fedcba9876543210".to_owned(),
        changed_at: at(9),
    };
    tx.set_schedule(second.id, &second.standing).await?;
    tx.commit().await?;
    let mut tx = scene.store.read(&scene.org).await?;
    let page = tx.list_schedules(PageRequest { after: None, limit: 1 }).await?;
    assert_eq!(page.items, [second.clone()]);
    let rest = tx.list_schedules(PageRequest { after: page.next, limit: 1 }).await?;
    assert_eq!((rest.items, rest.next), (vec![first], None));
    assert_eq!(tx.count_open_schedules().await?, 1, "one has ended");
    drop(tx);
    assert!(moved_on(&scene, &second).await.is_err(), "what has ended does not go on");
    Ok(())
}

/// One row a due time, newest first; a batch is of one due time alone.
pub async fn what_became_of_a_due_time_is_told_once(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let template = scene.template().await?;
    let batch = scene.new_batch(&template, 1).await?.row.id;
    let schedule = scene.schedule(&template.id, at(0)).await?.id;
    let stretch = FireRow { through_at: at(7_000), due_times: 8, ..missed(at(0)) };
    let failed = FireRow {
        outcome: FireOutcome::Failed,
        code: Some(ErrorCode::PlanMismatch),
        detail: Some("another plan".to_owned()),
        ..missed(at(8_000))
    };
    let made = fired(at(9_000), batch);
    let mut tx = scene.store.begin(&scene.org).await?;
    for row in [&stretch, &failed, &made] {
        tx.insert_fire(schedule, row).await?;
    }
    tx.commit().await?;
    for again in [fired(at(9_000), batch), fired(at(10_000), batch)] {
        let mut tx = scene.store.begin(&scene.org).await?;
        let refused = tx.insert_fire(schedule, &again).await;
        assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
    }
    let mut tx = scene.store.read(&scene.org).await?;
    let made_by = Some((schedule, at(9_000)));
    assert_eq!(tx.find_fire(batch).await?, made_by);
    assert_eq!(tx.get_batch(batch).await?.expect("it stands").scheduled, made_by);
    let first = tx.list_fires(schedule, PageRequest { after: None, limit: 2 }).await?;
    assert_eq!(first.items, [made, failed]);
    let second = tx.list_fires(schedule, PageRequest { after: first.next, limit: 2 }).await?;
    assert_eq!((second.items, second.next), (vec![stretch], None));
    Ok(())
}

/// What is active and due is found in every org, the longest waiting first, and nothing else.
pub async fn due_schedules_take_turns(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let mut expected = Vec::new();
    for (name, due_at) in [("acme", at(5)), ("bravo", at(3))] {
        scene.act_as(name).await?;
        let template = scene.template().await?.id;
        let due = scene.schedule(&template, due_at).await?;
        scene.schedule(&template, FAR).await?;
        let paused = scene.schedule(&template, at(0)).await?;
        let mut tx = scene.store.begin(&scene.org).await?;
        let standing = ScheduleStanding { state: ScheduleState::Paused, ..paused.standing };
        tx.set_schedule(paused.id, &standing).await?;
        assert_eq!(tx.hold_due_schedule(paused.id).await?, None);
        tx.commit().await?;
        expected.insert(0, (due.org, due.id));
    }
    assert_eq!(bed.store().due_schedules(10).await?, expected);
    assert_eq!(bed.store().due_schedules(1).await?, expected[..1]);
    Ok(())
}

/// Of many that come for the same due times, one has each: the others find it held or told.
pub async fn one_of_many_fires_a_due_time(bed: &dyn Bed) -> Result<(), StoreError> {
    const SCHEDULES: usize = 4;
    const RIVALS: usize = 6;
    let mut scene = Scene::open(bed.store()).await?;
    let template = scene.template().await?.id;
    let mut rows = Vec::new();
    for _ in 0..SCHEDULES {
        rows.push(scene.schedule(&template, at(0)).await?);
    }
    let rival = |row: ScheduleRow| {
        let (store, org) = (bed.store(), &scene.org);
        async move {
            let mut tx = store.begin(org).await?;
            let Some((held, now)) = tx.hold_due_schedule(row.id).await? else { return Ok(None) };
            tx.insert_fire(held.id, &FireRow { at: now, ..missed(at(0)) }).await?;
            tx.set_schedule(held.id, &ScheduleStanding { next_due_at: Some(FAR), ..held.standing }).await?;
            tx.commit().await?;
            Ok::<_, StoreError>(Some(held.id))
        }
    };
    let rivals = (0..RIVALS).flat_map(|_| rows.iter().cloned()).map(rival);
    let fires: Vec<_> = try_join_all(rivals).await?.into_iter().flatten().collect();
    assert_eq!(fires.len(), SCHEDULES);
    assert_eq!(fires.iter().collect::<BTreeSet<_>>().len(), SCHEDULES);
    assert_eq!(bed.store().due_schedules(10).await?, []);
    for row in &rows {
        assert_eq!(scene.store.read(&scene.org).await?.list_fires(row.id, ALL).await?.items.len(), 1);
    }
    Ok(())
}
