//! Tenancy: an id of another org is an id that does not exist (reliability.md, "Tenancy").

use stet_domain::attempt::AttemptOutcome;
use stet_domain::batch::BatchStatus;
use stet_domain::schedule::ScheduleState;

use super::Bed;
use super::sample::{at, control, fired, preflight_end, sealed_lock, worker};
use super::scene::{LONG_SECONDS, OVER_SECONDS, Scene, run_ids};
use crate::{LastLives, PageRequest, ReleaseRow, Renewals, RunFilter, RunView, ScheduleStanding, StoreError};

/// Every item on one page.
const ALL: PageRequest = PageRequest { after: None, limit: 200 };

/// No method that reads shows a row of another org.
pub async fn another_org_sees_nothing(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let (batch, ids) = scene.running(1).await?;
    scene.finish(&ids).await?;
    let template = scene.template().await?;
    let record = scene.sample.record("k", &template);
    let key = scene.sample.api_key(&scene.org);
    let mut tx = scene.store.begin(&scene.org).await?;
    tx.insert_idempotency(&record).await?;
    tx.insert_api_key(&key).await?;
    tx.commit().await?;
    let schedule = scene.schedule(&template.id, at(0)).await?.id;
    let mut tx = scene.store.begin(&scene.org).await?;
    tx.insert_fire(schedule, &fired(at(0), batch.row.id)).await?;
    tx.commit().await?;

    scene.act_as("bravo").await?;
    let mut tx = scene.store.read(&scene.org).await?;
    assert_eq!(tx.get_template(template.id).await?, None);
    assert_eq!(tx.find_template(&[template.template_sha256]).await?, None);
    assert_eq!(tx.list_templates(ALL).await?.items, []);
    assert_eq!(tx.get_batch_row(batch.row.id).await?, None);
    assert_eq!(tx.get_batch(batch.row.id).await?, None);
    assert_eq!(tx.list_batches(ALL).await?.items, []);
    assert_eq!(tx.get_lock(batch.row.id, 1).await?, None);
    assert_eq!(tx.list_attempts(ids[0]).await?, []);
    assert_eq!(tx.get_run(ids[0]).await?, None);
    for filter in [RunFilter::of_batch(batch.row.id), RunFilter::of_template(batch.row.template)] {
        assert_eq!(tx.list_runs(&filter, ALL).await?.items, []);
        assert_eq!(tx.count_runs(&filter).await?, []);
    }
    assert_eq!(tx.get_idempotency("k", record.created_at).await?, None);
    assert_eq!(tx.list_api_keys().await?, []);
    assert_eq!(tx.list_preflight_attempts(batch.row.id).await?, []);
    assert_eq!(tx.get_batch_seal(batch.row.id).await?, None);
    assert_eq!(tx.list_sealed_locks(batch.row.id).await?, []);
    assert_eq!(tx.list_canary_looks(batch.row.id).await?, []);
    assert_eq!(tx.list_cells(batch.row.id, None, 10).await?, []);
    assert_eq!(tx.get_schedule(schedule).await?, None);
    assert_eq!(tx.list_schedules(ALL).await?.items, []);
    assert_eq!(tx.list_fires(schedule, ALL).await?.items, []);
    assert_eq!(tx.find_fire(batch.row.id).await?, None);
    Ok(())
}

