//! Sealed segments.

use stet_domain::Digest;
use stet_domain::clock::Timestamp;
use stet_domain::ids::RunId;
use stet_domain::record::Seal;
use stet_domain::run::RunStatus;
use ulid::Ulid;

use super::Bed;
use super::sample::at;
use super::scene::{LONG_SECONDS, Scene};
use crate::{EndPlace, PageRequest, SegmentHead, SegmentRow, StoreError};

/// After this comes no run.
const LAST: EndPlace = (Timestamp(i64::MAX), RunId(Ulid(u128::MAX)));

fn segment(scene: &Scene<'_>, number: i64, ends: EndPlace, runs: &[RunId]) -> SegmentRow {
    let count = i64::try_from(runs.len()).unwrap_or(i64::MAX);
    SegmentRow {
        head: SegmentHead {
            org: scene.org.clone(),
            segment: number,
            first_sequence: 1,
            last_sequence: count,
            ends,
            merkle_root: Digest::of(b"root"),
            previous_head: (number > 1).then(|| Digest::of(b"head before")),
            head: Digest::of(b"head"),
            sealed_at: at(number),
            seal: Seal { hmac: [7; 32], key_id: "r1".to_owned() },
        },
        runs: runs.to_vec(),
        digests: runs.iter().map(|run| Digest::of(&run.to_bytes())).collect(),
    }
}

/// Runs are listed in the order in which their ends were recorded, whatever their attempts say, stretch by stretch; orgs with such runs are found.
pub async fn ended_runs_are_listed_as_they_were_recorded(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let (batch, ids) = scene.running(1).await?;
    assert_eq!(scene.store.unsealed_orgs(10).await?, []);
    let before = scene.store.horizon().await?;
    scene.finish(&[ids[2]]).await?;
    let recorded = scene.store.now().await?;
    // An engine's clock may be no finer than a millisecond: the next end is to have a moment of its own.
    while scene.store.now().await? == recorded {}
    scene.finish(&ids[..2]).await?;
    let mut tx = scene.store.begin(&scene.org).await?;
    assert_eq!(tx.cancel_waiting_runs(batch.row.id, at(1)).await?, 1);
    tx.commit().await?;
    let after = scene.store.horizon().await?;
    // Whether it has settled hangs on everybody's transactions, whichever database of the server they are in; it never goes back.
    assert!(after.at >= before.at && after.oldest_open >= before.oldest_open && after.next >= before.next);
    let mut tx = scene.store.read(&scene.org).await?;
    let ended = tx.list_ended(None, LAST, 10).await?;
    assert_eq!(ended[0].run, ids[2], "the first that was recorded");
    assert_eq!(ended.len(), 4);
    assert!(ended.iter().map(crate::EndedRun::place).is_sorted());
    for run in &ended {
        let status = if run.run == ids[3] { RunStatus::Cancelled } else { RunStatus::Succeeded };
        assert_eq!((run.status, run.record_hmac.is_some()), (status, run.run != ids[3]));
        assert!(run.recorded_at >= before.at && run.recorded_at <= after.at);
    }
    assert_eq!(tx.list_ended(None, LAST, 2).await?, ended[..2]);
    assert_eq!(tx.list_ended(Some(ended[0].place()), ended[1].place(), 10).await?, ended[1..2]);
    drop(tx);
    let unsealed = scene.store.unsealed_orgs(10).await?;
    assert_eq!(unsealed, [(scene.org.clone(), ended[0].recorded_at)]);
    let (row, runs) = (segment(&scene, 1, ended[1].place(), &[ended[0].run, ended[1].run]), &ended[2..]);
    let mut tx = scene.store.begin(&scene.org).await?;
    tx.insert_segment(&row).await?;
    tx.commit().await?;
    assert_eq!(scene.store.unsealed_orgs(10).await?, [(scene.org.clone(), runs[0].recorded_at)]);
    let mut tx = scene.store.begin(&scene.org).await?;
    tx.insert_segment(&segment(&scene, 2, ended[3].place(), &[ended[2].run, ended[3].run])).await?;
    tx.commit().await?;
    assert_eq!(scene.store.unsealed_orgs(10).await?, []);
    Ok(())
}

/// A run that ends after its clock's moment was sealed is recorded behind what is sealed.
pub async fn nothing_is_recorded_into_a_sealed_stretch(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let (batch, ids) = scene.running(1).await?;
    let far = Timestamp(scene.store.now().await?.0 + 3_600_000_000);
    let mut tx = scene.store.begin(&scene.org).await?;
    tx.insert_segment(&segment(&scene, 1, (far, ids[0]), &[ids[0]])).await?;
    tx.commit().await?;
    scene.finish(&ids[..1]).await?;
    scene.claim(&ids[1..2], LONG_SECONDS).await?;
    let mut tx = scene.store.begin(&scene.org).await?;
    assert_eq!(tx.cancel_waiting_runs(batch.row.id, at(1)).await?, 2);
    tx.commit().await?;
    let mut tx = scene.store.read(&scene.org).await?;
    let ended = tx.list_ended(Some((far, ids[0])), LAST, 10).await?;
    assert_eq!(ended.len(), 3);
    assert!(ended.iter().all(|run| run.recorded_at > far), "{ended:?}");
    Ok(())
}

/// A segment comes back whole, to its own org alone; none is changed, none is written twice, and pages leave none out.
pub async fn segments_are_kept(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let runs: Vec<RunId> = (0..3).map(|_| RunId(scene.sample.ulid())).collect();
    let mut tx = scene.store.begin(&scene.org).await?;
    assert_eq!(tx.last_segment().await?, None);
    let rows: Vec<SegmentRow> =
        (1..=5).map(|number| segment(&scene, number, (at(number), runs[0]), &runs)).collect();
    for row in &rows {
        tx.insert_segment(row).await?;
    }
    tx.commit().await?;
    let mut tx = scene.store.begin(&scene.org).await?;
    let again = tx.insert_segment(&rows[4]).await;
    assert!(matches!(again, Err(StoreError::Conflict { .. })), "{again:?}");
    drop(tx);
    let mut tx = scene.store.read(&scene.org).await?;
    assert_eq!(tx.get_segment(3).await?.as_ref(), Some(&rows[2]));
    assert_eq!(tx.get_segment(6).await?, None);
    assert_eq!(tx.last_segment().await?.as_ref(), Some(&rows[4].head));
    let first = tx.list_segments(PageRequest { after: None, limit: 3 }).await?;
    let second = tx.list_segments(PageRequest { after: first.next, limit: 3 }).await?;
    let listed: Vec<i64> = [first.items, second.items].concat().iter().map(|head| head.segment).collect();
    assert_eq!((listed, second.next), (vec![5, 4, 3, 2, 1], None));
    drop(tx);
    for statement in ["UPDATE segments SET record_key_id = 'x'", "DELETE FROM segments"] {
        let refused = bed.sql(statement).await;
        assert!(refused.as_ref().is_err_and(|said| said.contains("stet: ")), "{statement}: {refused:?}");
    }
    scene.act_as("bravo").await?;
    let mut tx = scene.store.read(&scene.org).await?;
    assert_eq!(tx.last_segment().await?, None);
    assert_eq!(tx.get_segment(1).await?, None);
    assert_eq!(tx.list_segments(PageRequest { after: None, limit: 3 }).await?.items, []);
    Ok(())
}
