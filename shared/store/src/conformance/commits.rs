//! Commits (reliability.md rule 4).

use stet_domain::attempt::AttemptOutcome;
use stet_domain::batch::BatchStatus;
use stet_domain::ids::Fence;
use stet_domain::run::RunStatus;

use super::Bed;
use super::sample::at;
use super::scene::{LONG_SECONDS, OVER_SECONDS, Scene};
use crate::{BatchCounters, CommitRow, Commits, RunView, StoreError};

/// Typed columns, output, citations, attempt and exchanges come back to the byte.
pub async fn a_commit_keeps_everything(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let (_, ids) = scene.running(1).await?;
    let claimed = scene.claim(&ids[..3], LONG_SECONDS).await?;
    let fence = claimed[0].row.fence;
    let mut drifted = scene.sample.success(ids[2], fence);
    drifted.status = RunStatus::Quarantined;
    drifted.end.drift_kind = Some(stet_domain::drift::DriftKind::VersionChanged);
    let commits = [scene.sample.success(ids[0], fence), scene.sample.failure(ids[1], fence), drifted];
    let mut tx = scene.store.begin(&scene.org).await?;
    let done = tx.commit_runs(&commits).await?;
    assert_eq!(done, Commits { written: ids[..3].to_vec(), ..Commits::default() });
    tx.commit().await?;
    for commit in commits {
        let RunView { row, output, sealed_exchanges, .. } = scene.run(commit.run).await?;
        assert_eq!((row.status, row.finished_at), (commit.status, Some(commit.finished_at)));
        assert_eq!((row.lease_until, row.end), (None, Some(commit.end.clone())));
        assert_eq!((output, sealed_exchanges), (Some(commit.output), Some(commit.sealed_exchanges)));
        let attempts = scene.store.read(&scene.org).await?.list_attempts(commit.run).await?;
        assert_eq!(attempts.len(), 1);
        assert_eq!(attempts[0].outcome, Some(AttemptOutcome::Recorded));
        assert_eq!(attempts[0].finished_at, Some(commit.finished_at));
        assert_eq!(attempts[0].error_code, commit.end.error_code);
        assert_eq!(attempts[0].exchanges, commit.exchanges);
    }
    Ok(())
}

/// Quotes, controls, separators and everything beyond the basic plane are no trap in any text column.
pub async fn text_is_kept_to_the_byte(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let (_, ids) = scene.running(1).await?;
    let claimed = scene.claim(&ids[..1], LONG_SECONDS).await?;
    let text = "' \" \\ \\u0041 \\u0000 \u{1} \t \r\n \u{7f} \u{2028} \u{fffe} \u{1f600} e\u{301} $1 ?1 {{x}} %s; --";
    let mut commit = scene.sample.success(ids[0], claimed[0].row.fence);
    commit.end.error_detail = Some(text.to_owned());
    commit.end.model_fingerprint = Some(text.to_owned());
    commit.output.als_block_text = Some(text.to_owned());
    commit.output.output = Some(Vec::new());
    commit.output.citations[0].title = Some(text.to_owned());
    commit.exchanges[0].provider_request_id = Some(text.to_owned());
    commit.exchanges[0].reply_body = (0..=255).collect();
    let mut tx = scene.store.begin(&scene.org).await?;
    tx.commit_runs(std::slice::from_ref(&commit)).await?;
    tx.commit().await?;
    let run = scene.run(ids[0]).await?;
    assert_eq!((run.row.end, run.output), (Some(commit.end), Some(commit.output)));
    let attempts = scene.store.read(&scene.org).await?.list_attempts(ids[0]).await?;
    assert_eq!(
        (&attempts[0].error_detail, &attempts[0].exchanges),
        (&Some(text.to_owned()), &commit.exchanges)
    );
    Ok(())
}

/// A commit whose answer was lost answers `written` again and changes nothing; in one group it counts once.
pub async fn a_commit_is_recognised_when_it_comes_twice(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let (batch, ids) = scene.running(1).await?;
    let claimed = scene.claim(&ids[..2], LONG_SECONDS).await?;
    let first = scene.sample.success(ids[0], claimed[0].row.fence);
    let second = scene.sample.failure(ids[1], claimed[1].row.fence);
    let mut tx = scene.store.begin(&scene.org).await?;
    let done = tx.commit_runs(&[first.clone(), first.clone()]).await?;
    assert_eq!(done, Commits { written: vec![ids[0]], ..Commits::default() });
    tx.commit().await?;
    let before = scene.run(ids[0]).await?;
    let mut tx = scene.store.begin(&scene.org).await?;
    let done = tx.commit_runs(&[first.clone(), second]).await?;
    let (written, recognised) = (vec![ids[0], ids[1]], vec![ids[0]]);
    assert_eq!(done, Commits { written, recognised, ..Commits::default() });
    tx.commit().await?;
    assert_eq!(scene.run(ids[0]).await?, before);
    let view = scene.store.read(&scene.org).await?.get_batch(batch.row.id).await?.expect("the batch stands");
    let counters = BatchCounters { pending: 2, succeeded: 1, failed: 1, ..BatchCounters::default() };
    assert_eq!(view.counters, counters);
    let attempts = scene.store.read(&scene.org).await?.list_attempts(ids[0]).await?;
    assert_eq!(attempts[0].exchanges, first.exchanges);
    Ok(())
}