/// No method that writes touches a row of another org.
pub async fn another_org_changes_nothing(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let template = scene.template().await?;
    let waiting = scene.new_batch(&template, 1).await?.row.id;
    let mut tx = scene.store.begin(&scene.org).await?;
    let held = tx.claim_preflight(waiting, &worker("a"), OVER_SECONDS).await?.expect("it is due").fence;
    let key = scene.sample.api_key(&scene.org);
    tx.insert_api_key(&key).await?;
    tx.commit().await?;
    let (batch, ids) = scene.running(1).await?;
    let id = batch.row.id;
    let fence = scene.claim(&ids[..2], OVER_SECONDS).await?[0].row.fence;
    let before = state(&scene, &ids).await?;
    let schedule = scene.schedule(&template.id, at(0)).await?;

    scene.act_as("bravo").await?;
    let success = scene.sample.success(ids[0], fence);
    let retry = scene.sample.retry(ids[0], fence);
    let mut tx = scene.store.begin(&scene.org).await?;
    assert!(!tx.revoke_api_key(&key.id, at(1)).await?);
    assert_eq!(tx.hold_schedule(schedule.id).await?, None);
    assert_eq!(tx.hold_due_schedule(schedule.id).await?, None);
    let ended = ScheduleStanding { state: ScheduleState::Ended, ..schedule.standing.clone() };
    tx.set_schedule(schedule.id, &ended).await?;
    assert_eq!(tx.claim_preflight(waiting, &worker("b"), LONG_SECONDS).await?, None);
    let end = preflight_end(AttemptOutcome::Retried);
    assert!(!tx.release_preflight(waiting, held, 0, true, &end).await?);
    let (to, lock) = (control(BatchStatus::Running), sealed_lock(1, held));
    assert!(!tx.finish_preflight(waiting, held, &to, Some(&lock), &end).await?);
    assert!(!tx.set_batch_control(id, BatchStatus::Running, &control(BatchStatus::Cancelled)).await?);
    assert_eq!(tx.cancel_waiting_runs(id, at(1)).await?, 0);
    assert_eq!(tx.complete_batches(&[id, waiting], at(1)).await?, []);
    assert_eq!(tx.claim_runs(&ids, &worker("b"), LONG_SECONDS, LastLives::ANY).await?, []);
    assert_eq!(tx.renew_leases(&[(ids[0], fence)], LONG_SECONDS).await?, Renewals::default());
    assert_eq!(tx.commit_runs(std::slice::from_ref(&success)).await?.written, []);
    assert_eq!(tx.retry_runs(&[retry]).await?.written, []);
    assert_eq!(tx.release_runs(&[ReleaseRow { run: ids[0], fence, at: at(1) }]).await?, []);
    assert_eq!(tx.sweep_runs(&ids, 1).await?.poisoned, []);
    assert_eq!(tx.claim_poisoned(&ids, &worker("b"), 1, LONG_SECONDS).await?, []);
    tx.commit().await?;
    // What refers to another org's rows cannot be written.
    let mut stray = scene.sample.batch(&template, 1);
    stray.row.org = scene.org.clone();
    let single = scene.sample.single(&template);
    assert!(scene.insert(&stray).await.is_err());
    assert!(scene.store.begin(&scene.org).await?.insert_single_run(&single).await.is_err());
    assert!(scene.schedule(&template.id, at(0)).await.is_err());
    let fire = fired(at(0), waiting);
    assert!(scene.store.begin(&scene.org).await?.insert_fire(schedule.id, &fire).await.is_err());

    scene.act_as("acme").await?;
    assert_eq!(state(&scene, &ids).await?, before);
    assert_eq!(scene.store.find_api_key(&key.id).await?, Some(key));
    assert_eq!(scene.store.read(&scene.org).await?.get_schedule(schedule.id).await?, Some(schedule));
    let mut tx = scene.store.begin(&scene.org).await?;
    assert_eq!(tx.list_preflight_attempts(waiting).await?[0].outcome, None, "nobody else ended it");
    assert!(tx.release_preflight(waiting, held, 0, true, &end).await?);
    assert_eq!(bed.number("SELECT count(*) FROM runs WHERE org_id = 'bravo'").await, 0);
    assert_eq!(bed.number("SELECT count(*) FROM exchanges").await, 0);
    assert_eq!(run_ids(&batch), ids);
    Ok(())
}

/// All that a reader of the org sees of these runs and of its batches.
async fn state(
    scene: &Scene<'_>,
    ids: &[stet_domain::ids::RunId],
) -> Result<(Vec<RunView>, Vec<crate::AttemptRow>, Vec<crate::BatchView>), StoreError> {
    let (mut runs, mut attempts) = (Vec::new(), Vec::new());
    let mut tx = scene.store.read(&scene.org).await?;
    for id in ids {
        runs.extend(tx.get_run(*id).await?);
        attempts.extend(tx.list_attempts(*id).await?);
    }
    Ok((runs, attempts, tx.list_batches(ALL).await?.items))
}