/// Where the lease has passed on nothing is written but the attempt's end and what it exchanged (invariant I3).
pub async fn a_late_commit_is_fenced(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let (_, ids) = scene.running(1).await?;
    let stale = scene.claim(&ids[..1], OVER_SECONDS).await?[0].row.fence;
    let mut tx = scene.store.begin(&scene.org).await?;
    tx.sweep_runs(&ids[..1], 3).await?;
    tx.commit().await?;
    let current = scene.claim(&ids[..1], LONG_SECONDS).await?[0].row.fence;
    let before = scene.run(ids[0]).await?;
    let late = scene.sample.success(ids[0], stale);
    for _ in 0..2 {
        let mut tx = scene.store.begin(&scene.org).await?;
        let done = tx.commit_runs(std::slice::from_ref(&late)).await?;
        assert_eq!(done, Commits { fenced: vec![ids[0]], ..Commits::default() });
        tx.commit().await?;
    }
    assert_eq!(scene.run(ids[0]).await?, before);
    let attempts = scene.store.read(&scene.org).await?.list_attempts(ids[0]).await?;
    let outcomes: Vec<_> = attempts.iter().map(|attempt| (attempt.fence, attempt.outcome)).collect();
    assert_eq!(outcomes, [(stale, Some(AttemptOutcome::Fenced)), (current, None)]);
    assert_eq!(attempts[0].exchanges, late.exchanges);

    let won = scene.sample.success(ids[0], current);
    let mut tx = scene.store.begin(&scene.org).await?;
    assert_eq!(tx.commit_runs(&[won]).await?.written, [ids[0]]);
    assert_eq!(tx.commit_runs(std::slice::from_ref(&late)).await?.fenced, [ids[0]]);
    let other = scene.sample.success(ids[1], Fence(9));
    assert_eq!(tx.commit_runs(&[other]).await?.fenced, [ids[1]]);
    tx.commit().await?;
    assert_eq!(scene.store.read(&scene.org).await?.list_attempts(ids[1]).await?, []);
    Ok(())
}

/// A run that ended otherwise under the same fence does not make a late commit look recorded.
pub async fn a_terminal_run_of_another_end_is_no_recognition(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let (batch, ids) = scene.running(1).await?;
    let fence = scene.claim(&ids[..1], OVER_SECONDS).await?[0].row.fence;
    assert!(scene.set(batch.row.id, BatchStatus::Running, BatchStatus::Paused).await?);
    let mut tx = scene.store.begin(&scene.org).await?;
    tx.sweep_runs(&ids[..1], 3).await?;
    assert_eq!(tx.cancel_waiting_runs(batch.row.id, at(80)).await?, 4);
    let late = scene.sample.success(ids[0], fence);
    assert_eq!(tx.commit_runs(&[late]).await?.fenced, [ids[0]]);
    tx.commit().await?;
    assert_eq!(scene.run(ids[0]).await?.row.status, RunStatus::Cancelled);
    Ok(())
}

/// In every mixture counters are what a count of the rows says, at rest and in between (invariants I4 and I5).
pub async fn counters_equal_the_rows(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let (batch, ids) = scene.running(5).await?;
    let (other, others) = scene.running(2).await?;
    let claimed = scene.claim(&[&ids[..12], &others[..3]].concat(), LONG_SECONDS).await?;
    let commits: Vec<CommitRow> = claimed
        .iter()
        .skip(2)
        .enumerate()
        .map(|(index, claim)| {
            let mut commit = scene.sample.success(claim.row.id, claim.row.fence);
            commit.status = [RunStatus::Succeeded, RunStatus::Failed, RunStatus::Quarantined][index % 3];
            commit
        })
        .collect();
    let mut tx = scene.store.begin(&scene.org).await?;
    assert_eq!(tx.commit_runs(&commits).await?.written.len(), 13);
    tx.commit().await?;
    for row in [batch.row, other.row] {
        let filter = crate::RunFilter::of_batch(row.id);
        let mut tx = scene.store.read(&scene.org).await?;
        let counted = tx.count_runs(&filter).await?;
        let counters = tx.get_batch(row.id).await?.expect("the batch stands").counters;
        let listed: Vec<_> = RunStatus::ALL
            .iter()
            .zip([
                counters.pending,
                counters.queued,
                counters.running,
                counters.succeeded,
                counters.failed,
                counters.cancelled,
                counters.quarantined,
            ])
            .filter(|(_, count)| *count > 0)
            .map(|(status, count)| (*status, count))
            .collect();
        assert_eq!(counted, listed);
        assert_eq!(counted.iter().map(|(_, count)| count).sum::<u64>(), row.cells);
    }
    Ok(())
}

/// A group whose bodies together outgrow one parameter is still one commit.
pub async fn commits_of_many_megabytes(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let (_, ids) = scene.running(1).await?;
    let claimed = scene.claim(&ids, LONG_SECONDS).await?;
    let mut commits = Vec::new();
    for claim in &claimed {
        let mut commit = scene.sample.success(claim.row.id, claim.row.fence);
        commit.exchanges[0].reply_body = vec![0x5a; 5 * 1024 * 1024];
        commit.output.output = Some(vec![b'x'; 1024 * 1024]);
        commits.push(commit);
    }
    let mut tx = scene.store.begin(&scene.org).await?;
    assert_eq!(tx.commit_runs(&commits).await?.written, ids);
    tx.commit().await?;
    for commit in commits {
        assert_eq!(scene.run(commit.run).await?.output, Some(commit.output));
        let attempts = scene.store.read(&scene.org).await?.list_attempts(commit.run).await?;
        assert_eq!(attempts[0].exchanges, commit.exchanges);
    }
    Ok(())
}
